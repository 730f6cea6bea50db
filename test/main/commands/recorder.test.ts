// covers: main/compose-recorder.ts
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseListen } from '../../../main/commands/recorder.ts';
import { CLI, runKubereel } from '../../fakes/kubereel-cli.ts';
import { makeRecorderFolder } from '../../fakes/recorder.ts';
import { askHttp1, deliverV2, makeCast, postV2, sha256 } from '../../fakes/recorder-posts.ts';
import { until } from '../../fakes/until.ts';

const ID = '20261121-153154-k7x2pq';
const NAMED = { 'kubereel-recording': ID, 'kubereel-acks': 'durable' };

interface RecorderProcess {
  readonly child: ChildProcess;
  readonly url: string;
  output(): string;
}

/** The command as a process of its own, when it has said where it is. */
async function startProcess(folder: string, args: readonly string[] = []): Promise<RecorderProcess> {
  const home = await makeRecorderFolder();
  const child = spawn(
    process.execPath,
    [CLI, 'recorder', '--listen', '127.0.0.1:0', '--dir', folder, ...args],
    {
      env: { PATH: process.env['PATH'], HOME: home, KUBEREEL_HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (bytes: Buffer) => {
      output += bytes.toString();
    });
  }
  const url = await until(() => /^The recorder is at (\S+) /m.exec(output)?.[1]);
  // It makes nothing in the user's home: a recorder is no app.
  expect(await readdir(home)).toEqual([]);
  return { child, url, output: () => output };
}

test('killed with SIGKILL: everything that was acked as durable is there, as partial; the next start says so', async () => {
  const folder = await makeRecorderFolder();
  const first = await startProcess(folder, ['--keep-free', '1KiB']);
  const kept = makeCast(300_000);
  expect(await deliverV2(first.url, kept, { 'kubereel-recording': '1' })).toMatchObject({
    stored: { id: '1' },
  });
  const post = postV2(first.url, NAMED);
  const cast = makeCast(4_000_000);
  post.stream.write(cast.subarray(0, 1_000_000));
  await until(() => Number(post.frames.at(-1)?.['durable']) > 0);
  // It goes on sending while it is killed.
  post.stream.write(cast.subarray(1_000_000));
  first.child.kill('SIGKILL');
  await once(first.child, 'close');
  await post.ended;
  const durable = Math.max(...post.frames.map((frame) => Number(frame['durable'])));
  expect(post.frames.some((frame) => 'stored' in frame)).toBe(false);

  const second = await startProcess(folder, ['--keep-free', '1KiB']);
  await until(() => second.output().includes('1 recording that a recorder before this one left'));
  const partial = (await askHttp1(`${second.url}/recordings/${ID}.partial`)).body;
  expect(partial.length).toBeGreaterThanOrEqual(durable);
  expect(cast.subarray(0, partial.length).equals(partial)).toBe(true);
  expect((await askHttp1(`${second.url}/recordings/1`)).body.equals(kept)).toBe(true);
  expect(await deliverV2(second.url, cast, { ...NAMED, 'kubereel-delivery': 'again' })).toMatchObject({
    stored: { id: ID, outcome: 'new', sha256: sha256(cast) },
  });
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends it in order: exit code 0, what came in kept as partial',
  async (signal) => {
    const folder = await makeRecorderFolder();
    const { child, url } = await startProcess(folder, ['--keep-free', '1KiB']);
    const post = postV2(url, NAMED);
    const cast = makeCast();
    post.stream.write(cast);
    await until(() => post.frames.at(-1)?.['ack'] === cast.length);
    child.kill(signal);
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(0);
    await post.ended;
    expect(post.frames.at(-1)).toMatchObject({ code: 'stopping' });
    expect(await readFile(join(folder, 'recordings', `${ID}.partial.cast`))).toEqual(cast);
    expect(await readdir(folder)).not.toContain('recorder.json');
  },
);

test('the token comes from a file, lets in, and is printed nowhere', async () => {
  const folder = await makeRecorderFolder();
  const token = '0123456789abcdef0123456789abcdef';
  const tokenFile = join(await makeRecorderFolder(), 'token');
  await writeFile(tokenFile, `${token}\n`);
  const { url, output } = await startProcess(folder, ['--token-file', tokenFile]);
  expect((await askHttp1(`${url}/healthz`)).status).toBe(401);
  expect((await askHttp1(`${url}/healthz`, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(
    200,
  );
  expect(output()).not.toContain(token);
});

test('what cannot be meant is refused with what to do, and nothing is listened on', async () => {
  const folder = await makeRecorderFolder();
  const short = join(folder, 'short');
  await writeFile(short, 'abc');
  const cases: [string[], string][] = [
    [['--listen', '0.0.0.0:0'], '--token-file'],
    [['--listen', '127.0.0.1:0', '--token-file', short], 'openssl rand -hex 32'],
    [['--listen', '127.0.0.1:0', '--token-file', join(folder, 'none')], 'the token cannot be read'],
    [['--listen', '127.0.0.1:0', '--client-ca', short], '--tls-cert and --tls-key'],
    [['--listen', '127.0.0.1:0', '--tls-cert', short, '--tls-key', short], 'PEM'],
    [['--listen', 'nowhere'], 'ADDRESS:PORT'],
  ];
  for (const [args, words] of cases) {
    const result = await runKubereel('/nonexistent', ['recorder', '--dir', folder, ...args]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(words);
    expect(result.stdout.toString()).toBe('');
  }
});

test('an address is host and port', () => {
  expect(parseListen('127.0.0.1:80')).toEqual({ host: '127.0.0.1', port: 80 });
  expect(parseListen('[::1]:0')).toEqual({ host: '::1', port: 0 });
  for (const text of ['80', ':80', '::1:80', '1.2.3.4', 'a:70000', 'a b:1'])
    expect(() => parseListen(text)).toThrow();
});
