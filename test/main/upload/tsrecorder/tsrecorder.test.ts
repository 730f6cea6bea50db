// covers: main/upload/tsrecorder/tsrecorder-v2.ts
// covers: main/upload/tsrecorder/tsrecorder-v2-upload.ts
// covers: main/upload/tsrecorder/tsrecorder-v1.ts
// covers: main/upload/http/http2-exchange.ts
// covers: main/upload/upload-outcome.ts
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { RecorderUpload } from '../../../../main/upload/recorder/recorder-client.ts';
import type { RecorderNeeds } from '../../../../main/upload/recorder/recorder-dial.ts';
import { createTsrecorderClient } from '../../../../main/upload/tsrecorder/tsrecorder.ts';
import { startForeignRecorder } from '../../../fakes/foreign-recorder.ts';
import { createRecorderNeeds, makeCast, SUBJECT } from '../../../fakes/recorder-client.ts';
import { eventually, until } from '../../../fakes/until.ts';

const signal = new AbortController().signal;
const MIB = 1024 * 1024;

function open(url: string, needs: RecorderNeeds = createRecorderNeeds()): Promise<RecorderUpload> {
  return createTsrecorderClient(needs, { kind: 'tsrecorder', url }).open(SUBJECT, { signal });
}

async function failure(upload: RecorderUpload): Promise<unknown> {
  await until(() => upload.stopped.aborted);
  return upload.stopped.reason;
}

test.for(['v2', 'v1'] as const)('%s: what arrives is what was written', async (speaks) => {
  const recorder = await startForeignRecorder({ speaks });
  const cast = makeCast(MIB);
  const upload = await open(recorder.url);
  await upload.write(cast);
  expect(await upload.finish()).toEqual({ bytes: cast.length });
  expect(recorder.deliveries).toMatchObject([
    { protocol: speaks, state: 'whole', sha256: createHash('sha256').update(cast).digest('hex') },
  ]);
});

test('v2: acknowledgements are told while it is written', async () => {
  const recorder = await startForeignRecorder();
  const upload = await open(recorder.url);
  expect(upload.ackedBytes).toBe(0);
  const cast = makeCast(2_000);
  await upload.write(cast);
  await until(() => upload.ackedBytes === cast.length);
  await upload.finish();
});

test('v1: nothing is acknowledged', async () => {
  const recorder = await startForeignRecorder({ speaks: 'v1' });
  const upload = await open(recorder.url);
  await upload.write(makeCast(2_000));
  expect(upload.ackedBytes).toBeUndefined();
  await upload.finish();
});

test('a cast of nothing but its header arrives too', async () => {
  const recorder = await startForeignRecorder();
  const upload = await open(recorder.url);
  await upload.write(makeCast(0));
  await upload.finish();
  expect(recorder.deliveries[0]?.state).toBe('whole');
});

test.for(['v2', 'v1'] as const)('%s: a recorder that is killed fails the upload', async (speaks) => {
  const recorder = await startForeignRecorder({ speaks });
  const upload = await open(recorder.url);
  await upload.write(makeCast(MIB));
  await recorder.kill();
  expect(await failure(upload)).toMatchObject({ code: 'recorder-lost' });
  await expect(upload.write(makeCast(0))).rejects.toMatchObject({ code: 'recorder-lost' });
  await expect(upload.finish()).rejects.toMatchObject({ code: 'recorder-lost' });
});

test.for(['v2', 'v1'] as const)('%s: a write that waits ends when it is cancelled', async (speaks) => {
  const recorder = await startForeignRecorder({ speaks, stallsAfterBytes: 1 });
  const upload = await open(recorder.url);
  const writing = upload.write(makeCast(64 * MIB));
  await eventually(() => expect(recorder.deliveries[0]?.bytes.length).toBeGreaterThan(0));
  upload.cancel();
  await expect(writing).rejects.toMatchObject({ code: 'cancelled' });
  recorder.behaviour.stallsAfterBytes = undefined;
  await until(() => recorder.deliveries[0]?.state === 'broken');
});

test.for(['v2', 'v1'] as const)('%s: a recorder that stops reading fails after its time', async (speaks) => {
  const recorder = await startForeignRecorder({ speaks, stallsAfterBytes: 1 });
  const upload = await open(recorder.url, createRecorderNeeds({ ackMs: 200, progressMs: 200 }));
  await expect(upload.write(makeCast(64 * MIB))).rejects.toMatchObject({ code: 'recorder-lost' });
});

