// covers: main/recording/cast/stream-encoder.ts
import { appendFile, cp, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { createSigningKeys, type SigningKeys } from '../../../../main/recording/integrity/signing-keys.ts';
import { verifyRecording } from '../../../../main/recording/integrity/verification.ts';
import { recoverRecording } from '../../../../main/recording/recovery.ts';
import { createRedaction } from '../../../../main/recording/redaction/redaction.ts';
import { type CastWriter, createCastWriter } from '../../../../main/recording/writing/cast-writer.ts';
import {
  createLineMatcher,
  readStderrLines,
  stderrPathOf,
} from '../../../../main/recording/writing/stderr-lines.ts';
import { makeCastFolder, readEvents, readSidecar, WEB_SHELL } from '../../../fakes/cast-folder.ts';
import { createLimitedDisk, type LimitedDisk } from '../../../fakes/limited-disk.ts';
import { createManualClock, type ManualClock } from '../../../fakes/manual-clock.ts';
import { until } from '../../../fakes/until.ts';

const EXITED = { kind: 'exited', exitCode: 0 } as const;
const STDERR = { isStderr: true };
const { signal } = new AbortController();

interface Run {
  readonly clock: ManualClock;
  readonly disk: LimitedDisk;
  readonly keys: SigningKeys;
  readonly writer: CastWriter;
  print(text: string | Uint8Array, stream?: { isStderr: boolean }): Promise<void>;
}

async function record({ isRedacted = false } = {}): Promise<Run> {
  const clock = createManualClock();
  const disk = createLimitedDisk();
  const keys = createSigningKeys({ folder: await makeCastFolder() });
  const redaction = createRedaction({ enabled: isRedacted, patterns: [] });
  const writer = await createCastWriter(
    { clock, folder: await makeCastFolder(), files: disk.files, redaction, signer: () => keys.signer() },
    WEB_SHELL,
  );
  return {
    clock,
    disk,
    keys,
    writer,
    print: (text, stream) => writer.output(Buffer.from(text), clock.nowMicros(), stream),
  };
}

/** As `kubereel play --stream` reads it. */
async function readStreams(path: string): Promise<{ stdout: string; stderr: string }> {
  const isStderr = createLineMatcher(await readStderrLines(path));
  const streams = { stdout: '', stderr: '' };
  for (const [index, event] of (await readEvents(path)).entries()) {
    if (event.kind === 'output') streams[isStderr(index + 2) ? 'stderr' : 'stdout'] += event.text;
  }
  return streams;
}

async function verify({ keys, writer }: Run, path = writer.path): Promise<string> {
  const needs = { knownKeyIds: await keys.knownKeyIds(), isOwnerAlive: () => false };
  return (await verifyRecording(needs, path, { signal })).verdict;
}

test('both streams are in the cast in order of arrival, and each can be told from the other', async () => {
  const run = await record();
  await run.print('one ');
  await run.print('E1 ', STDERR);
  await run.print('E2 ', STDERR);
  await run.clock.advance(1_000);
  await run.print('E3', STDERR);
  await run.writer.resize({ cols: 90, rows: 30 }, run.clock.nowMicros());
  await run.print('two');
  await run.writer.close(EXITED, run.clock.nowMicros());
  const events = await readEvents(run.writer.path);
  expect(events.map((event) => (event.kind === 'output' ? event.text : event.kind))).toEqual([
    'one ',
    'E1 E2 ',
    'E3',
    'resize',
    'two',
    'exit',
  ]);
  expect(await readStreams(run.writer.path)).toEqual({ stdout: 'one two', stderr: 'E1 E2 E3' });
  expect(await verify(run)).toBe('intact');
});

test('a character that one stream has begun is not ended by the other', async () => {
  const run = await record();
  const euro = Buffer.from('€');
  await run.print(euro.subarray(0, 2));
  await run.print(Buffer.from('ß').subarray(0, 1), STDERR);
  await run.print(euro.subarray(2));
  await run.print(Buffer.from('ß').subarray(1), STDERR);
  await run.writer.close(EXITED, run.clock.nowMicros());
  expect(await readStreams(run.writer.path)).toEqual({ stdout: '€', stderr: 'ß' });
  expect((await readSidecar(run.writer.path)).state).toMatchObject({ invalidBytes: 0 });
});

test('without standard error there is no such file, and nothing says so', async () => {
  const run = await record();
  await run.print('only output');
  await run.writer.close(EXITED, run.clock.nowMicros());
  await expect(stat(stderrPathOf(run.writer.path))).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await readSidecar(run.writer.path)).not.toHaveProperty('stderr');
  expect(await readStreams(run.writer.path)).toEqual({ stdout: 'only output', stderr: '' });
});

test('secrets are masked in both, and each part stays with its stream', async () => {
  const run = await record({ isRedacted: true });
  await run.print('password=hunter2 ');
  await run.print('error: token=s3cr3t-0123456789abcdef ', STDERR);
  await run.print('done\n');
  await run.writer.close(EXITED, run.clock.nowMicros());
  const { stdout, stderr } = await readStreams(run.writer.path);
  expect(stdout).toMatch(/^password=•+ done\n$/);
  expect(stderr).toMatch(/^error: token=•+ $/);
});

test('output that a full disk made drop moves nothing to the other stream', async () => {
  const run = await record();
  await run.print('kept ');
  await run.writer.flush();
  run.disk.freeBytes = 0;
  for (let count = 0; count < 24; count += 1) {
    await run.print(new Uint8Array(512 * 1024).fill(0x78));
    await run.print('lost? ', STDERR);
  }
  run.disk.freeBytes = 100_000_000;
  await run.clock.advance(1_000);
  await until(() => !run.writer.trouble);
  await run.print('after ');
  await run.print('E after', STDERR);
  await run.writer.close(EXITED, run.clock.nowMicros());
  const { stdout, stderr } = await readStreams(run.writer.path);
  expect(stdout).toMatch(/^kept x+after $/);
  expect(stderr).toMatch(/^(lost\? )+E after$/);
  expect(await verify(run)).toBe('intact');
});

test('after a crash its whole lines count, are sealed again, and a change to them is found', async () => {
  const run = await record();
  await run.print('out');
  await run.print('err', STDERR);
  await run.writer.flush();
  await until(() => hasContent(stderrPathOf(run.writer.path)));
  // As a killed program leaves them.
  const crashed = await makeCastFolder();
  await cp(dirname(run.writer.path), crashed, { recursive: true });
  await run.writer.close(EXITED, run.clock.nowMicros());
  const path = join(crashed, basename(run.writer.path));
  await appendFile(stderrPathOf(path), '[7,');
  const needs = { clock: run.clock, signer: () => run.keys.signer() };
  await recoverRecording(needs, path, await readSidecar(path), { signal });
  expect(await readStreams(path)).toEqual({ stdout: 'out', stderr: 'err' });
  expect(await verify(run, path)).toBe('recovered');
  await writeFile(stderrPathOf(path), '[2,3]\n');
  expect(await verify(run, path)).toBe('altered');
  await rm(stderrPathOf(path));
  expect(await verify(run, path)).toBe('altered');
});

async function hasContent(path: string): Promise<boolean> {
  return stat(path).then(
    ({ size }) => size > 0,
    () => false,
  );
}
