// covers: main/exchange/exchange.ts
// covers: main/exchange/player-files.ts
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { terminalFont } from '../../fakes/drawing.ts';
import { type KubereelResult, runKubereel } from '../../fakes/kubereel-cli.ts';
import { runHere } from '../../fakes/kubereel-here.ts';

const CAST = [
  '{"version":2,"width":40,"height":10,"timestamp":1700000000}',
  '[0.5,"o","$ echo token=abc"]',
  '[1.25,"o","def\\r\\n"]',
  '[3,"i","hunter2"]',
  '[62,"o","a line that is longer than the forty columns of it\\r\\n"]',
  '[70,"x","0"]',
].join('\n');

let home: string;
let out: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'kubereel-exchange-'));
  out = join(home, 'out');
  await mkdir(out);
  await mkdir(join(home, 'recordings'), { mode: 0o700 });
  await writeFile(join(home, 'recordings', 'one.cast'), CAST);
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** As a process of its own, whose pipes are real. */
function runAlone(...args: readonly string[]): Promise<KubereelResult> {
  return runKubereel(join(home, 'none'), args, { KUBEREEL_HOME: home });
}

function run(...args: readonly string[]): Promise<KubereelResult> {
  return runHere(home, args);
}

test('a cast is exported with its secrets masked, and standard error tells what and where', async () => {
  const { code, stdout, stderr } = await runAlone('export', 'one', '-o', '-');
  expect(code).toBe(0);
  expect(stdout.toString()).toContain('token=•••');
  expect(stdout.toString()).not.toMatch(/abc|def|hunter2/);
  expect(stderr).toContain('masked in 1 place:\n  Values of password, secret, token and key: 1, at 0:00\n');
  expect(stderr).toContain('typed input was left out: 1 events\n');
  expect(await readFile(join(home, 'recordings', 'one.cast'), 'utf8')).toBe(CAST);
});

test('unmasked it is as it was recorded', async () => {
  const { stdout, stderr } = await run('export', 'one', '-o', '-', '--unmasked', '--format', 'cast3');
  expect(stdout.toString()).toBe(
    [
      '{"version":3,"term":{"cols":40,"rows":10},"timestamp":1700000000}',
      '[0.500,"o","$ echo token=abc"]',
      '[0.750,"o","def\\r\\n"]',
      '[1.750,"i","hunter2"]',
      '[59.000,"o","a line that is longer than the forty columns of it\\r\\n"]',
      '[8.000,"x","0"]',
      '',
    ].join('\n'),
  );
  expect(stderr).toContain('nothing is masked in it');
});

test('a transcript is text alone', async () => {
  const { code, stdout, stderr } = await runAlone('transcript', 'one', '--from', '1:00', '--to', '1m10s');
  expect(code).toBe(0);
  expect(stdout.toString()).toBe('$ echo token=••••••\na line that is longer than the forty columns of it\n');
  expect(stderr).toBe('');
});

test('a transcript as JSON has its lines and what was masked', async () => {
  const { code, stdout } = await run('transcript', 'one', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout.toString())).toMatchObject({
    recordingId: 'one',
    lines: ['$ echo token=••••••', 'a line that is longer than the forty columns of it'],
    isMasked: true,
    maskedSpans: 1,
    gaps: 0,
  });
});

test.skipIf(!terminalFont)('an animation tells what it is, and what it left out of pauses', async () => {
  const file = join(home, 'one.gif');
  const flags = ['--speed', '2', '--idle-limit', '4', '--font-size', '12', '--from', '1', '--to', '1:05'];
  const { code, stderr } = await run('export', 'one', '-f', 'gif', '-o', file, ...flags);
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /^wrote .*one\.gif, \d+ bytes\n\d+ pictures of \d+x\d+ pixels, [\d.]+ s once through\n/,
  );
  expect(stderr).toContain('pauses were cut by 56.8 s in all\n');
  expect((await readFile(file)).subarray(0, 6).toString()).toBe('GIF89a');
  const json = await run('export', 'one', '-f', 'gif', '-o', join(home, 'two.gif'), '--json');
  expect(JSON.parse(json.stdout.toString())).toMatchObject({ format: 'gif', gif: { frames: 4 } });
});

test('what an animation is told is refused where there is none, and where nobody can mean it', async () => {
  expect((await run('export', 'one', '--speed', '2', '-o', '-')).stderr).toContain('are for --format gif');
  const wrong = await run('export', 'one', '-f', 'gif', '--font-size', '500', '-o', join(out, 'wrong.gif'));
  expect(wrong.code).not.toBe(0);
  expect(wrong.stderr).toContain('the font of a GIF has between 6 and 48 pixels');
  expect(await readdir(out)).not.toContain('wrong.gif');
});

test('a file is not replaced unless told so; --json says what became of it', async () => {
  const file = join(out, 'one.cast');
  const { stdout } = await run('export', 'one', '-o', file, '--json');
  expect(JSON.parse(stdout.toString())).toMatchObject({
    recordingId: 'one',
    file,
    format: 'cast',
    isMasked: true,
    maskedSpans: 1,
    maskedRules: [{ rule: 'named-value', spans: 1 }],
    maskedPlaces: [{ rule: 'named-value', timeMicros: 500_000 }],
    leftOutInputs: 1,
  });
  const again = await run('export', 'one', '-o', file);
  expect(again).toMatchObject({ code: 1 });
  expect(again.stderr).toContain(`error: there is already a file ${file}\n`);
  expect(await run('export', 'one', '-o', file, '--force')).toMatchObject({ code: 0 });
  expect(await readdir(out)).toEqual(['one.cast']);
});

test('what cannot be is refused before anything is written', async () => {
  expect((await run('export', 'one', '--from', '5', '--to', '4')).stderr).toContain('--from is after --to');
  expect((await run('export', 'one', '--json', '-o', '-')).stderr).toContain('standard output is none');
  const late = await run('export', 'one', '--from', '5m', '-o', join(out, 'late.cast'));
  expect(late.stderr).toContain('error: the recording ends before that, after 70.000 s\n');
  expect(await readdir(out)).not.toContain('late.cast');
  expect((await run('export', 'two')).stderr).toContain('there is no recording two');
});

test('files of other programs are imported one by one; those that are none keep no other out', async () => {
  const good = join(out, 'v1.json');
  const bad = join(out, 'notes.txt');
  await writeFile(good, '{"version":1,"width":90,"height":20,"stdout":[[0.5,"old"]]}');
  await writeFile(bad, 'no recording');
  const { code, stdout, stderr } = await runAlone('import', bad, good, join(out, 'none'));
  expect(code).toBe(1);
  expect(stdout.toString()).toMatch(/^\S+ {2}imported from v1.json: asciicast v1, 1 events, 0:00\n$/);
  expect(stderr).toContain('error: notes.txt is not imported: it cannot be read: its first line is no');
  expect(stderr).toContain(`error: ${join(out, 'none')} could not be read: ENOENT\n`);
  const [id = ''] = stdout.toString().split(' ');
  const listed = JSON.parse((await run('sessions', '--json')).stdout.toString()) as { recordingId: string }[];
  expect(listed.find(({ recordingId }) => recordingId === id)).toMatchObject({
    state: 'closed',
    durationMicros: 500_000,
    size: { cols: 90, rows: 20 },
    imported: { fileName: 'v1.json', format: 'asciicast v1' },
  });
  expect((await run('verify', id)).stdout.toString()).toBe(
    `${id}  intact: it is what was imported from v1.json\n`,
  );
});
