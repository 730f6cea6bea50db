// covers: main/compose-recorder.ts
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseListen, parseS3 } from '../../../main/commands/recorder.ts';
import { openRecorder, type RecorderSetup } from '../../../main/compose-recorder.ts';
import { BARE_ENVIRONMENT, CLI, runKubereel } from '../../fakes/kubereel-cli.ts';
import { makeRecorderFolder } from '../../fakes/recorder.ts';
import { askHttp1, deliverV2, makeCast, postV2, send, sha256 } from '../../fakes/recorder-posts.ts';
import { startFakeS3 } from '../../fakes/s3.ts';
import { until } from '../../fakes/until.ts';

const ID = '20261121-153154-k7x2pq';
const NAMED = { 'kubereel-recording': ID, 'kubereel-acks': 'durable' };

interface RecorderProcess {
  readonly child: ChildProcess;
  readonly url: string;
  output(): string;
}

/** The command as a process of its own, when it has said where it is. */
async function startProcess(
  folder: string | undefined,
  args: readonly string[] = [],
  environment: NodeJS.ProcessEnv = {},
): Promise<RecorderProcess> {
  const home = await makeRecorderFolder();
  const place = folder === undefined ? [] : ['--dir', folder];
  const child = spawn(process.execPath, [CLI, 'recorder', '--listen', '127.0.0.1:0', ...place, ...args], {
    env: { ...BARE_ENVIRONMENT, HOME: home, KUBEREEL_HOME: home, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
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
  await until(() => second.output().includes('One recording that was left unfinished'));
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

test('killed with SIGKILL over a bucket: what S3 had confirmed is a partial recording after the next start', async () => {
  const s3 = await startFakeS3();
  const args = ['--s3', `${s3.bucket}/team`, '--s3-endpoint', s3.url, '--s3-path-style'];
  const environment = {
    AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
  };
  const first = await startProcess(undefined, args, environment);
  expect(first.output()).toContain(`keeps recordings in s3://${s3.bucket}/team\n`);
  const post = postV2(first.url, NAMED);
  const cast = makeCast(8_000_000);
  await send(post.stream, cast);
  await until(() => Number(post.frames.at(-1)?.['durable']) > 0);
  first.child.kill('SIGKILL');
  await once(first.child, 'close');
  const durable = Math.max(...post.frames.map((frame) => Number(frame['durable'])));

  const second = await startProcess(undefined, args, environment);
  const partial = (await askHttp1(`${second.url}/recordings/${ID}.partial`)).body;
  expect(partial.length).toBeGreaterThanOrEqual(durable);
  expect(cast.subarray(0, partial.length).equals(partial)).toBe(true);
  expect(first.output() + second.output()).not.toContain(s3.credentials.secretAccessKey);
});

test.for([
  [['--listen', '0.0.0.0:0'], '--token-file'],
  [['--listen', '127.0.0.1:0', '--s3', 'bucket'], 'either --dir FOLDER or --s3 BUCKET'],
] as const)('%j is refused with what to do', async ([args, words]) => {
  const folder = await makeRecorderFolder();
  const result = await runKubereel('/nonexistent', ['recorder', '--dir', folder, ...args]);
  expect(result.code).toBe(1);
  expect(result.stderr).toContain(words);
  expect(result.stdout.toString()).toBe('');
});

test('files that hold nothing of use are told before anything is listened on', async () => {
  const folder = await makeRecorderFolder();
  const short = join(folder, 'short');
  await writeFile(short, 'abc');
  const none = join(folder, 'none');
  const setup = { host: '127.0.0.1', port: 0, place: { kind: 'folder', folder, floorBytes: 0 } } as const;
  const cases: [Partial<RecorderSetup>, RegExp][] = [
    [{ tokenFile: short }, /holds no token/],
    [{ tokenFile: none }, /the token cannot be read from .*none: ENOENT/],
    [{ clientAuthorityFile: short }, /TLS needs a certificate and its key/],
    [{ certificateFile: short }, /TLS needs a certificate and its key/],
    [{ certificateFile: short, keyFile: none }, /the key cannot be read/],
    [{ certificateFile: short, keyFile: short }, /cannot be used/],
  ];
  for (const [files, message] of cases) {
    await expect(openRecorder({ ...setup, ...files })).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(message),
    });
  }
});

test('a bucket has a prefix or none', () => {
  expect(parseS3('recordings')).toEqual({ bucket: 'recordings', prefix: '' });
  expect(parseS3('s3://recordings/team/a/')).toEqual({ bucket: 'recordings', prefix: 'team/a' });
  for (const text of ['', 'A', 'a//b', '/a', 'recordings/a b']) expect(() => parseS3(text)).toThrow();
});

test('an address is host and port', () => {
  expect(parseListen('127.0.0.1:80')).toEqual({ host: '127.0.0.1', port: 80 });
  expect(parseListen('[::1]:0')).toEqual({ host: '::1', port: 0 });
  for (const text of ['80', ':80', '::1:80', '1.2.3.4', 'a:70000', 'a b:1'])
    expect(() => parseListen(text)).toThrow();
});
