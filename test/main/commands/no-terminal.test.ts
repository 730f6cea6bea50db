/** What a command without a terminal wrote: kept as it came, and shown as a terminal would have shown it. */
// covers: main/recording/cast/shown-output.ts
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DemoCluster } from '../../../main/demo/demo-cluster.ts';
import { DEMO_PODS, startTestDemo } from '../../fakes/demo-start.ts';
import { loadInAsciinemaPlayer } from '../../fakes/foreign-player.ts';
import { type KubereelResult, runKubereel } from '../../fakes/kubereel-cli.ts';
import { runHere } from '../../fakes/kubereel-here.ts';

/** The middle of it ends its lines as terminals have them, the cut between `\r` and `\n` included. */
const WRITTEN = 'one\ntwo\r\nthree\r\nfour\n';
const SHOWN = 'one\r\ntwo\r\nthree\r\nfour\r\n';
const COMMAND = "printf 'one\\ntwo\\r'; sleep 0.1; printf '\\nthree\\r\\nfour\\n'";

let demo: DemoCluster;
let home: string;
let recordingId: string;

beforeAll(async () => {
  demo = await startTestDemo();
  home = await mkdtemp(join(tmpdir(), 'kubereel-no-terminal-'));
  const ran = await runAlone('exec', DEMO_PODS.web, '--', 'sh', '-c', COMMAND);
  expect({ code: ran.code, stdout: ran.stdout.toString(), stderr: ran.stderr }).toEqual({
    code: 0,
    stdout: WRITTEN,
    stderr: '',
  });
  const { stdout } = await run('sessions', '--json');
  ({ recordingId = '' } = (JSON.parse(stdout.toString()) as { recordingId?: string }[])[0] ?? {});
});
afterAll(async () => {
  await demo?.stop();
  await rm(home, { recursive: true, force: true });
});

/** As a process of its own, whose pipes are real. */
function runAlone(...args: readonly string[]): Promise<KubereelResult> {
  return runKubereel(demo.kubeconfigPath, args, { KUBEREEL_HOME: home });
}

function run(...args: readonly string[]): Promise<KubereelResult> {
  return runHere(home, args);
}

function outputOf(cast: string): string {
  const lines = cast.trimEnd().split('\n').slice(1);
  const events = lines.map((line) => JSON.parse(line) as [time: number, code: string, data: string]);
  return events.map(([, code, data]) => (code === 'o' ? data : '')).join('');
}

test('the recording and what is played into a file are what was written', async () => {
  const cast = await readFile(join(home, 'recordings', `${recordingId}.cast`), 'utf8');
  expect(outputOf(cast)).toBe(WRITTEN);
  const played = await runAlone('play', recordingId, '--stream', 'stdout');
  expect(played.stdout.toString()).toBe(WRITTEN);
});

test('its transcript and the search have its lines from the left', async () => {
  const { stdout } = await run('transcript', recordingId);
  expect(stdout.toString()).toBe('one\ntwo\nthree\nfour\n');
  const found = JSON.parse((await run('search', 'o', '--json')).stdout.toString()) as {
    recordings: { lines: { text: string }[] }[];
  };
  expect(found.recordings[0]?.lines.map(({ text }) => text)).toEqual(['one', 'two', 'four']);
});

test('an image of it has each line at the left', async () => {
  const { stdout, stderr } = await run('export', recordingId, '-f', 'svg', '-o', '-');
  expect(stderr).not.toContain('CR LF');
  const texts = [...stdout.toString().matchAll(/<text x="([\d.]+)"[^>]*>(\w+)/g)];
  expect(texts.map(([, x, text]) => [x, text])).toEqual([
    ['0', 'one'],
    ['0', 'two'],
    ['0', 'three'],
    ['0', 'four'],
  ]);
});

test('as a cast it plays right elsewhere, which is told; what comes back is shown as it was', async () => {
  const file = join(home, 'out.cast');
  const { stderr } = await run('export', recordingId, '-o', file);
  expect(stderr).toContain('lines end with CR LF, as players need it: the command had no terminal\n');
  expect((await loadInAsciinemaPlayer(file)).output).toBe(SHOWN);
  const [imported = ''] = (await run('import', file)).stdout.toString().split(' ');
  const again = await run('export', imported, '-o', '-');
  expect(outputOf(again.stdout.toString())).toBe(SHOWN);
});

test('as asciicast v3 too', async () => {
  const file = join(home, 'out.v3.cast');
  const { stdout } = await run('export', recordingId, '-f', 'cast3', '-o', file, '--json');
  expect(JSON.parse(stdout.toString())).toMatchObject({ hasNewLineEnds: true });
  expect((await loadInAsciinemaPlayer(file)).output).toBe(SHOWN);
});

test('a web page of it holds what a player needs', async () => {
  const { stdout } = await run('export', recordingId, '-f', 'html', '-o', '-');
  const base64 = /id="cast">\n([^<]+)</.exec(stdout.toString())?.[1] ?? '';
  expect(outputOf(Buffer.from(base64, 'base64').toString())).toBe(SHOWN);
});
