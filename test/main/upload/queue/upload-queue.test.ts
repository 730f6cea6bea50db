// covers: main/upload/queue/upload-attempt.ts
// covers: main/upload/queue/upload-round.ts
// covers: main/upload/deliver-file.ts
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RecorderAddress } from '../../../../main/policy/policy.ts';
import { describeThisProcess } from '../../../../main/recording/owner.ts';
import { releaseJob, type UploadJob } from '../../../../main/upload/queue/upload-job.ts';
import { MAX_DELIVERIES } from '../../../../main/upload/queue/upload-queue.ts';
import type { RecorderClient } from '../../../../main/upload/recorder/recorder-client.ts';
import { createTsrecorderClient } from '../../../../main/upload/tsrecorder/tsrecorder.ts';
import { makeKeyring, recordEncrypted } from '../../../fakes/encryption.ts';
import {
  type ForeignBehaviour,
  type ForeignRecorder,
  startForeignRecorder,
} from '../../../fakes/foreign-recorder.ts';
import { createManualClock, type ManualClock } from '../../../fakes/manual-clock.ts';
import { createRecorderNeeds } from '../../../fakes/recorder-client.ts';
import { type RecordedSession, recordCutSession, recordSession } from '../../../fakes/recordings.ts';
import { eventually, until } from '../../../fakes/until.ts';
import {
  addressOf,
  makeJob,
  makeUploadPlace,
  openUploads,
  type TestUploads,
  type TestUploadsWish,
} from '../../../fakes/uploads.ts';

/** Our casts lack what recorders of tailnets want in the first line, unless they were recorded for one. */
function startRecorder(changes: Partial<ForeignBehaviour> = {}): Promise<ForeignRecorder> {
  return startForeignRecorder({ isStrict: false, ...changes });
}

/** No process of such an age is left after a reboot. */
const DEAD = { hostName: hostname(), processId: 1, processStartedAtMs: 0 };
const ADDRESS = { kind: 'alis', url: 'wss://127.0.0.1:1' } as const;
/** Longer than a test. */
const PATIENT = { firstAnswerMs: 600_000, ackMs: 600_000, progressMs: 600_000 };
const refuse = (): Promise<never> => Promise.reject(new Error('not asked'));
const NEVER: RecorderClient = {
  recorder: ADDRESS,
  isLive: true,
  takesLater: true,
  check: refuse,
  open: refuse,
};

/** What is owed of recordings of 1.5 s, and a process that works on it. */
async function startQueue(
  owed: { readonly count?: number; readonly recorders: readonly RecorderAddress[] },
  wish: TestUploadsWish = {},
) {
  const place = await makeUploadPlace();
  const uploads = await openUploads(place, wish);
  const recordings: RecordedSession[] = [];
  for (let index = 0; index < (owed.count ?? 1); index += 1) {
    const recording = await recordSession(place.recordings);
    await uploads.store.create(makeJob(recording.recordingId, owed.recorders));
    recordings.push(recording);
  }
  void uploads.queue.work();
  return { place, recordings, ...uploads };
}

async function readJob({ store }: Pick<TestUploads, 'store'>, recordingId: string): Promise<UploadJob> {
  const job = await store.read(recordingId);
  if (!job) throw new Error(`nothing is owed of ${recordingId}`);
  return job;
}

