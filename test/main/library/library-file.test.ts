// covers: main/library/recording.ts
import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, expectTypeOf, test } from 'vitest';
import {
  describeRecording,
  isSettled,
  type RecordingFileNeeds,
  stampRecording,
} from '../../../main/library/library-file.ts';
import type { Recording } from '../../../main/library/recording.ts';
import { sidecarPathOf } from '../../../main/recording/sidecar.ts';
import { createCastWriter } from '../../../main/recording/writing/cast-writer.ts';
import type { RecordingInfo } from '../../../preload/contract.ts';
import { makeCastFolder, WEB_SHELL } from '../../fakes/cast-folder.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { ALL_FACTS } from '../../fakes/recording-facts.ts';
import { NEW_YEAR_MS, placeForeignCast, recordCutSession, recordSession } from '../../fakes/recordings.ts';

const ALL_GONE: RecordingFileNeeds = { isOwnerAlive: () => false };
const never = new AbortController().signal;

async function describePath(path: string, needs = ALL_GONE, signal = never): Promise<Recording> {
  const stamp = await stampRecording(path);
  if (!stamp) throw new Error(`there is no ${path}`);
  return describeRecording(needs, path, stamp, { signal });
}

test('a row of the library is what the page is told', () => {
  expectTypeOf<Recording>().toEqualTypeOf<RecordingInfo>();
});

test('a closed recording is described by its sidecar', async () => {
  const { recordingId, path } = await recordSession(await makeCastFolder(), {
    end: { kind: 'exited', exitCode: 3 },
  });
  const stamp = await stampRecording(path);
  expect(await describePath(path)).toEqual({
    recordingId,
    ...WEB_SHELL.details,
    size: WEB_SHELL.size,
    startedAtMs: NEW_YEAR_MS,
    durationMicros: 1_500_000,
    bytes: stamp?.castBytes,
    state: 'closed',
    exitCode: 3,
    path,
  });
});

test('a row has all facts of its recording, and how much of its output was no text', async () => {
  const clock = createManualClock();
  const details = { ...WEB_SHELL.details, ...ALL_FACTS };
  const recording = { ...WEB_SHELL, details };
  const writer = await createCastWriter({ clock, folder: await makeCastFolder() }, recording);
  await writer.output(Buffer.of(0x41, 0xff, 0xfe, 0x42), clock.nowMicros());
  await writer.close({ kind: 'closed' }, clock.nowMicros());
  const row = await describePath(writer.path);
  expect(row).toMatchObject({ ...details, invalidBytes: 2 });
  await rm(sidecarPathOf(writer.path));
  expect(await describePath(writer.path)).toMatchObject({ ...ALL_FACTS, pod: 'web-1' });
});

test('a session that was lost says why', async () => {
  const { path } = await recordSession(await makeCastFolder(), {
    end: { kind: 'failed', note: 'the pod was deleted' },
  });
  const recording = await describePath(path);
  expect(recording).toMatchObject({ state: 'closed', note: 'the pod was deleted' });
  expect(recording).not.toHaveProperty('exitCode');
});

test('a recording whose writer is alive is live, as long as what is written', async () => {
  const { path } = await recordCutSession(await makeCastFolder());
  const recording = await describePath(path, { isOwnerAlive: () => true });
  expect(recording).toMatchObject({ state: 'live', durationMicros: 1_500_000 });
  expect(isSettled(recording)).toBe(false);
});

test('a recording whose writer died is cut, as long as its last whole line', async () => {
  const { path } = await recordCutSession(await makeCastFolder());
  const recording = await describePath(path);
  expect(recording).toMatchObject({
    ...WEB_SHELL.details,
    state: 'cut',
    durationMicros: 1_500_000,
    note: expect.stringContaining('stopped'),
  });
  expect(isSettled(recording)).toBe(true);
});

test('a cast without a sidecar is described by its header and its end', async () => {
  const ours = await recordSession(await makeCastFolder(), { end: { kind: 'exited', exitCode: 7 } });
  await rm(sidecarPathOf(ours.path));
  expect(await describePath(ours.path)).toMatchObject({
    context: 'kind',
    namespace: 'shop',
    pod: 'web-1',
    container: 'app',
    command: [],
    startedAtMs: NEW_YEAR_MS,
    durationMicros: 1_500_000,
    state: 'closed',
    exitCode: 7,
  });
  const foreign = await placeForeignCast(await makeCastFolder(), 'demo');
  expect(await describePath(foreign.path)).toMatchObject({
    recordingId: 'demo',
    context: '',
    pod: '',
    size: { cols: 100, rows: 30 },
    startedAtMs: 1_700_000_000_000,
    durationMicros: 2_500_000,
    state: 'closed',
  });
});

test('a sidecar that cannot be read makes a row that says so and still tells what the header knows', async () => {
  const { recordingId, path } = await recordSession(await makeCastFolder());
  await writeFile(sidecarPathOf(path), '{"version":1,');
  expect(await describePath(path)).toMatchObject({
    recordingId,
    pod: 'web-1',
    state: 'unreadable',
    note: expect.stringContaining('no JSON'),
  });
});

test('a cast that cannot be read makes a row that says so and still tells what the sidecar knows', async () => {
  const { path } = await recordSession(await makeCastFolder());
  await truncate(path, 10);
  const recording = await describePath(path);
  expect(recording).toMatchObject({
    ...WEB_SHELL.details,
    state: 'unreadable',
    note: expect.stringContaining('no asciicast header'),
    startedAtMs: NEW_YEAR_MS,
  });
  expect(isSettled(recording)).toBe(false);
});

test('of a file that says nothing the name tells the time, else the file system does', async () => {
  const folder = await makeCastFolder();
  const [ours, other] = [join(folder, '20250203-040506-abcdef.cast'), join(folder, 'other.cast')];
  await Promise.all([writeFile(ours, ''), writeFile(other, 'x')]);
  expect(await describePath(ours)).toMatchObject({
    state: 'unreadable',
    startedAtMs: Date.UTC(2025, 1, 3, 4, 5, 6),
    note: expect.stringContaining('empty'),
  });
  const stamp = await stampRecording(other);
  expect((await describePath(other)).startedAtMs).toBe(Math.round(stamp?.castModifiedMs ?? 0));
});

test('an aborted description is no damage', async () => {
  const { path } = await recordSession(await makeCastFolder());
  const gone = AbortSignal.abort(new Error('enough'));
  await expect(describePath(path, ALL_GONE, gone)).rejects.toThrow('enough');
});

test('a stamp changes with either file, and there is none without a cast', async () => {
  const { path } = await recordSession(await makeCastFolder());
  const before = await stampRecording(path);
  await writeFile(sidecarPathOf(path), '{}');
  const after = await stampRecording(path);
  expect(after).not.toEqual(before);
  await rm(sidecarPathOf(path));
  expect(await stampRecording(path)).toMatchObject({ sidecarBytes: 0, sidecarModifiedMs: 0 });
  await rm(path);
  expect(await stampRecording(path)).toBeUndefined();
});
