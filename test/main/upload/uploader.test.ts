// covers: main/upload/delivery.ts
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import type { RecorderAddress } from '../../../main/policy/policy.ts';
import { nameCast } from '../../../main/recording/cast-path.ts';
import { makeRecordingId } from '../../../main/recording/recording-id.ts';
import { type CastWriter, createCastWriter } from '../../../main/recording/writing/cast-writer.ts';
import type { Delivery, DeliveryState } from '../../../main/upload/delivery.ts';
import type { DeliveredCast } from '../../../main/upload/queue/upload-round.ts';
import type { RecorderClient } from '../../../main/upload/recorder/recorder-client.ts';
import { createTsrecorderClient } from '../../../main/upload/tsrecorder/tsrecorder.ts';
import { WEB_SHELL } from '../../fakes/cast-folder.ts';
import {
  type ForeignBehaviour,
  type ForeignRecorder,
  startForeignRecorder,
} from '../../fakes/foreign-recorder.ts';
import { createRecorderNeeds } from '../../fakes/recorder-client.ts';
import { eventually, until } from '../../fakes/until.ts';
import {
  addressOf,
  listFiles,
  makeUploadPlace,
  openUploads,
  type TestUploads,
  type TestUploadsWish,
  type UploadPlace,
} from '../../fakes/uploads.ts';

const clock = createSystemClock();
/** Longer than a test. */
const PATIENT = { limits: { dialMs: 600_000, probeMs: 600_000, ackMs: 600_000, progressMs: 600_000 } };
const signal = new AbortController().signal;

function startRecorder(changes: Partial<ForeignBehaviour> = {}): Promise<ForeignRecorder> {
  return startForeignRecorder({ isStrict: false, ...changes });
}

interface Stage extends TestUploads {
  readonly place: UploadPlace;
  readonly cast: DeliveredCast;
  /** Begins the recording that was connected. */
  record(): Promise<CastWriter>;
}

async function openStage(wish: TestUploadsWish = {}, isEncrypted = false): Promise<Stage> {
  const place = await makeUploadPlace();
  const uploads = await openUploads(place, { endedMs: 600_000, ...wish });
  const startedAtMs = clock.nowMs();
  const recordingId = makeRecordingId(startedAtMs);
  const path = join(place.recordings, nameCast(recordingId, { isEncrypted }));
  const cast = {
    recordingId,
    title: 'shop/web-1/app in kind',
    startedAtMs,
    size: { cols: 80, rows: 24 },
    path,
  };
  const record = () =>
    createCastWriter({ clock, folder: place.recordings }, { ...WEB_SHELL, startedAtMs, recordingId });
  return { ...uploads, place, cast, record };
}

async function write(writer: CastWriter, text: string): Promise<void> {
  await writer.output(Buffer.from(text), clock.nowMicros());
  await writer.flush();
}

async function close(writer: CastWriter, delivery: Delivery): Promise<void> {
  await writer.close({ kind: 'exited', exitCode: 0 }, clock.nowMicros());
  await delivery.ended();
}