test('v2: a recorder that acknowledges half of it for ever fails, while frames come', async () => {
  const recorder = await startForeignRecorder({ acks: 'behind' });
  const upload = await open(recorder.url, createRecorderNeeds({ progressMs: 300 }));
  // Its time may be over before the write is.
  await upload.write(makeCast(2_000)).catch(() => {});
  expect(await failure(upload)).toMatchObject({
    code: 'recorder-lost',
    message: expect.stringContaining('acknowledged nothing new for 0.3 s'),
  });
});

test('v2: an end with fewer bytes acknowledged than were sent is a failure', async () => {
  const recorder = await startForeignRecorder({ acks: 'behind' });
  const upload = await open(recorder.url);
  await upload.write(makeCast(2_000));
  await expect(upload.finish()).rejects.toMatchObject({
    code: 'recorder-lost',
    message: expect.stringMatching(/ended with \d+ of \d+ bytes acknowledged/),
  });
});

test('v2: a recorder that acknowledges what was never sent is not believed', async () => {
  const recorder = await startForeignRecorder({ acks: 'ahead' });
  const upload = await open(recorder.url);
  expect(await failure(upload)).toMatchObject({
    code: 'recorder-lost',
    message: expect.stringContaining('acknowledged 1000000 bytes of 0'),
  });
});

test('v2: the recording’s id and its first delivery are told, for a recorder that looks', async () => {
  const recorder = await startForeignRecorder();
  const client = createTsrecorderClient(createRecorderNeeds(), { kind: 'tsrecorder', url: recorder.url });
  for (const isRepeated of [false, true]) {
    const upload = await client.open({ ...SUBJECT, isRepeated }, { signal });
    await upload.write(makeCast(0));
    await upload.finish();
  }
  expect(recorder.deliveries.map(({ headers }) => headers['kubereel-delivery'])).toEqual(['first', 'again']);
  expect(recorder.deliveries[0]?.headers).toMatchObject({
    'kubereel-recording': SUBJECT.recordingId,
    'kubereel-acks': 'durable',
    'user-agent': 'kubereel/1.2.3',
  });
});

test.for(['v2', 'v1'] as const)('%s: a check reaches it and delivers nothing', async (speaks) => {
  const recorder = await startForeignRecorder({ speaks });
  await createTsrecorderClient(createRecorderNeeds(), { kind: 'tsrecorder', url: recorder.address }).check({
    signal,
  });
  expect(recorder.deliveries).toEqual([]);
});

test.for(['connection', 'probe', 'post'] as const)(
  'silent at the %s: it fails in its own time',
  async (silentAt) => {
    const recorder = await startForeignRecorder({ silentAt });
    // The steps before it have all the time that they need.
    const limits = silentAt === 'post' ? { firstAnswerMs: 150 } : { probeMs: 100 };
    const opening = open(recorder.url, createRecorderNeeds(limits));
    await expect(opening).rejects.toMatchObject({
      code: 'recorder-unreachable',
      message: expect.stringContaining(
        silentAt === 'post'
          ? 'did not answer POST /v2/record within 0.15 s'
          : 'did not answer HEAD /v2/record within 0.1 s',
      ),
    });
  },
);

test('v1: silent after the head, it fails in its own time', async () => {
  const recorder = await startForeignRecorder({ speaks: 'v1', silentAt: 'post' });
  await expect(open(recorder.url, createRecorderNeeds({ firstAnswerMs: 100 }))).rejects.toMatchObject({
    code: 'recorder-unreachable',
    message: expect.stringContaining('did not say 100 Continue within 0.1 s'),
  });
});

test.for([
  [401, 'recorder-refused'],
  [403, 'recorder-refused'],
  [413, 'recorder-refused'],
  [404, 'recorder-unfit'],
  [429, 'recorder-failed'],
  [503, 'recorder-failed'],
] as const)('%s is told as %s, with the recorder’s words, in both versions', async ([status, code]) => {
  for (const speaks of ['v2', 'v1'] as const) {
    const recorder = await startForeignRecorder({ speaks, refusal: { status, body: 'not today' } });
    await expect(open(recorder.url)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`${status}: not today`),
    });
  }
});

test('a signal that is aborted ends the opening with its reason', async () => {
  const recorder = await startForeignRecorder({ silentAt: 'probe' });
  const gone = new AbortController();
  const client = createTsrecorderClient(createRecorderNeeds(), { kind: 'tsrecorder', url: recorder.url });
  const opening = client.open(SUBJECT, { signal: gone.signal });
  await until(() => recorder.requests.length > 0);
  gone.abort(new Error('enough'));
  await expect(opening).rejects.toThrow('enough');
});
