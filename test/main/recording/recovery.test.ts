import { appendFile, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { formatEvent, formatHeader } from '../../../main/recording/cast/cast.ts';
import type { Sidecar } from '../../../main/recording/recording.ts';
import { type Recovery, recoverRecording } from '../../../main/recording/recovery.ts';
import { formatSidecar, sidecarPathOf } from '../../../main/recording/sidecar.ts';
import { createCastWriter } from '../../../main/recording/writing/cast-writer.ts';
import { describeHeader } from '../../../main/recording/writing/new-recording.ts';
import { makeCastFolder, readEvents, readSidecar, WEB_SHELL } from '../../fakes/cast-folder.ts';
import { loadInAsciinemaPlayer } from '../../fakes/foreign-player.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const { signal } = new AbortController();
const SIDECAR: Sidecar = {
  version: 1,
  id: 'dead',
  ...WEB_SHELL,
  startedAtMs: 1_767_323_045_000,
  state: { kind: 'live', owner: { hostName: 'here', processId: 1, processStartedAtMs: 0 } },
};
const HEADER = formatHeader(describeHeader(SIDECAR));
const EVENTS = [
  formatEvent({ kind: 'output', timeMicros: 10, text: 'first' }),
  formatEvent({ kind: 'output', timeMicros: 1_500_000, text: 'grüße \u2028\r\n' }),
];
const WHOLE = Buffer.from([HEADER, ...EVENTS].join(''));

async function place(bytes: Uint8Array, sidecar: Sidecar = SIDECAR): Promise<string> {
  const path = `${await makeCastFolder()}/dead.cast`;
  await writeFile(path, bytes);
  await writeFile(sidecarPathOf(path), formatSidecar(sidecar));
  return path;
}

async function recover(path: string): Promise<Recovery> {
  return recoverRecording({ clock: createSystemClock() }, path, await readSidecar(path), { signal });
}

/** What the file held and what recovery kept of it are together what was there before. */
async function readWithCut(path: string): Promise<Buffer> {
  const { cut } = await readSidecar(path);
  const bytes = await readFile(path);
  return Buffer.concat([bytes, Buffer.from(cut?.base64 ?? '', 'base64'), Buffer.alloc(cut?.zeros ?? 0)]);
}

test('a tail that is cut at any byte is mended, and no byte of it is lost', async () => {
  for (let length = HEADER.length; length < WHOLE.length; length += 1) {
    const path = await place(WHOLE.subarray(0, length));
    expect(await recover(path)).toMatchObject({ kind: 'recovered' });
    const text = await readFile(path, 'utf8');
    expect(text.endsWith('\n')).toBe(true);
    const events = await readEvents(path);
    expect(events.length).toBe(text.split('\n').length - 2);
    // The player knows no cast without events.
    if (events.length > 0) await loadInAsciinemaPlayer(path);
    const before = WHOLE.subarray(0, length);
    const after = await readWithCut(path);
    // A line end may have been added to what lacked only that.
    expect(after.equals(before) || after.equals(Buffer.concat([before, Buffer.from('\n')]))).toBe(true);
    expect((await readSidecar(path)).state).toMatchObject({
      kind: 'recovered',
      bytes: (await stat(path)).size,
      durationMicros: events.at(-1)?.timeMicros ?? 0,
    });
  }
});

test('a header that is cut at any byte is made anew from the sidecar', async () => {
  for (let length = 0; length < HEADER.length; length += 1) {
    const path = await place(WHOLE.subarray(0, length));
    await recover(path);
    expect(await readFile(path, 'utf8')).toBe(HEADER);
    // One that lacks its line end alone is whole.
    const cut = length === HEADER.length - 1 ? 0 : length;
    expect(Buffer.from((await readSidecar(path)).cut?.base64 ?? '', 'base64')).toEqual(
      WHOLE.subarray(0, cut),
    );
  }
});

test('half of a sidecar that was to replace it changes nothing, wherever it ends', async () => {
  const next = Buffer.from(formatSidecar(SIDECAR));
  const path = await place(WHOLE);
  for (let length = 0; length <= next.length; length += 16) {
    // As `writeFileAtomically` leaves it when the program dies in it.
    await writeFile(`${sidecarPathOf(path)}.0123456789ab.tmp`, next.subarray(0, length));
    await writeFile(sidecarPathOf(path), formatSidecar(SIDECAR));
    expect(await recover(path)).toEqual({ kind: 'recovered', cutBytes: 0 });
    expect(await readFile(path)).toEqual(WHOLE);
  }
});

test('the zeros of a power cut are taken off and counted', async () => {
  const path = await place(Buffer.concat([WHOLE, Buffer.alloc(512)]));
  expect(await recover(path)).toEqual({ kind: 'recovered', cutBytes: 512 });
  expect(await readFile(path)).toEqual(WHOLE);
  expect((await readSidecar(path)).cut).toEqual({ base64: '', zeros: 512 });
});

test('a last event that lacks only its line end is kept', async () => {
  const path = await place(WHOLE.subarray(0, -1));
  expect(await recover(path)).toEqual({ kind: 'recovered', cutBytes: 0 });
  expect(await readFile(path)).toEqual(WHOLE);
});

test('a damaged line within is left as it is, and the recording says so', async () => {
  const bytes = Buffer.from(WHOLE);
  bytes[HEADER.length + 3] = 0x22;
  const path = await place(bytes);
  expect(await recover(path)).toEqual({ kind: 'damaged', damagedLines: 1 });
  expect(await readFile(path)).toEqual(bytes);
  expect((await readSidecar(path)).state).toMatchObject({ kind: 'damaged', durationMicros: 1_500_000 });
});

test('a first line that is whole and no header is damage, not a torn header', async () => {
  const bytes = Buffer.concat([Buffer.from('{"version":2,\n'), WHOLE.subarray(HEADER.length)]);
  const path = await place(bytes);
  expect(await recover(path)).toMatchObject({ kind: 'damaged' });
  expect(await readFile(path)).toEqual(bytes);
});

test('one whose program died between its exit and the sidecar ended as the exit says', async () => {
  const path = await place(WHOLE);
  await appendFile(path, formatEvent({ kind: 'exit', timeMicros: 2_000_000, exitCode: 3 }));
  await recover(path);
  expect((await readSidecar(path)).state).toMatchObject({ end: { kind: 'exited', exitCode: 3 } });
});

test('recovering again, as after a crash midway, keeps what was cut the first time', async () => {
  const torn = WHOLE.subarray(0, -5);
  const path = await place(torn);
  await recover(path);
  const { cut } = await readSidecar(path);
  // The crash came after the file was mended and before the sidecar said so.
  await writeFile(sidecarPathOf(path), formatSidecar({ ...SIDECAR, ...(cut ? { cut } : {}) }));
  await recover(path);
  expect(await readWithCut(path)).toEqual(torn);
  // And here before the file was mended.
  await writeFile(sidecarPathOf(path), formatSidecar({ ...SIDECAR, ...(cut ? { cut } : {}) }));
  await writeFile(path, torn);
  await recover(path);
  expect(await readWithCut(path)).toEqual(torn);
  await truncate(path, HEADER.length);
});

test('what was changed after its program died is damaged, and the block is named', async () => {
  const folder = await makeCastFolder();
  const clock = createManualClock();
  const writer = await createCastWriter({ clock, folder }, WEB_SHELL);
  await writer.output(new Uint8Array(200_000).fill(0x61), clock.nowMicros());
  await writer.close({ kind: 'closed' }, clock.nowMicros());
  const { integrity: _, ...closed } = await readSidecar(writer.path);
  await writeFile(sidecarPathOf(writer.path), formatSidecar({ ...closed, state: SIDECAR.state }));
  const bytes = await readFile(writer.path);
  bytes[100_000] = 0x62;
  await writeFile(writer.path, bytes);
  expect(await recover(writer.path)).toEqual({ kind: 'damaged', damagedLines: 0, firstBadBlock: 1 });
});

test('a block whose end a power cut took is torn, not damaged', async () => {
  const folder = await makeCastFolder();
  const clock = createManualClock();
  const writer = await createCastWriter({ clock, folder }, WEB_SHELL);
  await writer.output(new Uint8Array(200_000).fill(0x61), clock.nowMicros());
  await writer.close({ kind: 'closed' }, clock.nowMicros());
  const { integrity: _, ...closed } = await readSidecar(writer.path);
  await writeFile(sidecarPathOf(writer.path), formatSidecar({ ...closed, state: SIDECAR.state }));
  const bytes = await readFile(writer.path);
  bytes.fill(0, 120_000);
  await writeFile(writer.path, bytes);
  expect(await recover(writer.path)).toMatchObject({ kind: 'recovered' });
});
