// covers: main/recording/writing/last-lines.ts
import { readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../../../main/base/clock.ts';
import { type CastWriter, createCastWriter } from '../../../../main/recording/writing/cast-writer.ts';
import {
  makeCastFolder,
  readEvents,
  readOutput,
  readSidecar,
  WEB_SHELL,
} from '../../../fakes/cast-folder.ts';
import { createLimitedDisk, type LimitedDisk } from '../../../fakes/limited-disk.ts';
import { createManualClock, type ManualClock } from '../../../fakes/manual-clock.ts';
import { eventually } from '../../../fakes/until.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const EXITED = { kind: 'exited', exitCode: 0 } as const;
const HALF_MEBIBYTE = new Uint8Array(512 * 1024).fill(0x61);

interface Opened {
  readonly clock: ManualClock;
  readonly disk: LimitedDisk;
  readonly writer: CastWriter;
  /** Each change of its trouble. */
  readonly troubles: (string | undefined)[];
}

async function open(): Promise<Opened> {
  const clock = createManualClock();
  const disk = createLimitedDisk();
  const needs = { clock, folder: await makeCastFolder(), files: disk.files };
  const writer = await createCastWriter(needs, WEB_SHELL);
  const troubles: (string | undefined)[] = [];
  writer.onTroubleChanged((error) => troubles.push(error?.code));
  return { clock, disk, writer, troubles };
}

test('a session is written in order, with times since the start', async () => {
  const { clock, writer } = await open();
  await clock.advance(100);
  await writer.output(bytesOf('$ '), clock.nowMicros());
  await clock.advance(1_000);
  await writer.resize({ cols: 100, rows: 30 }, clock.nowMicros());
  await writer.marker('here', clock.nowMicros());
  await clock.advance(500);
  await writer.output(bytesOf('exit'), clock.nowMicros());
  await writer.close({ kind: 'exited', exitCode: 137 }, clock.nowMicros());
  expect(await readEvents(writer.path)).toEqual([
    { kind: 'output', timeMicros: 100_000, text: '$ ' },
    { kind: 'resize', timeMicros: 1_100_000, size: { cols: 100, rows: 30 } },
    { kind: 'marker', timeMicros: 1_100_000, label: 'here' },
    { kind: 'output', timeMicros: 1_600_000, text: 'exit' },
    { kind: 'exit', timeMicros: 1_600_000, exitCode: 137 },
  ]);
});

test('before the machine sleeps all that was taken is brought onto the disk at once', async () => {
  const { clock, disk, writer } = await open();
  await writer.output(bytesOf('typed just now'), clock.nowMicros());
  const before = disk.calls.length;
  await writer.sync();
  expect(disk.calls.slice(before)).toEqual(['write', 'datasync']);
  expect(await readOutput(writer.path)).toBe('typed just now');
  await writer.close(EXITED, clock.nowMicros());
  await writer.sync();
});

test('output is in the file 16 ms after its first byte without anybody asking', async () => {
  const { clock, writer } = await open();
  await writer.output(bytesOf('a'), clock.nowMicros());
  await clock.advance(15);
  await writer.output(bytesOf('b'), clock.nowMicros());
  expect(await readEvents(writer.path)).toEqual([]);
  await clock.advance(1);
  await eventually(async () => expect(await readOutput(writer.path)).toBe('ab'));
  await writer.close(EXITED, clock.nowMicros());
});

test('an escape sequence without an end is in the file within 250 ms', async () => {
  const { clock, writer } = await open();
  await writer.output(bytesOf('\u001b[3'), clock.nowMicros());
  await clock.advance(249);
  await eventually(async () => expect(await readOutput(writer.path)).toBe('\u001b[3'));
  await writer.close(EXITED, clock.nowMicros());
});

test('the sidecar of a closed recording says how long, how large and how it ended', async () => {
  const { clock, writer } = await open();
  await clock.advance(2_500);
  await writer.output(bytesOf('hello'), clock.nowMicros());
  await writer.close({ kind: 'exited', exitCode: 3 }, clock.nowMicros());
  const { size } = await stat(writer.path);
  expect(writer.bytes).toBe(size);
  expect(await readSidecar(writer.path)).toMatchObject({
    id: writer.recordingId,
    ...WEB_SHELL,
    state: { kind: 'closed', durationMicros: 2_500_000, bytes: size, end: { kind: 'exited', exitCode: 3 } },
  });
});

test('a session that was closed or lost has no exit event, and the sidecar says why', async () => {
  const { clock, writer } = await open();
  await writer.output(bytesOf('x'), clock.nowMicros());
  await writer.close({ kind: 'failed', note: 'the pod was deleted' }, clock.nowMicros());
  expect((await readEvents(writer.path)).map((event) => event.kind)).toEqual(['output']);
  expect((await readSidecar(writer.path)).state).toMatchObject({
    end: { kind: 'failed', note: 'the pod was deleted' },
  });
});

test('a session without output has a header and its exit', async () => {
  const { clock, writer } = await open();
  await writer.close(EXITED, clock.nowMicros());
  expect(await readEvents(writer.path)).toEqual([{ kind: 'exit', timeMicros: 0, exitCode: 0 }]);
});

test('after a flush the file holds everything but half a character, which is told apart', async () => {
  const { clock, writer } = await open();
  await writer.output(Uint8Array.of(0x61, 0x1b, 0xe2, 0x82), clock.nowMicros());
  const { fileBytes, unwritten, undecoded } = await writer.flush();
  expect(fileBytes).toBe((await stat(writer.path)).size);
  expect(writer.bytes).toBe(fileBytes);
  expect(await readOutput(writer.path)).toBe('a\u001b');
  expect(unwritten).toEqual([]);
  expect(undecoded).toEqual(Uint8Array.of(0xe2, 0x82));
  await writer.output(Uint8Array.of(0xac), clock.nowMicros());
  await writer.close(EXITED, clock.nowMicros());
  expect(await readOutput(writer.path)).toBe('a\u001b€');
});

test('half a character at the end is one U+FFFD before the exit, no earlier than the last event', async () => {
  const { clock, writer } = await open();
  await clock.advance(50);
  await writer.output(Uint8Array.of(0xe2, 0x82), clock.nowMicros());
  await writer.close(EXITED, clock.nowMicros() - 20_000);
  expect(await readEvents(writer.path)).toEqual([
    { kind: 'output', timeMicros: 30_000, text: '\ufffd' },
    { kind: 'exit', timeMicros: 30_000, exitCode: 0 },
  ]);
});

test('a wall clock that is set back changes no time', async () => {
  const { clock, writer } = await open();
  const started = (await readSidecar(writer.path)).startedAtMs;
  await writer.output(bytesOf('a'), clock.nowMicros());
  clock.setWallMs(started - 3_600_000);
  await clock.advance(1_000);
  await writer.output(bytesOf('b'), clock.nowMicros());
  await writer.close(EXITED, clock.nowMicros());
  expect((await readEvents(writer.path)).map((event) => event.timeMicros)).toEqual([0, 1_000_000, 1_000_000]);
  expect((await readSidecar(writer.path)).startedAtMs).toBe(started);
});

test('times before the start and between two microseconds become whole ones from zero on', async () => {
  const { writer } = await open();
  await writer.output(bytesOf('a'), -5);
  await writer.close(EXITED, 1_234.56);
  expect((await readEvents(writer.path)).map((event) => event.timeMicros)).toEqual([0, 1_235]);
});

test('a disk that stalls makes output wait 50 ms at most, and nothing is lost when it moves again', async () => {
  const { clock, disk, writer, troubles } = await open();
  const stall = Promise.withResolvers<void>();
  disk.stalled = stall.promise;
  for (let count = 0; count < 3; count += 1) await writer.output(HALF_MEBIBYTE, clock.nowMicros());
  let isTaken = false;
  const taken = writer.output(HALF_MEBIBYTE, clock.nowMicros()).then(() => {
    isTaken = true;
  });
  await clock.advance(49);
  await new Promise((resolve) => setImmediate(resolve));
  expect(isTaken).toBe(false);
  await clock.advance(1);
  await taken;
  disk.stalled = undefined;
  stall.resolve();
  await writer.close(EXITED, clock.nowMicros());
  expect(await readOutput(writer.path)).toHaveLength(4 * HALF_MEBIBYTE.length);
  expect({ troubles, lost: writer.lostBytes }).toEqual({ troubles: [], lost: 0 });
});

test('a window that opens while the disk stalls is told what waits, and holds the session up for 50 ms', async () => {
  const { clock, disk, writer } = await open();
  await writer.output(bytesOf('written '), clock.nowMicros());
  await writer.flush();
  const stall = Promise.withResolvers<void>();
  disk.stalled = stall.promise;
  await writer.output(bytesOf('waiting'), clock.nowMicros());
  const flushed = writer.flush();
  await clock.advance(50);
  const { fileBytes, unwritten } = await flushed;
  expect(fileBytes).toBe((await stat(writer.path)).size);
  expect(unwritten).toMatchObject([{ kind: 'output', text: 'waiting' }]);
  stall.resolve();
  await writer.close(EXITED, clock.nowMicros());
});

test('of more than 8 MiB that a disk does not take the rest is marked with its size, and told once', async () => {
  const { clock, disk, writer, troubles } = await open();
  const stall = Promise.withResolvers<void>();
  disk.stalled = stall.promise;
  for (let count = 0; count < 20; count += 1) {
    const taken = writer.output(HALF_MEBIBYTE, clock.nowMicros());
    await clock.advance(50);
    await taken;
  }
  await writer.resize({ cols: 90, rows: 30 }, clock.nowMicros());
  expect(writer.bytes).toBeLessThan(9 * 1024 * 1024);
  expect(writer.lostBytes).toBeGreaterThan(1024 * 1024);
  expect(troubles).toEqual(['recording-failed']);
  disk.stalled = undefined;
  stall.resolve();
  await writer.flush();
  expect(troubles).toEqual(['recording-failed', undefined]);
  await writer.output(bytesOf('after'), clock.nowMicros());
  await writer.close(EXITED, clock.nowMicros());
  const events = await readEvents(writer.path);
  const kinds = events.map(({ kind }) => kind).filter((kind, index, all) => kind !== all[index - 1]);
  expect(kinds).toEqual(['output', 'marker', 'resize', 'output', 'exit']);
  expect(events.find(({ kind }) => kind === 'marker')).toMatchObject({
    label: expect.stringContaining(`${writer.lostBytes} bytes of output are not on record`),
  });
  const kept = (await readOutput(writer.path)).length - 'after'.length;
  expect(kept + writer.lostBytes).toBe(20 * HALF_MEBIBYTE.length);
  expect((await readSidecar(writer.path)).state).toMatchObject({ lostBytes: writer.lostBytes });
});

test('what is written reaches the disk a second later, and all of it when closed', async () => {
  const { clock, disk, writer } = await open();
  await writer.output(bytesOf('a'), clock.nowMicros());
  await writer.flush();
  await clock.advance(1_000);
  expect(disk.calls.filter((call) => call === 'datasync')).toHaveLength(1);
  await writer.output(bytesOf('b'), clock.nowMicros());
  disk.calls.length = 0;
  await writer.close(EXITED, clock.nowMicros());
  // The sidecar says that it is closed only when all of it is on the disk.
  expect(disk.calls.slice(-4)).toEqual(['datasync', 'replace', 'close', 'close']);
});

test('a full disk is told once and holds nobody up, and when it has room again nothing is missing', async () => {
  const { clock, disk, writer, troubles } = await open();
  await writer.output(bytesOf('recorded '), clock.nowMicros());
  await writer.flush();
  disk.freeBytes = 10;
  await writer.output(bytesOf('held up '), clock.nowMicros());
  await clock.advance(5_000);
  await writer.output(HALF_MEBIBYTE, clock.nowMicros());
  await writer.output(HALF_MEBIBYTE, clock.nowMicros());
  await eventually(() => expect(troubles).toEqual(['disk-full']));
  expect(writer.trouble?.code).toBe('disk-full');
  const { fileBytes, unwritten } = await writer.flush();
  expect(fileBytes).toBe((await stat(writer.path)).size);
  expect(unwritten[0]).toMatchObject({ kind: 'output', text: 'held up ' });
  expect(await readOutput(writer.path)).toBe('recorded ');
  disk.freeBytes = 10_000_000;
  await clock.advance(1_000);
  await eventually(() => expect(troubles).toEqual(['disk-full', undefined]));
  await writer.close(EXITED, clock.nowMicros());
  expect((await readOutput(writer.path)).length).toBe('recorded held up '.length + 2 * HALF_MEBIBYTE.length);
  expect(writer.lostBytes).toBe(0);
});

test('on a disk that stays full the end is written into the room that was put by', async () => {
  const { clock, disk, writer } = await open();
  await writer.output(bytesOf('recorded'), clock.nowMicros());
  await writer.flush();
  disk.freeBytes = 0;
  await writer.output(bytesOf(' to the end'), clock.nowMicros());
  await writer.close(EXITED, clock.nowMicros());
  expect(await readOutput(writer.path)).toBe('recorded to the end');
  expect((await readEvents(writer.path)).at(-1)).toMatchObject({ kind: 'exit' });
  expect((await readSidecar(writer.path)).state).toMatchObject({ kind: 'closed', lostBytes: 0 });
});

test('output that does not fit there is marked with its size, and the record ends as the shell did', async () => {
  const { clock, disk, writer, troubles } = await open();
  await clock.advance(2_000);
  disk.freeBytes = 100_000;
  await writer.output(HALF_MEBIBYTE, clock.nowMicros());
  await clock.advance(7_000);
  await writer.close(EXITED, clock.nowMicros());
  expect(troubles).toEqual(['disk-full', undefined]);
  const lost = HALF_MEBIBYTE.length - (await readOutput(writer.path)).length;
  expect((await readEvents(writer.path)).slice(-2)).toEqual([
    {
      kind: 'marker',
      timeMicros: 2_000_000,
      label: expect.stringMatching(`^${lost} bytes .*the disk is full`),
    },
    { kind: 'exit', timeMicros: 9_000_000, exitCode: 0 },
  ]);
  expect((await readSidecar(writer.path)).state).toMatchObject({ lostBytes: lost, end: EXITED });
});

test('a disk that takes nothing at all any more leaves whole lines, and closing says why', async () => {
  const { clock, disk, writer } = await open();
  await writer.output(bytesOf('kept'), clock.nowMicros());
  await writer.flush();
  disk.writeError = Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO' });
  await writer.output(bytesOf('lost'), clock.nowMicros());
  await expect(writer.close(EXITED, clock.nowMicros())).rejects.toMatchObject({ code: 'recording-failed' });
  expect(await readOutput(writer.path)).toBe('kept');
  expect((await readSidecar(writer.path)).state).toMatchObject({
    lostBytes: 4,
    end: { kind: 'failed', note: expect.stringContaining('EIO') },
  });
});

test('a recording whose folder is deleted while it runs is written there anew', async () => {
  const { clock, writer, troubles } = await open();
  await writer.output(bytesOf('before '), clock.nowMicros());
  await writer.flush();
  await rm(dirname(writer.path), { recursive: true });
  await clock.advance(1_000);
  await writer.output(bytesOf('after'), clock.nowMicros());
  await writer.flush();
  expect(await readOutput(writer.path)).toBe('before after');
  expect((await readSidecar(writer.path)).state.kind).toBe('live');
  await writer.close(EXITED, clock.nowMicros());
  expect(troubles).toEqual([]);
  expect((await readSidecar(writer.path)).state.kind).toBe('closed');
});

test('a recording whose folder is deleted just before its end is there with its end', async () => {
  const { clock, writer } = await open();
  await writer.output(bytesOf('all of it'), clock.nowMicros());
  await writer.flush();
  await rm(dirname(writer.path), { recursive: true });
  await writer.close(EXITED, clock.nowMicros());
  expect(await readOutput(writer.path)).toBe('all of it');
  expect((await readSidecar(writer.path)).state.kind).toBe('closed');
});

test('a disk that fails to sync is a failed recording', async () => {
  const { clock, disk, writer, troubles } = await open();
  disk.syncError = Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
  await writer.output(bytesOf('x'), clock.nowMicros());
  await writer.flush();
  await clock.advance(1_000);
  await eventually(() => expect(troubles).toEqual(['recording-failed']));
  const { trouble } = writer;
  expect(trouble?.message).toContain('EIO');
  await expect(writer.close(EXITED, clock.nowMicros())).rejects.toBe(trouble);
});

test('closing twice is closing once, and nothing is taken after that', async () => {
  const { clock, disk, writer } = await open();
  await Promise.all([writer.close(EXITED, 5), writer.close({ kind: 'closed' }, 6)]);
  await writer.close(EXITED, 7);
  // The cast's and the chain's.
  expect(disk.calls.filter((call) => call === 'close')).toHaveLength(2);
  expect(await readEvents(writer.path)).toHaveLength(1);
  await expect(writer.output(bytesOf('late'), clock.nowMicros())).rejects.toMatchObject({
    code: 'recording-failed',
  });
  expect((await writer.flush()).fileBytes).toBe((await stat(writer.path)).size);
});

test('twenty sessions at once are twenty whole casts', async () => {
  const clock = createSystemClock();
  const folder = await makeCastFolder();
  const writers = await Promise.all(
    Array.from({ length: 20 }, () => createCastWriter({ clock, folder }, WEB_SHELL)),
  );
  await Promise.all(
    writers.map(async (writer, index) => {
      for (let line = 0; line < 50; line += 1) {
        await writer.output(bytesOf(`${index}:${line}\r\n`), clock.nowMicros());
      }
      await writer.close(EXITED, clock.nowMicros());
    }),
  );
  expect(new Set(writers.map((writer) => writer.path)).size).toBe(20);
  for (const [index, writer] of writers.entries()) {
    const lines = (await readOutput(writer.path)).split('\r\n').slice(0, -1);
    expect(lines).toEqual(Array.from({ length: 50 }, (_, line) => `${index}:${line}`));
  }
});

test('a flood that the disk keeps up with passes in bounded memory and is all there', async () => {
  const { clock, disk, writer } = await open();
  const chunk = bytesOf('y\r\n'.repeat(10_000));
  let largestQueue = 0;
  for (let count = 0; count < 500; count += 1) {
    await writer.output(chunk, clock.nowMicros());
    await clock.advance(16);
    const { size } = await stat(writer.path);
    largestQueue = Math.max(largestQueue, writer.bytes - size);
  }
  await writer.close(EXITED, clock.nowMicros());
  expect(disk.calls).toContain('write');
  // It waits once there are so many: the chunk that made them so many, five bytes for three, is among them.
  expect(largestQueue).toBeLessThan(2 * 1024 * 1024 + 2 * chunk.length);
  expect((await readOutput(writer.path)).length).toBe(500 * chunk.length);
  expect((await readFile(writer.path)).at(-1)).toBe(0x0a);
});

test('a flood passes in bounded memory, and what a slow disk did not take of it is counted', async () => {
  const clock = createSystemClock();
  const writer = await createCastWriter({ clock, folder: await makeCastFolder() }, WEB_SHELL);
  const chunk = bytesOf('y\r\n'.repeat(10_000));
  let largestQueue = 0;
  for (let count = 0; count < 500; count += 1) {
    await writer.output(chunk, clock.nowMicros());
    const { size } = await stat(writer.path);
    largestQueue = Math.max(largestQueue, writer.bytes - size);
  }
  await writer.close(EXITED, clock.nowMicros());
  expect(largestQueue).toBeLessThan(9 * 1024 * 1024);
  expect((await readOutput(writer.path)).length + writer.lostBytes).toBe(500 * chunk.length);
  expect((await readFile(writer.path)).at(-1)).toBe(0x0a);
});