async function sha256(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

function kindsOf(delivery: Delivery): DeliveryState['kind'][] {
  const kinds = [delivery.state.kind];
  delivery.onChanged(() => kinds.push(delivery.state.kind));
  return kinds;
}

test('a recording arrives while it is made, and is delivered when it has ended', async () => {
  const recorder = await startRecorder();
  const { uploader, store, desk, cast, record, place } = await openStage();
  const start = await uploader.connect([addressOf(recorder)], cast, { signal });
  expect([start.isConnected, start.attempts, store.isOwed(cast.recordingId)]).toEqual([true, [], true]);
  const writer = await record();
  const delivery = start.begin();
  const kinds = kindsOf(delivery);
  await write(writer, 'hello');
  await until(() => recorder.deliveries[0]?.bytes.includes('hello'));
  expect(delivery.state).toMatchObject({ kind: 'live', recorder: { url: recorder.address } });
  expect(await desk.get(cast.recordingId)).toMatchObject({
    state: { kind: 'recording' },
    job: { sentTo: [recorder.address] },
  });
  await close(writer, delivery);
  expect(delivery.state).toMatchObject({ kind: 'delivered', recorder: { url: recorder.address } });
  expect(kinds).toEqual(['live', 'delivered']);
  expect(recorder.deliveries[0]?.sha256).toBe(await sha256(cast.path));
  expect(recorder.deliveries[0]?.headers['kubereel-delivery']).toBe('first');
  expect([store.isDelivered(cast.recordingId), await listFiles(place.uploads)]).toEqual([true, []]);
});

test('lost midway it is owed from then on, and delivered whole from its file, as a second delivery', async () => {
  const recorder = await startRecorder();
  const { uploader, queue, store, desk, cast, record } = await openStage();
  const start = await uploader.connect([addressOf(recorder)], cast, { signal });
  const writer = await record();
  const delivery = start.begin();
  await write(writer, 'before');
  await until(() => recorder.deliveries[0]?.bytes.includes('before'));
  const beforeMs = clock.nowMs();
  await recorder.kill();
  await write(writer, 'after');
  await until(() => delivery.state.kind === 'owed');
  const { state } = delivery;
  if (state.kind !== 'owed') throw new Error(state.kind);
  expect(state.sinceMs).toBeGreaterThanOrEqual(beforeMs);
  expect(state.attempts.map(({ error }) => error.code)).toEqual(['recorder-lost']);
  await close(writer, delivery);
  expect(delivery.state.kind).toBe('owed');
  const job = await store.read(cast.recordingId);
  expect(job).toMatchObject({ failures: 2, answers: [{ code: 'recorder-unreachable' }] });
  expect(job).not.toHaveProperty('owner');
  await recorder.restart();
  void queue.work();
  await desk.retry();
  await until(() => store.isDelivered(cast.recordingId));
  const last = recorder.deliveries.at(-1);
  expect([last?.sha256, last?.headers['kubereel-delivery']]).toEqual([await sha256(cast.path), 'again']);
});

test('a recorder that is there again at the end gets it then', async () => {
  const recorder = await startRecorder({ endsAfterBytes: 100 });
  const { uploader, cast, record } = await openStage();
  const start = await uploader.connect([addressOf(recorder)], cast, { signal });
  const writer = await record();
  const delivery = start.begin();
  await write(writer, 'x'.repeat(1_000));
  await until(() => delivery.state.kind === 'owed');
  recorder.behaviour.endsAfterBytes = undefined;
  await close(writer, delivery);
  expect(delivery.state.kind).toBe('delivered');
  expect(recorder.deliveries.at(-1)?.headers['kubereel-delivery']).toBe('again');
});

test('an end waits for a slow recorder only so long; what arrives after that is delivered all the same', async () => {
  const recorder = await startRecorder({ stallsAfterBytes: 0 });
  const { uploader, store, cast, record } = await openStage({ ...PATIENT, endedMs: 1 });
  const start = await uploader.connect([addressOf(recorder)], cast, { signal });
  const writer = await record();
  const delivery = start.begin();
  await write(writer, 'x'.repeat(1_000));
  await close(writer, delivery);
  expect(delivery.state.kind).toBe('owed');
  expect(store.isOwed(cast.recordingId)).toBe(true);
  recorder.behaviour.stallsAfterBytes = undefined;
  await delivery.settled;
  expect(delivery.state.kind).toBe('delivered');
  expect(recorder.deliveries.map(({ sha256: hash }) => hash)).toEqual([await sha256(cast.path)]);
});

test('what is not confirmed when the program ends stays owed', async () => {
  const recorder = await startRecorder({ stallsAfterBytes: 0 });
  const { uploader, cast, record, end, place } = await openStage({ ...PATIENT, endedMs: 1 });
  const start = await uploader.connect([addressOf(recorder)], cast, { signal });
  const writer = await record();
  const delivery = start.begin();
  await write(writer, 'x'.repeat(1_000));
  await close(writer, delivery);
  await end();
  recorder.behaviour.stallsAfterBytes = undefined;
  const next = await openUploads(place);
  expect(await next.store.read(cast.recordingId)).not.toHaveProperty('owner');
  void next.queue.work();
  await until(() => next.store.isDelivered(cast.recordingId));
  expect(recorder.deliveries.at(-1)?.headers['kubereel-delivery']).toBe('again');
});

test('[black hole, refused, good]: the good one is used, and the others are told in their order', async () => {
  const [silent, refusing, good] = [
    await startRecorder({ silentAt: 'connection' }),
    await startRecorder({ refusal: { status: 403, body: 'not you' } }),
    await startRecorder(),
  ];
  const clientFor = (recorder: RecorderAddress): RecorderClient =>
    createTsrecorderClient(
      createRecorderNeeds(recorder.url === silent.address ? { probeMs: 10 } : {}),
      recorder,
    );
  const { uploader, cast, record } = await openStage({ clientFor });
  const recorders = [silent, refusing, good].map((recorder) => addressOf(recorder));
  const start = await uploader.connect(recorders, cast, { signal });
  expect(start.attempts.map(({ recorder, error }) => [recorder.url, error.code])).toEqual([
    [silent.address, 'recorder-unreachable'],
    [refusing.address, 'recorder-refused'],
  ]);
  const writer = await record();
  const delivery = start.begin();
  await close(writer, delivery);
  expect(delivery.state).toMatchObject({ kind: 'delivered', recorder: { url: good.address } });
});

test('what none took is owed from its beginning, with what each said', async () => {
  const recorder = await startRecorder();
  await recorder.kill();
  const { uploader, store, cast, record, desk } = await openStage();
  const start = await uploader.connect([addressOf(recorder, 'audit')], cast, { signal });
  expect([start.isConnected, start.attempts.map(({ error }) => error.code)]).toEqual([
    false,
    ['recorder-unreachable'],
  ]);
  const writer = await record();
  const delivery = start.begin();
  expect(delivery.state).toMatchObject({ kind: 'owed', attempts: [{ recorder: { name: 'audit' } }] });
  await eventually(async () =>
    expect(await desk.get(cast.recordingId)).toMatchObject({
      job: { isBegun: true, sentTo: [], answers: [{ code: 'recorder-unreachable' }] },
    }),
  );
  await recorder.restart();
  await close(writer, delivery);
  expect([delivery.state.kind, store.isDelivered(cast.recordingId)]).toEqual(['delivered', true]);
  expect(recorder.deliveries[0]?.headers['kubereel-delivery']).toBe('first');
});

test('a recorder that takes recordings whole is asked whether it is there, and gets it at the end', async () => {
  const recorder = await startRecorder();
  const clientFor = (address: RecorderAddress) => ({
    ...createTsrecorderClient(createRecorderNeeds(), address),
    isLive: false,
  });
  const { uploader, cast, record } = await openStage({ clientFor });
  const start = await uploader.connect([addressOf(recorder)], cast, { signal });
  expect([start.isConnected, recorder.deliveries]).toEqual([true, []]);
  const writer = await record();
  const delivery = start.begin();
  const kinds = kindsOf(delivery);
  await write(writer, 'hello');
  await close(writer, delivery);
  expect(kinds).toEqual(['waiting', 'delivered']);
  expect(recorder.deliveries.map(({ sha256: hash }) => hash)).toEqual([await sha256(cast.path)]);
});

test('what is cancelled, or given up while recorders are asked, is owed to nobody', async () => {
  const [recorder, silent] = [await startRecorder(), await startRecorder({ silentAt: 'connection' })];
  const { uploader, store, cast, place } = await openStage(PATIENT);
  const start = await uploader.connect([addressOf(recorder)], cast, { signal });
  await start.cancel();
  expect([store.isOwed(cast.recordingId), await listFiles(place.uploads)]).toEqual([false, []]);
  const giving = new AbortController();
  const connecting = uploader.connect([addressOf(silent)], cast, { signal: giving.signal });
  await until(() => store.isOwed(cast.recordingId));
  giving.abort(new Error('enough'));
  await expect(connecting).rejects.toThrow('enough');
  expect(store.isOwed(cast.recordingId)).toBe(false);
});

test('no recorder takes what is encrypted, and none is asked', async () => {
  const recorder = await startRecorder();
  const { uploader, cast } = await openStage({}, true);
  const start = await uploader.connect([addressOf(recorder)], cast, { signal });
  expect([start.isConnected, start.attempts.map(({ error }) => error.code)]).toEqual([
    false,
    ['recorder-needs-clear'],
  ]);
  await start.cancel();
  expect(recorder.requests).toEqual([]);
});

test('where what is owed cannot be written down no recorder is asked, and it is written down later', async () => {
  const recorder = await startRecorder();
  const { uploader, store, cast, record, place } = await openStage();
  await rm(place.uploads, { recursive: true });
  await writeFile(place.uploads, 'no folder');
  const start = await uploader.connect([addressOf(recorder)], cast, { signal });
  expect([start.isConnected, start.attempts.map(({ error }) => error.code)]).toEqual([
    false,
    ['upload-failed'],
  ]);
  expect(recorder.requests).toEqual([]);
  await rm(place.uploads);
  for (const folder of ['', 'delivered', 'unreadable']) await mkdir(join(place.uploads, folder));
  const writer = await record();
  const delivery = start.begin();
  await until(() => store.isOwed(cast.recordingId));
  await close(writer, delivery);
  expect(delivery.state.kind).toBe('delivered');
});
