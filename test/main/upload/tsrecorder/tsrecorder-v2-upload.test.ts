import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { constants, createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { RecorderUpload } from '../../../../main/upload/recorder/recorder-client.ts';
import type { RecorderLimits } from '../../../../main/upload/recorder/recorder-dial.ts';
import { createTsrecorderClient } from '../../../../main/upload/tsrecorder/tsrecorder.ts';
import { createRecorderNeeds, makeCast, SUBJECT } from '../../../fakes/recorder-client.ts';
import { until } from '../../../fakes/until.ts';

const { signal } = new AbortController();
const CAST = makeCast(5_000);
const SHA256 = createHash('sha256').update(CAST).digest('hex');

interface Taken {
  readonly stream: ServerHttp2Stream;
  readonly received: () => number;
  say(frame: object | string): void;
}

/** A recorder that answers 200 and does nothing else by itself. */
async function open(
  head: IncomingHttpHeaders = {},
  limits: Partial<RecorderLimits> = {},
): Promise<{ upload: RecorderUpload; taken: Taken }> {
  const server = createServer();
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => {
    session.on('error', () => {});
    sessions.add(session);
  });
  const posted = Promise.withResolvers<Taken>();
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    stream.respond({ ':status': 200, ...head });
    if (headers[':method'] === 'HEAD') return void stream.end();
    let received = 0;
    stream.on('data', (bytes: Buffer) => {
      received += bytes.length;
    });
    posted.resolve({
      stream,
      received: () => received,
      say: (frame) => stream.write(typeof frame === 'string' ? frame : `${JSON.stringify(frame)}\n`),
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const upload = await createTsrecorderClient(createRecorderNeeds(limits), { kind: 'tsrecorder', url }).open(
    SUBJECT,
    { signal },
  );
  return { upload, taken: await posted.promise };
}

const OURS = { 'kubereel-recorder': '1' };

/** Sends all of it, says `last`, and ends in all order. */
async function finish(upload: RecorderUpload, taken: Taken, last: object) {
  await upload.write(CAST);
  await until(() => taken.received() === CAST.length);
  taken.stream.once('end', () => {
    taken.say(last);
    taken.stream.end();
  });
  return upload.finish();
}

test('our own recorder: what counts is what is on its disk', async () => {
  const { upload, taken } = await open(OURS);
  expect([upload.isDurable, upload.ackedBytes]).toEqual([true, 0]);
  await upload.write(CAST);
  taken.say({ ack: CAST.length, durable: 1_000 });
  await until(() => upload.ackedBytes === 1_000);
  upload.cancel();
});

test.for([
  ['new', `stored as ${SUBJECT.recordingId}`],
  ['same', `was stored as ${SUBJECT.recordingId} already`],
  ['another', `stored as ${SUBJECT.recordingId}, beside another one`],
] as const)('our own recorder: %s is told', async ([outcome, message]) => {
  const { upload, taken } = await open(OURS);
  const stored = { id: SUBJECT.recordingId, sha256: SHA256, bytes: CAST.length, outcome };
  const last = { ack: CAST.length, durable: CAST.length, stored };
  expect(await finish(upload, taken, last)).toEqual({ bytes: CAST.length, message });
});

test('a recorder that stored something else has not got it', async () => {
  const { upload, taken } = await open(OURS);
  const stored = { id: 'a', sha256: '0'.repeat(64), bytes: CAST.length, outcome: 'new' };
  await expect(finish(upload, taken, { ack: CAST.length, stored })).rejects.toMatchObject({
    code: 'recorder-lost',
    message: expect.stringContaining('stored something else than was sent'),
  });
});

test('a foreign recorder that ends in order with all acknowledged has it', async () => {
  const { upload, taken } = await open();
  expect(await finish(upload, taken, { ack: CAST.length })).toEqual({ bytes: CAST.length });
  expect([upload.isDurable, upload.ackedBytes]).toEqual([false, CAST.length]);
  expect(upload.stopped.aborted).toBe(false);
});

test.for([
  [{ ack: CAST.length - 1 }, /ended with \d+ of \d+ bytes acknowledged/],
  [{}, /ended with 0 of \d+ bytes acknowledged/],
  [{ ack: CAST.length + 1 }, /acknowledged \d+ bytes of \d+ that were sent/],
  [{ error: 'no room' }, /takes the recording no further: no room/],
] as const)('%j as the last word is a failure', async ([last, words]) => {
  const { upload, taken } = await open();
  await expect(finish(upload, taken, last)).rejects.toMatchObject({ message: expect.stringMatching(words) });
});

test('a recorder that has all of it and never says that it is done has not got it', async () => {
  const { upload, taken } = await open({}, { finalAnswerMs: 200 });
  await upload.write(CAST);
  taken.say({ ack: CAST.length });
  await until(() => upload.ackedBytes === CAST.length);
  await expect(upload.finish()).rejects.toMatchObject({
    code: 'recorder-lost',
    message: expect.stringContaining('did not say for 0.2 s that it is done'),
  });
});

async function fail(end: (taken: Taken) => void): Promise<unknown> {
  const { upload, taken } = await open();
  await upload.write(CAST);
  taken.say({ ack: CAST.length });
  await until(() => upload.ackedBytes === CAST.length);
  end(taken);
  await until(() => upload.stopped.aborted);
  return upload.stopped.reason;
}

test('an orderly end that nobody asked for is a failure, also where all was acknowledged', async () => {
  expect(await fail(({ stream }) => stream.end())).toMatchObject({
    code: 'recorder-lost',
    message: expect.stringContaining('ended its answer before the recording had ended'),
  });
});

test.for([constants.NGHTTP2_NO_ERROR, constants.NGHTTP2_CANCEL, constants.NGHTTP2_INTERNAL_ERROR])(
  'a stream that is reset with %s is lost',
  async (code) => {
    expect(await fail(({ stream }) => stream.close(code))).toMatchObject({ code: 'recorder-lost' });
  },
);

test('a connection that is cut is lost, though Node calls that no error', async () => {
  expect(await fail(({ stream }) => stream.session?.socket.destroy())).toMatchObject({
    code: 'recorder-lost',
  });
  expect(await fail(({ stream }) => stream.session?.destroy())).toMatchObject({ code: 'recorder-lost' });
});

test('what is no frame is told, and ends it', async () => {
  expect(await fail(({ say }) => say('<html>busy</html>\n'))).toMatchObject({
    code: 'recorder-lost',
    message: expect.stringContaining('sent what is no acknowledgement: <html>busy</html>'),
  });
});

test('acknowledgements that fall are not believed', async () => {
  expect(await fail(({ say }) => say({ ack: 1 }))).toMatchObject({
    message: expect.stringContaining('took back what it had acknowledged'),
  });
});

test('an error without a line end before the connection goes reaches the user', async () => {
  expect(await fail(({ stream }) => stream.end('{"error":"disk full","code":"disk-full"}'))).toMatchObject({
    code: 'recorder-failed',
    message: expect.stringContaining('disk full'),
  });
});

test('what our recorder will never take is not tried again', async () => {
  expect(await fail(({ say }) => say({ error: 'over the limit', code: 'too-large' }))).toMatchObject({
    code: 'recorder-refused',
  });
});
