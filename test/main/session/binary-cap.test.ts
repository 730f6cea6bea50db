import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { createCastWriter } from '../../../main/recording/writing/cast-writer.ts';
import { createBinaryCap } from '../../../main/session/binary-cap.ts';
import { openSessionRecording } from '../../../main/session/session-recording.ts';
import { makeCastFolder, readEvents, readSidecar, WEB_SHELL } from '../../fakes/cast-folder.ts';

const MIB = 1024 * 1024;
const CHUNK_BYTES = 32 * 1024;
const hasTar = spawnSync('tar', ['--version']).status === 0;

/** Which of the chunks are recorded, and what is marked. */
function feed(chunks: Iterable<Uint8Array>) {
  const cap = createBinaryCap();
  let keptBytes = 0;
  let skippedBytes = 0;
  const labels: (string | undefined)[] = [];
  for (const chunk of chunks) {
    const { isKept, label } = cap.take(chunk);
    if (isKept) keptBytes += chunk.length;
    else skippedBytes += chunk.length;
    if (label !== undefined) labels.push(label);
  }
  return { keptBytes, skippedBytes, labels, end: cap.end() };
}

function* cut(bytes: Uint8Array, size = CHUNK_BYTES): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test.each([
  ['ASCII', 'a line of a log\n'],
  ['Chinese, cut within characters', '你好，世界。'],
  ['escape sequences', '\u001b[38;2;1;2;3mx\u001b[0m'],
  ['names that end with NUL, as of find -print0', './a/long/enough/name/of/a/file.txt\0'],
])('%s is text, however much of it comes', (_, text) => {
  const bytes = Buffer.alloc(4 * MIB, text);
  const all = { keptBytes: bytes.length, skippedBytes: 0, labels: [], end: undefined };
  expect(feed(cut(bytes, 10_007))).toEqual(all);
  expect(feed(cut(bytes.subarray(0, 64 * 1024), 1))).toMatchObject({ skippedBytes: 0 });
});

test('of random bytes and of NUL a first MiB is kept, and the rest counted', () => {
  for (const bytes of [randomBytes(3 * MIB), Buffer.alloc(3 * MIB)]) {
    expect(feed(cut(bytes))).toEqual({
      keptBytes: MIB,
      skippedBytes: 2 * MIB,
      labels: ['binary output is not recorded from here on'],
      end: `${2 * MIB} bytes of binary output are not on record`,
    });
  }
});

test('text behind binary output is recorded again, after a mark of what is missing', () => {
  const text = Buffer.alloc(4 * MIB, 'total 0\n');
  const { labels, end } = feed([...cut(randomBytes(2 * MIB)), ...cut(text)]);
  expect(labels).toEqual([
    'binary output is not recorded from here on',
    expect.stringMatching(/^\d+ bytes of binary output are not on record$/),
  ]);
  expect(end).toBe(undefined);
});

test.skipIf(!hasTar)('20 MB of a real tar without a terminal are a small record that says so', async () => {
  const folder = await makeCastFolder();
  const content = join(await makeCastFolder(), 'content');
  await mkdir(content);
  await writeFile(
    join(content, 'image.bin'),
    Buffer.concat(Array.from({ length: 2 }, () => randomBytes(10_000_000))),
  );
  const recording = await openSessionRecording(
    {
      clock: createSystemClock(),
      newCastWriter: (details, size) =>
        createCastWriter({ clock: createSystemClock(), folder }, { details, size }),
      onChanged: () => {},
    },
    { ...WEB_SHELL.details, command: ['tar', 'c', 'content'], hasTty: false },
    WEB_SHELL.size,
  );
  const tar = spawn('tar', ['-C', join(content, '..'), '-cf', '-', 'content'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printedBytes = 0;
  for await (const bytes of tar.stdout as AsyncIterable<Buffer>) {
    printedBytes += bytes.length;
    await recording.take({ kind: 'output', timeMicros: 0, bytes });
  }
  await recording.close({ kind: 'exited', exitCode: 0 });
  expect(printedBytes).toBeGreaterThan(20_000_000);
  const id = recording.state.kind === 'stored' ? recording.state.recordingId : '';
  const path = join(folder, `${id}.cast`);
  expect((await stat(path)).size).toBeLessThan(8 * MIB);
  const { state } = await readSidecar(path);
  const missing = state.kind === 'closed' ? (state.binaryBytes ?? 0) : 0;
  expect(printedBytes - missing).toBeLessThanOrEqual(2 * MIB);
  // A character that the cut left unfinished is told as what it is at the very end.
  const events = (await readEvents(path)).filter(
    (event) => event.kind !== 'output' || event.text !== '\ufffd',
  );
  expect(events.slice(-2)).toMatchObject([
    { kind: 'marker', label: `${missing} bytes of binary output are not on record` },
    { kind: 'exit', exitCode: 0 },
  ]);
});

test('in a terminal all of it is recorded', async () => {
  const folder = await makeCastFolder();
  const recording = await openSessionRecording(
    {
      clock: createSystemClock(),
      newCastWriter: (details, size) =>
        createCastWriter({ clock: createSystemClock(), folder }, { details, size }),
      onChanged: () => {},
    },
    { ...WEB_SHELL.details, hasTty: true },
    WEB_SHELL.size,
  );
  for (const bytes of cut(Buffer.alloc(MIB))) await recording.take({ kind: 'output', timeMicros: 0, bytes });
  await recording.close({ kind: 'exited', exitCode: 0 });
  const id = recording.state.kind === 'stored' ? recording.state.recordingId : '';
  const events = await readEvents(join(folder, `${id}.cast`));
  expect(events.map((event) => (event.kind === 'output' ? event.text : '')).join('')).toBe('\0'.repeat(MIB));
});
