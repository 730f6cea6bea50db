// covers: main/commands/keys.ts
// covers: main/recording/cast/clear-copy.ts
import { mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RecordingInfo } from '../../../preload/contract.ts';
import { DEMO_PODS, startTestDemo } from '../../fakes/demo-start.ts';
import { loadInAsciinemaPlayer } from '../../fakes/foreign-player.ts';
import { findInHome } from '../../fakes/home-search.ts';
import { type KubereelResult, runKubereel } from '../../fakes/kubereel-cli.ts';
import { runHere } from '../../fakes/kubereel-here.ts';

let demo: Awaited<ReturnType<typeof startTestDemo>>;
let home: string;

beforeAll(async () => {
  demo = await startTestDemo();
  home = await mkdtemp(join(tmpdir(), 'kubereel-decrypt-'));
});
afterAll(async () => {
  await demo?.stop();
  await rm(home, { recursive: true, force: true });
});

/** As a process of its own, whose pipes are real. */
function runAlone(args: readonly string[], where = home): Promise<KubereelResult> {
  return runKubereel(demo.kubeconfigPath, args, { KUBEREEL_HOME: where });
}

function run(
  args: readonly string[],
  options: { input?: string; home?: string } = {},
): Promise<KubereelResult> {
  return runHere(options.home ?? home, args, { input: options.input ?? '' });
}

function exec(recipient: readonly string[], where = home): Promise<KubereelResult> {
  const command = ['sh', '-c', 'echo qx-output-$((40 + 2)); exit 3'];
  return runAlone(['exec', ...recipient, '-n', 'shop', DEMO_PODS.web, '--', ...command], where);
}

/** Those of this process, where its system tells. */
async function findOpenFiles(path: string): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  const files = (await readdir('/proc/self/fd')).map((name) => readlink(`/proc/self/fd/${name}`));
  const open = await Promise.allSettled(files);
  return open.flatMap((one) => (one.status === 'fulfilled' && one.value === path ? [path] : []));
}

async function list(where = home): Promise<RecordingInfo[]> {
  return JSON.parse(
    (await run(['sessions', '--json'], { home: where })).stdout.toString(),
  ) as RecordingInfo[];
}

test('a key is made, a run is encrypted to it, played, verified, and decrypted once into a file', async () => {
  expect((await run(['keys', 'identity', 'list'])).stderr).toContain('No identities here');
  const made = await runAlone(['keys', 'identity', 'new']);
  const recipient = made.stdout.toString().trim();
  expect(recipient).toMatch(/^age1[0-9a-z]{58}$/);
  expect(made.stderr).toContain('without it what is encrypted to it is lost');
  expect((await run(['keys', 'identity', 'list'])).stdout.toString()).toBe(`${recipient}\n`);

  expect(await exec(['--encrypt-to', recipient])).toMatchObject({ code: 3 });
  expect(await findInHome(home, ['qx-output'])).toEqual([]);
  const [recording] = await list();
  const id = recording?.recordingId ?? '';
  expect(recording).toMatchObject({ encryptedTo: [recipient], exitCode: 3, command: [] });
  expect((await run(['sessions'])).stdout.toString()).toContain('closed, encrypted\n');
  expect((await run(['play', id])).stdout.toString()).toContain('qx-output-42');
  expect(await run(['verify', id])).toMatchObject({ code: 0 });

  const output = join(home, 'clear.cast');
  expect(await run(['decrypt', id, '-o', output])).toMatchObject({ code: 0, stderr: '' });
  if (process.platform !== 'win32') expect((await stat(output)).mode & 0o777).toBe(0o600);
  expect((await loadInAsciinemaPlayer(output)).output).toContain('qx-output-42');
  const again = await run(['decrypt', id, '-o', output]);
  expect(again.code).toBe(1);
  expect(again.stderr).toContain('is there already');
  expect(await findOpenFiles(recording?.path ?? '')).toEqual([]);
  const printed = await runAlone(['decrypt', recording?.path ?? '']);
  expect(printed.stdout.equals(await readFile(output))).toBe(true);
  await rm(output);
});