async function sha256(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

/** Lets time pass until something has come of it. */
async function advanceUntil<T>(clock: ManualClock, check: () => T | Promise<T>, stepMs = 1_000) {
  return until(async () => {
    await clock.advance(stepMs);
    return check();
  });
}

test('what is owed is delivered from its start, byte for byte, under its own title', async () => {
  const recorder = await startRecorder();
  const { recordings, store, library } = await startQueue({
    count: 3,
    recorders: [addressOf(recorder, 'main')],
  });
  await until(() => recordings.every(({ recordingId }) => store.isDelivered(recordingId)));
  const files = await Promise.all(recordings.map(({ path }) => sha256(path)));
  expect(recorder.deliveries.map(({ sha256: hash }) => hash).sort()).toEqual(files.sort());
  const [first] = recordings;
  const { recordingId = '' } = first ?? {};
  expect(await store.readReceipt(recordingId)).toMatchObject({
    recorder: { kind: 'tsrecorder', name: 'main', url: recorder.address },
    bytes: (await library.get(recordingId)).bytes,
  });
  expect(await library.get(recordingId)).toMatchObject({ isDelivered: true });
  expect(recorder.deliveries[0]?.headers).toMatchObject({ 'kubereel-delivery': 'first' });
});

test('a recorder that is away is asked again after a while, and only for one of those that are owed to it', async () => {
  const clock = createManualClock();
  const recorder = await startRecorder();
  await recorder.kill();
  const uploads = await startQueue({ count: 5, recorders: [addressOf(recorder)] }, { clock });
  const { recordings, store } = uploads;
  const failures = async () => {
    const jobs = await Promise.all(recordings.map(({ recordingId }) => store.read(recordingId)));
    return jobs.map((job) => job?.failures ?? -1).toSorted();
  };
  await eventually(async () => expect(await failures()).toEqual([0, 0, 0, 0, 1]));
  const tried = (await uploads.desk.list()).jobs.find(({ job }) => job.failures === 1);
  expect(tried).toMatchObject({
    state: { kind: 'waiting', nextTryAtMs: clock.nowMs() + 5_000 },
    job: { sentTo: [], answers: [{ code: 'recorder-unreachable' }] },
  });
  await recorder.restart();
  await advanceUntil(clock, () => recordings.every(({ recordingId }) => store.isDelivered(recordingId)));
  expect(recorder.deliveries.map(({ headers }) => headers['kubereel-delivery'])).toEqual(
    recordings.map(() => 'first'),
  );
});

test('what somebody wants tried is tried, though its recorder would be left alone for another one', async () => {
  const clock = createManualClock();
  const recorder = await startRecorder();
  await recorder.kill();
  const uploads = await startQueue({ count: 2, recorders: [addressOf(recorder)] }, { clock });
  const { recordings, store, desk } = uploads;
  const untried = await until(async () => {
    const { jobs } = await desk.list();
    return jobs.some(({ job }) => job.failures === 1) && jobs.find(({ job }) => job.failures === 0);
  });
  await recorder.restart();
  await clock.advance(1);
  await desk.retry([untried.job.recordingId]);
  await until(() => recordings.every(({ recordingId }) => store.isDelivered(recordingId)));
});

test('a recorder that does not let us in is not asked again before somebody changes something', async () => {
  const clock = createManualClock();
  const recorder = await startRecorder({ refusal: { status: 403, body: 'who are you?' } });
  const uploads = await startQueue({ recorders: [addressOf(recorder)] }, { clock });
  const { recordingId = '' } = uploads.recordings[0] ?? {};
  await until(async () => (await uploads.store.read(recordingId))?.next.kind === 'user');
  expect(await uploads.desk.get(recordingId)).toMatchObject({
    kind: 'owed',
    state: { kind: 'stopped' },
    job: { answers: [{ code: 'recorder-refused', message: expect.stringContaining('who are you?') }] },
  });
  const asked = recorder.requests.length;
  for (let hour = 0; hour < 24; hour += 1) await clock.advance(3_600_000);
  expect(recorder.requests.length).toBe(asked);
  recorder.behaviour.refusal = undefined;
  await uploads.desk.retry([recordingId]);
  await until(() => uploads.store.isDelivered(recordingId));
});

test('what waits for somebody is tried again when the policy names another recorder', async () => {
  const [strict, open] = [await startRecorder({ refusal: { status: 403 } }), await startRecorder()];
  let named: RecorderAddress[] = [];
  const uploads = await startQueue({ recorders: [addressOf(strict)] }, { recordersFor: async () => named });
  const { recordingId = '' } = uploads.recordings[0] ?? {};
  await until(async () => (await uploads.store.read(recordingId))?.next.kind === 'user');
  named = [addressOf(open)];
  uploads.queue.reconsider();
  await until(() => uploads.store.isDelivered(recordingId));
  expect(open.deliveries).toHaveLength(1);
});

test('a policy that cannot be followed keeps nothing from where it was owed', async () => {
  const recorder = await startRecorder();
  const recordersFor = async (): Promise<never> => Promise.reject(new Error('line 3'));
  const { recordings, store } = await startQueue({ recorders: [addressOf(recorder)] }, { recordersFor });
  await until(() => store.isDelivered(recordings[0]?.recordingId ?? ''));
});

test('one recorder after the other is tried, and each answer is kept', async () => {
  const clock = createManualClock();
  const [silent, refusing, full] = await Promise.all([
    startRecorder({ silentAt: 'probe' }),
    startRecorder({ refusal: { status: 401 } }),
    startRecorder({ fullAfterBytes: 10 }),
  ]);
  const recorders = [silent, refusing, full].map((recorder) => addressOf(recorder));
  const clientFor = (recorder: RecorderAddress): RecorderClient =>
    createTsrecorderClient(
      createRecorderNeeds(recorder.url === silent.address ? { probeMs: 10 } : {}),
      recorder,
    );
  const uploads = await startQueue({ recorders }, { clock, clientFor });
  const { recordingId = '' } = uploads.recordings[0] ?? {};
  await until(async () => (await uploads.store.read(recordingId))?.failures === 1);
  const job = await readJob(uploads, recordingId);
  expect(job.answers.map(({ recorder, code }) => [recorder?.url, code])).toEqual([
    [silent.address, 'recorder-unreachable'],
    [refusing.address, 'recorder-refused'],
    [full.address, 'recorder-failed'],
  ]);
  expect(job.next.kind).toBe('at');
  expect(job.sentTo).toEqual([full.address]);
});

test('what may have arrived is delivered again as a second delivery, also after a restart', async () => {
  const clock = createManualClock();
  const recorder = await startRecorder({ endsAfterBytes: 10 });
  const uploads = await startQueue({ recorders: [addressOf(recorder)] }, { clock });
  const { recordingId = '', path = '' } = uploads.recordings[0] ?? {};
  await until(async () => (await uploads.store.read(recordingId))?.failures === 1);
  expect((await readJob(uploads, recordingId)).sentTo).toEqual([recorder.address]);
  await uploads.end();
  recorder.behaviour.endsAfterBytes = undefined;
  const next = await openUploads(uploads.place);
  await next.desk.retry([recordingId]);
  void next.queue.work();
  await until(() => next.store.isDelivered(recordingId));
  const last = recorder.deliveries.at(-1);
  expect([last?.headers['kubereel-delivery'], last?.sha256]).toEqual(['again', await sha256(path)]);
  expect(await next.store.readReceipt(recordingId)).toMatchObject({ isRepeated: true });
});

test('one that stalls does not hold up others', async () => {
  const [stalled, open] = [await startRecorder({ silentAt: 'post' }), await startRecorder()];
  const place = await makeUploadPlace();
  const uploads = await openUploads(place, { limits: PATIENT });
  const ids: string[] = [];
  for (let index = 0; index < 2 * MAX_DELIVERIES; index += 1) {
    const { recordingId } = await recordSession(place.recordings);
    ids.push(recordingId);
    await uploads.store.create(makeJob(recordingId, [addressOf(index % 2 === 0 ? stalled : open)]));
  }
  void uploads.queue.work();
  await until(() => ids.filter((id) => uploads.store.isDelivered(id)).length === MAX_DELIVERIES);
  const posts = () => stalled.requests.filter((request) => request.startsWith('POST'));
  await until(() => posts().length > 0);
  expect(posts()).toHaveLength(1);
});

test('no more than so many deliveries go at once, and one to each recorder', async () => {
  const recorders = await Promise.all(
    Array.from({ length: MAX_DELIVERIES + 2 }, () => startRecorder({ silentAt: 'post' })),
  );
  const place = await makeUploadPlace();
  const uploads = await openUploads(place, { limits: PATIENT });
  for (const recorder of recorders) {
    for (let index = 0; index < 2; index += 1) {
      const { recordingId } = await recordSession(place.recordings);
      await uploads.store.create(makeJob(recordingId, [addressOf(recorder)]));
    }
  }
  const posts = () =>
    recorders.map(({ requests }) => requests.filter((one) => one.startsWith('POST')).length);
  void uploads.queue.work();
  await until(() => posts().filter((count) => count > 0).length === MAX_DELIVERIES);
  // All that would be started has been, once a change has been looked at.
  const { recordingId } = await recordSession(place.recordings);
  await uploads.store.create(makeJob(recordingId, [addressOf(await startRecorder())]));
  await uploads.store.refresh();
  expect(posts().filter((count) => count > 0)).toEqual(Array.from({ length: MAX_DELIVERIES }, () => 1));
});

test('what cannot be read of one recording blocks no other, and is told', async () => {
  const recorder = await startRecorder();
  const place = await makeUploadPlace();
  const { end, store } = await openUploads(place);
  const recorders = [addressOf(recorder)];
  const owe = async (recordingId: string, changes: Partial<UploadJob> = {}) => {
    await store.create(makeJob(recordingId, recorders, changes));
    return recordingId;
  };
  const gone = await owe('20260101-000000-aaaaaa');
  const torn = await owe((await recordSession(place.recordings)).recordingId);
  const headless = await recordSession(place.recordings);
  await writeFile(headless.path, 'no cast\n');
  await owe(headless.recordingId);
  const { recipient } = await makeKeyring();
  const { recordingId: secret } = await recordEncrypted(place.recordings, [recipient], ['secret']);
  await owe(secret);
  const good = await owe((await recordSession(place.recordings)).recordingId);
  await end();
  await writeFile(join(place.uploads, `${torn}.json`), '{');

  const next = await openUploads(place);
  void next.queue.work();
  await until(() => next.store.isDelivered(good));
  const codeOf = async (recordingId: string) => (await next.store.read(recordingId))?.answers[0]?.code;
  await eventually(async () => {
    expect([await codeOf(gone), await codeOf(headless.recordingId), await codeOf(secret)]).toEqual([
      'recording-not-found',
      'recording-unreadable',
      'recorder-needs-clear',
    ]);
  });
  const { jobs, unreadable } = await next.desk.list();
  expect(jobs.map(({ state }) => state.kind)).toEqual(['stopped', 'stopped', 'stopped']);
  expect(unreadable.map(({ recordingId }) => recordingId)).toEqual([torn]);
  expect(next.store.isOwed(torn)).toBe(true);
  expect(recorder.deliveries).toHaveLength(1);
});

test('what a dead program left is mended before it is delivered', async () => {
  const recorder = await startRecorder();
  const place = await makeUploadPlace();
  const { recordingId, path } = await recordCutSession(place.recordings, hostname());
  const uploads = await openUploads(place);
  await uploads.store.create(makeJob(recordingId, [addressOf(recorder)], { owner: DEAD }));
  void uploads.queue.work();
  await until(() => uploads.store.isDelivered(recordingId));
  expect((await uploads.library.get(recordingId)).state).toBe('recovered');
  expect(recorder.deliveries[0]?.sha256).toBe(await sha256(path));
});

test('what a process that lives has in hand is left to it', async () => {
  const clock = createManualClock();
  const recorder = await startRecorder();
  const uploads = await startQueue({ count: 0, recorders: [] }, { clock });
  const { recordingId } = await recordSession(uploads.place.recordings);
  const owner = describeThisProcess();
  await uploads.store.create(makeJob(recordingId, [addressOf(recorder)], { owner }));
  expect(await uploads.desk.get(recordingId)).toMatchObject({ kind: 'owed', state: { kind: 'recording' } });
  for (let minute = 0; minute < 5; minute += 1) await clock.advance(60_000);
  expect(recorder.requests).toEqual([]);
  await uploads.store.change(recordingId, releaseJob);
  await advanceUntil(clock, () => uploads.store.isDelivered(recordingId));
});

test('what was never begun, by a program that died, is owed to nobody', async () => {
  const place = await makeUploadPlace();
  const uploads = await openUploads(place);
  const { isBegun: _isBegun, ...job } = makeJob('20260101-000000-aaaaaa', [], { owner: DEAD });
  const recorders = [{ kind: 'tsrecorder', url: '127.0.0.1:1' }] as const;
  await uploads.store.create({ ...job, recorders });
  void uploads.queue.work();
  await until(() => !uploads.store.isOwed(job.recordingId));
  expect(uploads.store.isDelivered(job.recordingId)).toBe(false);
});

test('of two processes one works on the queue, and the other when that has ended', async () => {
  const recorder = await startRecorder();
  const place = await makeUploadPlace();
  const clocks = [createManualClock(), createManualClock()] as const;
  const alone = (clock: ManualClock, processId: number) =>
    openUploads(place, { clock, self: { ...describeThisProcess(), processId } });
  // Both numbers are those of processes that live.
  const [one, other] = [await alone(clocks[0], process.pid), await alone(clocks[1], process.ppid)];
  void one.queue.work();
  await until(() => other.lease.isElsewhere());
  void other.queue.work();
  const first = await recordSession(place.recordings);
  await one.store.create(makeJob(first.recordingId, [addressOf(recorder)]));
  await until(() => one.store.isDelivered(first.recordingId));
  await one.end();
  const second = await recordSession(place.recordings);
  await other.store.create(makeJob(second.recordingId, [addressOf(recorder)]));
  await advanceUntil(clocks[1], () => other.store.isDelivered(second.recordingId), 10_000);
  expect(recorder.deliveries).toHaveLength(2);
});

test('a recording that is only for live streams waits for somebody', async () => {
  const uploads = await startQueue(
    { recorders: [ADDRESS] },
    { clientFor: () => ({ ...NEVER, takesLater: false }) },
  );
  const { recordingId = '' } = uploads.recordings[0] ?? {};
  await until(async () => (await uploads.store.read(recordingId))?.next.kind === 'user');
  expect((await readJob(uploads, recordingId)).answers[0]?.message).toContain('only while they are made');
});
