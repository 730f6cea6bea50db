import { readFile, stat } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import type { AppError } from '../../../main/base/errors.ts';
import { type CastWriter, createCastWriter } from '../../../main/recording/cast-writer.ts';
import { makeCastFolder, readEvents, readOutput, readSidecar, WEB_SHELL } from '../../fakes/cast-folder.ts';
import { createLimitedDisk, type LimitedDisk } from '../../fakes/limited-disk.ts';
import { createManualClock, type ManualClock } from '../../fakes/manual-clock.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const EXITED = { kind: 'exited', exitCode: 0 } as const;
const HALF_MEBIBYTE = new Uint8Array(512 * 1024).fill(0x61);

interface Opened {
  readonly clock: ManualClock;
  readonly disk: LimitedDisk;
  readonly writer: CastWriter;
  readonly failures: AppError[];
}

async function open(): Promise<Opened> {
  const clock = createManualClock();
  const disk = createLimitedDisk();
  const needs = { clock, folder: await makeCastFolder(), files: disk.files };
  const writer = await createCastWriter(needs, WEB_SHELL);
  const failures: AppError[] = [];
  writer.onFailed((error) => failures.push(error));
  return { clock, disk, writer, failures };
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

test('output is in the file 16 ms after its first byte without anybody asking', async () => {
  const { clock, writer } = await open();
  await writer.output(bytesOf('a'), clock.nowMicros());
  await clock.advance(15);
  await writer.output(bytesOf('b'), clock.nowMicros());
  expect(await readEvents(writer.path)).toEqual([]);
  await clock.advance(1);
  await vi.waitFor(async () => expect(await readOutput(writer.path)).toBe('ab'));
  await writer.close(EXITED, clock.nowMicros());
});

test('an escape sequence without an end is in the file within 250 ms', async () => {
  const { clock, writer } = await open();
  await writer.output(bytesOf('\u001b[3'), clock.nowMicros());
  await clock.advance(249);
  await vi.waitFor(async () => expect(await readOutput(writer.path)).toBe('\u001b[3'));
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
  const length = await writer.flush();
  expect(length).toBe((await stat(writer.path)).size);
  expect(writer.bytes).toBe(length);
  expect(await readOutput(writer.path)).toBe('a\u001b');
  expect(writer.undecodedTail()).toEqual(Uint8Array.of(0xe2, 0x82));
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

test('a stalled disk makes output wait at its limit, and nothing is lost when it moves again', async () => {
  const { clock, disk, writer } = await open();
  const stall = Promise.withResolvers<void>();
  disk.stalled = stall.promise;
  await writer.output(HALF_MEBIBYTE, clock.nowMicros());
  let isTaken = false;
  const taken = writer.output(HALF_MEBIBYTE, clock.nowMicros()).then(() => {
    isTaken = true;
  });
  await clock.advance(60_000);
  expect(isTaken).toBe(false);
  disk.stalled = undefined;
  stall.resolve();
  await taken;
  await writer.close(EXITED, clock.nowMicros());
  expect(await readOutput(writer.path)).toHaveLength(2 * HALF_MEBIBYTE.length);
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
  expect(disk.calls.at(-3)).toBe('datasync');
  expect(disk.calls.slice(-2)).toEqual(['close', 'replace']);
});

test('a full disk is told once, as such, and the file ends on a line', async () => {
  const { clock, disk, writer, failures } = await open();
  await writer.output(bytesOf('recorded'), clock.nowMicros());
  await writer.flush();
  disk.freeBytes = 10;
  await expect(
    (async () => {
      await writer.output(bytesOf('this does not fit any more'), clock.nowMicros());
      await writer.flush();
    })(),
  ).rejects.toMatchObject({ code: 'disk-full' });
  await expect(writer.output(bytesOf('more'), clock.nowMicros())).rejects.toMatchObject({
    code: 'disk-full',
  });
  await expect(writer.resize({ cols: 1, rows: 1 }, clock.nowMicros())).rejects.toMatchObject({
    code: 'disk-full',
  });
  expect(failures.map((error) => error.code)).toEqual(['disk-full']);
  disk.freeBytes = 1_000_000;
  await expect(writer.close(EXITED, clock.nowMicros())).rejects.toMatchObject({ code: 'disk-full' });
  expect(await readOutput(writer.path)).toBe('recorded');
  expect(writer.bytes).toBe((await stat(writer.path)).size);
  expect((await readSidecar(writer.path)).state).toMatchObject({
    kind: 'closed',
    durationMicros: 0,
    end: { kind: 'failed', note: expect.stringContaining('the disk is full') },
  });
});

test('output that waits for room is told when the disk turns out to be full', async () => {
  const { clock, disk, writer } = await open();
  const stall = Promise.withResolvers<void>();
  disk.stalled = stall.promise;
  await clock.advance(2_000);
  await writer.output(HALF_MEBIBYTE, clock.nowMicros());
  const waiting = expect(writer.output(HALF_MEBIBYTE, clock.nowMicros())).rejects.toMatchObject({
    code: 'disk-full',
  });
  disk.freeBytes = 100_000;
  stall.resolve();
  await waiting;
  // Three lines of 32 KiB fitted in.
  expect(await readOutput(writer.path)).toHaveLength(3 * 32 * 1024);
  disk.freeBytes = 100_000;
  await clock.advance(7_000);
  await writer.close(EXITED, clock.nowMicros()).catch(() => {});
  expect((await readSidecar(writer.path)).state).toMatchObject({ durationMicros: 2_000_000 });
});

test('a disk that fails to sync is a failed recording', async () => {
  const { clock, disk, writer, failures } = await open();
  disk.syncError = Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
  await writer.output(bytesOf('x'), clock.nowMicros());
  await writer.flush();
  await clock.advance(1_000);
  await vi.waitFor(() => expect(failures).toHaveLength(1));
  expect(failures[0]).toMatchObject({ code: 'recording-failed', message: expect.stringContaining('EIO') });
  await expect(writer.close(EXITED, clock.nowMicros())).rejects.toBe(failures[0]);
});

test('closing twice is closing once, and nothing is taken after that', async () => {
  const { clock, disk, writer } = await open();
  await Promise.all([writer.close(EXITED, 5), writer.close({ kind: 'closed' }, 6)]);
  await writer.close(EXITED, 7);
  expect(disk.calls.filter((call) => call === 'close')).toHaveLength(1);
  expect(await readEvents(writer.path)).toHaveLength(1);
  await expect(writer.output(bytesOf('late'), clock.nowMicros())).rejects.toMatchObject({
    code: 'recording-failed',
  });
  expect(await writer.flush()).toBe((await stat(writer.path)).size);
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

test('a flood passes in bounded memory and is all there', async () => {
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
  expect(largestQueue).toBeLessThan(2 * 1024 * 1024);
  expect((await readOutput(writer.path)).length).toBe(500 * chunk.length);
  expect((await readFile(writer.path)).at(-1)).toBe(0x0a);
});