test('another home cannot read it, verifies it, and can once it has the key', async () => {
  const [recording] = await list();
  const path = recording?.path ?? '';
  const [recipient = ''] = recording?.encryptedTo ?? [];
  const other = await mkdtemp(join(tmpdir(), 'kubereel-other-'));
  try {
    const refused = await run(['decrypt', path, '-o', join(other, 'x.cast')], { home: other });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('the key that opens it is not here');
    expect(refused.stderr).toContain(recipient);
    await expect(stat(join(other, 'x.cast'))).rejects.toThrow('ENOENT');
    expect((await run(['verify', path], { home: other })).stdout.toString()).toContain('foreign');

    expect((await run(['keys', 'identity', 'add'], { home: other, input: 'nonsense' })).stderr).toContain(
      'line 1: this is no age identity',
    );
    const missing = await run(['keys', 'identity', 'add', join(other, 'none')], { home: other });
    expect(missing.stderr).toContain('cannot be read: ENOENT');
    const added = await run(['keys', 'identity', 'add', join(home, 'keys', 'age-identities')], {
      home: other,
    });
    expect(added.stdout.toString()).toBe(`${recipient}\n`);
    const read = await run(['decrypt', path], { home: other });
    expect(read.stdout.toString()).toContain('qx-output-42');
  } finally {
    await rm(other, { recursive: true, force: true });
  }
});

test('standard error is told from output without a key, and played apart with one', async () => {
  const [recipient = ''] = (await list()).flatMap(({ encryptedTo = [] }) => encryptedTo);
  const where = await mkdtemp(join(tmpdir(), 'kubereel-streams-'));
  try {
    const command = ['sh', '-c', 'echo qx-out-$((1 + 1)); echo qx-err-$((1 + 2)) >&2'];
    const flags = ['--encrypt-to', recipient, '-n', 'shop', DEMO_PODS.web];
    expect(await runAlone(['exec', ...flags, '--', ...command], where)).toMatchObject({ code: 0 });
    const [recording] = await list(where);
    const id = recording?.recordingId ?? '';
    expect(await findInHome(where, ['qx-out', 'qx-err'])).toEqual([]);
    expect(await run(['verify', id], { home: where })).toMatchObject({ code: 0 });
    const keys = join(home, 'keys', 'age-identities');
    await run(['keys', 'identity', 'add', keys], { home: where });
    const played = await runAlone(['play', id, '--stream', 'stderr'], where);
    expect(played.stderr).toBe('qx-err-3\n');
    expect(played.stdout.toString()).toBe('');
  } finally {
    await rm(where, { recursive: true, force: true });
  }
});

test('damage is a marker in what is decrypted, and exit code 1', async () => {
  const [recording] = await list();
  const path = recording?.path ?? '';
  const bytes = await readFile(path);
  const starts = [...bytes.toString('latin1').matchAll(/age-encryption\.org\/v1/g)];
  // The identity, the header, then what was printed.
  const start = starts[2]?.index ?? 0;
  bytes[start + 190] = (bytes[start + 190] ?? 0) ^ 1;
  const copy = join(home, 'copy.cast.age');
  await writeFile(copy, bytes);
  const damaged = await run(['decrypt', copy]);
  expect(damaged.code).toBe(1);
  expect(damaged.stderr).toContain('damaged parts that could not be read: 1;');
  const lines = damaged.stdout
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({ version: 2 });
  expect(lines[1]).toEqual([0, 'm', expect.stringContaining('an encrypted block that was damaged')]);
});

test('what is not encrypted is not decrypted, and says where it is', async () => {
  await exec([]);
  const clear = (await list()).find(({ encryptedTo }) => !encryptedTo);
  const refused = await run(['decrypt', clear?.recordingId ?? '']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`It can be copied: ${clear?.path}`);
});

test('to what is no recipient nothing runs; a mistake in the settings records nothing rather than in the clear', async () => {
  const refused = await exec(['--encrypt-to', 'age1nonsense']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('not an age recipient: age1nonsense');
  const other = await mkdtemp(join(tmpdir(), 'kubereel-other-'));
  try {
    for (const encryption of [{ recipients: ['age1nonsense'] }, { recipients: 'age1nonsense' }, 'yes']) {
      await writeFile(join(other, 'settings.json'), JSON.stringify({ encryption }));
      const run = await exec([], other);
      expect(run.code).toBe(3);
      expect(run.stderr).toMatch(/warning: this command is not on record: not an age recipient: /);
    }
    expect(await list(other)).toEqual([]);
  } finally {
    await rm(other, { recursive: true, force: true });
  }
});
