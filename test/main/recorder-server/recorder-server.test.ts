// covers: main/recorder-server/recorder-desk.ts
// covers: main/recorder-server/exchange.ts
// covers: main/recorder-server/ack-frame.ts
// covers: main/recorder-server/delivery.ts
// covers: main/recorder-server/recording-store.ts
// covers: main/recorder-server/cast-tally.ts
// covers: main/recorder-server/recorder-limits.ts
// covers: main/recorder-server/refusal.ts
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { curlPath } from '../../fakes/curl.ts';
import { startTestRecorder, type TestRecorder } from '../../fakes/recorder.ts';
import {
  askHttp1,
  connectHttp2,
  deliverV1,
  deliverV2,
  makeCast,
  postV2,
  sha256,
} from '../../fakes/recorder-posts.ts';
import { eventually, until } from '../../fakes/until.ts';

const run = promisify(execFile);
const ID = '20261121-153154-k7x2pq';

test('v2: HEAD says that it is one, and that it knows the extension', async () => {
  const recorder = await startTestRecorder();
  const probe = connectHttp2(recorder.url).request({ ':method': 'HEAD', ':path': '/v2/record' });
  const [headers] = (await once(probe, 'response')) as [Record<string, string | number>];
  expect(headers).toMatchObject({ ':status': 200, 'kubereel-recorder': '1' });
});

test('v2 without the extension: acks as tsrecorder gives them, {} first, and nothing else in a frame', async () => {
  const recorder = await startTestRecorder();
  const post = postV2(recorder.url);
  await until(() => post.frames.length > 3);
  expect(new Set(post.frames.map((frame) => JSON.stringify(frame)))).toEqual(new Set(['{}']));
  const cast = makeCast(3_000_000);
  post.stream.end(cast);
  await post.ended;
  expect(post.stream.rstCode).toBe(0);
  const acks = post.frames.slice(1).map((frame) => Number(frame['ack'] ?? 0));
  expect(acks).toEqual([...acks].sort((a, b) => a - b));
  expect(post.frames.at(-1)).toEqual({ ack: cast.length });
  const [name = ''] = (await readdir(`${recorder.folder}/recordings`)).filter((file) =>
    file.endsWith('.cast'),
  );
  expect(sha256(await recorder.read(`recordings/${name}`))).toBe(sha256(cast));
});

test('v2 with the extension: durable acks rise behind the others, and the last frame names what is stored', async () => {
  const recorder = await startTestRecorder();
  const post = postV2(recorder.url, { 'kubereel-recording': ID, 'kubereel-acks': 'durable' });
  await until(() => post.frames.length > 0);
  expect(post.frames[0]).toEqual({ durable: 0 });
  const cast = makeCast(100_000);
  post.stream.write(cast.subarray(0, 50_000));
  await until(() => post.frames.at(-1)?.['durable'] === 50_000);
  post.stream.end(cast.subarray(50_000));
  await post.ended;
  for (const { ack = 0, durable } of post.frames) expect(Number(durable)).toBeLessThanOrEqual(Number(ack));
  expect(post.frames.at(-1)).toEqual({
    ack: cast.length,
    durable: cast.length,
    stored: { id: ID, sha256: sha256(cast), bytes: cast.length, outcome: 'new' },
  });
  expect(await recorder.read(`recordings/${ID}.cast`)).toEqual(cast);
});

test('an idle recording that is acked lives on, and is whole at its end', async () => {
  const recorder = await startTestRecorder();
  const post = postV2(recorder.url);
  const cast = makeCast();
  post.stream.write(cast.subarray(0, 1_000 > cast.length ? 100 : 1_000));
  await until(() => post.frames.length > 20);
  post.stream.end(cast.subarray(1_000 > cast.length ? 100 : 1_000));
  await post.ended;
  expect(post.frames.at(-1)).toEqual({ ack: cast.length });
});

test('the same bytes twice are one recording; other bytes of that name stand beside it, labelled', async () => {
  const recorder = await startTestRecorder();
  const headers = { 'kubereel-recording': ID };
  const cast = makeCast();
  const other = Buffer.concat([cast, Buffer.from('[2.000000,"o","more"]\n')]);
  const deliver = async (body: Buffer): Promise<unknown> =>
    (await deliverV2(recorder.url, body, { ...headers, 'kubereel-delivery': 'again' }))?.['stored'];
  expect(await deliver(cast)).toMatchObject({ id: ID, outcome: 'new' });
  expect(await deliver(cast)).toMatchObject({ id: ID, outcome: 'same' });
  expect(await deliver(other)).toMatchObject({ id: `${ID}.2`, outcome: 'another', sha256: sha256(other) });
  expect(await deliver(other)).toMatchObject({ id: `${ID}.2`, outcome: 'same' });
  expect(await recorder.read(`recordings/${ID}.cast`)).toEqual(cast);
  expect(await recorder.read(`recordings/${ID}.2.cast`)).toEqual(other);
  expect(await readdir(`${recorder.folder}/incoming`)).toEqual([]);
});

test('a client that breaks off leaves a partial recording, and the whole one gets its name later', async () => {
  const recorder = await startTestRecorder();
  const cast = makeCast(10_000);
  const broken = postV2(recorder.url, { 'kubereel-recording': ID, 'kubereel-acks': 'durable' });
  broken.stream.write(cast.subarray(0, 5_000));
  await until(() => broken.frames.at(-1)?.['ack'] === 5_000);
  broken.session.destroy();
  const partial = await eventually(() => recorder.read(`recordings/${ID}.partial.json`));
  expect(JSON.parse(partial.toString())).toMatchObject({
    state: 'partial',
    recordingId: ID,
    reason: 'the client broke off',
    bytes: 5_000,
    sha256: sha256(cast.subarray(0, 5_000)),
  });
  expect(await deliverV2(recorder.url, cast, { 'kubereel-recording': ID })).toMatchObject({
    stored: { id: ID, outcome: 'new' },
  });
});

test.each([0, 8])('a stream that the client resets with code %i is not taken for whole', async (code) => {
  const recorder = await startTestRecorder();
  const cast = makeCast();
  const socket = connectTcp(recorder.port, '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  // Node's own client sends END_STREAM before it resets a stream: these frames are written by hand (RFC 9113, 4.1; RFC 7541, 6.2).
  const field = (name: string, value: string): Buffer =>
    Buffer.concat([
      Buffer.from([0, name.length]),
      Buffer.from(name),
      Buffer.from([value.length]),
      Buffer.from(value),
    ]);
  const fields = [
    field(':method', 'POST'),
    field(':path', '/v2/record'),
    field(':scheme', 'http'),
    field(':authority', '127.0.0.1'),
    field('kubereel-recording', ID),
  ];
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  socket.write(frame(4, 0, 0, Buffer.alloc(0)));
  socket.write(frame(1, 4, 1, Buffer.concat(fields)));
  socket.write(frame(0, 0, 1, cast));
  await until(async () => (await readPart(recorder))?.length === cast.length);
  socket.write(frame(3, 0, 1, Buffer.from([0, 0, 0, code])));
  await eventually(() => recorder.read(`recordings/${ID}.partial.json`));
  expect((await readdir(`${recorder.folder}/recordings`)).sort()).toEqual([
    `${ID}.partial.cast`,
    `${ID}.partial.json`,
  ]);
});

/** What has come of the one delivery under way. */
async function readPart(recorder: TestRecorder): Promise<Buffer | undefined> {
  const [part] = (await readdir(`${recorder.folder}/incoming`)).filter((name) => name.endsWith('.part'));
  return part === undefined ? undefined : recorder.read(`incoming/${part}`);
}

/** Of HTTP/2: length, type, flags, stream, payload. */
function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

test('v1: 100 Continue, then 200 when all of it is stored', async () => {
  const recorder = await startTestRecorder();
  const cast = makeCast(500_000);
  const answer = await deliverV1(recorder.url, cast);
  expect(answer).toMatchObject({ status: 200, wasContinued: true });
  const { recordings } = JSON.parse((await askHttp1(`${recorder.url}/recordings`)).body.toString());
  expect(recordings).toMatchObject([{ protocol: 'v1', state: 'whole', sha256: sha256(cast) }]);
});

test('v1: without Expect nothing is continued, and it is taken all the same', async () => {
  const recorder = await startTestRecorder();
  const answer = await askHttp1(`${recorder.url}/record`, { method: 'POST', body: makeCast() });
  expect(answer).toMatchObject({ status: 200, wasContinued: false });
});

test('v1: a client that goes in the middle of a chunk leaves a partial recording', async () => {
  const recorder = await startTestRecorder();
  const socket = connectTcp(recorder.port, '127.0.0.1');
  const cast = makeCast();
  const head = 'POST /record HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n';
  socket.write(`${head}${(cast.length + 10).toString(16)}\r\n${cast.toString()}`);
  await until(async () => (await readPart(recorder))?.length === cast.length);
  socket.destroy();
  const names = await until(async () => {
    const files = await readdir(`${recorder.folder}/recordings`);
    return files.length === 2 && files;
  });
  expect(names.every((name) => name.includes('.partial.'))).toBe(true);
});

test('what is no cast is refused: by v2 in a frame, by v1 with 422, and nothing of it is kept', async () => {
  const recorder = await startTestRecorder({ limits: { castHeaderBytes: 1_024 } });
  for (const body of ['hello\n', '', '{"version":1}\n', `{"version":2,"x":"${'x'.repeat(2_000)}`]) {
    const frame = await deliverV2(recorder.url, Buffer.from(body));
    expect(frame).toMatchObject({ code: 'not-a-cast' });
    expect((await deliverV1(recorder.url, Buffer.from(body))).status).toBe(422);
  }
  expect(await readdir(`${recorder.folder}/recordings`)).toEqual([]);
  expect(await readdir(`${recorder.folder}/incoming`)).toEqual([]);
});

test('a recording that is its header alone is one', async () => {
  const recorder = await startTestRecorder();
  const header = Buffer.from('{"version":2,"width":80,"height":24}');
  expect(await deliverV2(recorder.url, header)).toEqual({ ack: header.length });
});

test('names from outside are never paths: they are refused before anything is stored', async () => {
  const recorder = await startTestRecorder();
  const names = [
    '../../etc/passwd',
    '..',
    'a/b',
    'CON',
    '1.2',
    '1\\2',
    '1A',
    'x1',
    `1${'0'.repeat(64)}`,
    '1%2f',
  ];
  for (const name of names) {
    const post = postV2(recorder.url, { 'kubereel-recording': name });
    expect(await post.status).toBe(400);
    expect(await post.headers).toMatchObject({ 'kubereel-code': 'bad-request' });
    await post.ended;
  }
  for (const id of ['..%2fincoming', '%2e%2e', '1/../2', 'x', '']) {
    expect((await askHttp1(`${recorder.url}/recordings/${id}`)).status).toBe(404);
  }
  expect(await readdir(`${recorder.folder}/incoming`)).toEqual([]);
});

test('other values of the extension are refused, not guessed', async () => {
  const recorder = await startTestRecorder();
  for (const headers of [{ 'kubereel-acks': 'yes' }, { 'kubereel-delivery': '2' }]) {
    expect(await postV2(recorder.url, headers).status).toBe(400);
  }
});

test('wrong ways to ask: version, method, path', async () => {
  const recorder = await startTestRecorder();
  expect((await askHttp1(`${recorder.url}/v2/record`, { method: 'HEAD' })).status).toBe(200);
  expect((await askHttp1(`${recorder.url}/v2/record`, { method: 'POST' })).status).toBe(505);
  expect((await askHttp1(`${recorder.url}/record`)).status).toBe(405);
  expect((await askHttp1(`${recorder.url}/else`)).status).toBe(404);
});

test('thirty at once are thirty recordings, each with its own bytes', async () => {
  const recorder = await startTestRecorder();
  const casts = Array.from({ length: 30 }, () =>
    Buffer.concat([makeCast(), Buffer.from(`[2.0,"o","${randomBytes(50_000).toString('hex')}"]\n`)]),
  );
  const stored = await Promise.all(
    casts.map((cast, index) => deliverV2(recorder.url, cast, { 'kubereel-recording': `1-${index}` })),
  );
  expect(stored.map((frame) => frame?.['stored'])).toMatchObject(
    casts.map((cast) => ({ sha256: sha256(cast) })),
  );
});

test('one delivery too many is told to come again', async () => {
  const recorder = await startTestRecorder({ limits: { deliveries: 1 } });
  const first = postV2(recorder.url);
  expect(await first.status).toBe(200);
  const second = postV2(recorder.url);
  expect(await second.headers).toMatchObject({ ':status': 503, 'kubereel-code': 'busy', 'retry-after': '5' });
  first.stream.end(makeCast());
  await first.ended;
  await eventually(async () => expect(await deliverV2(recorder.url, makeCast())).toHaveProperty('ack'));
});

test('a recording that is too long is ended with that reason, and kept so far', async () => {
  const recorder = await startTestRecorder({ limits: { recordingBytes: 100_000 } });
  const { stream, frames, ended } = postV2(recorder.url, { 'kubereel-recording': '1' });
  stream.write(makeCast());
  await until(() => Number(frames.at(-1)?.['ack'] ?? 0) > 0);
  stream.write(makeCast(200_000));
  await ended;
  expect(frames.at(-1)).toMatchObject({ code: 'too-large' });
  expect(await recorder.read('recordings/1.partial.json')).toBeDefined();
});

test('a recording of which nothing comes for a day is ended with that reason, and kept so far', async () => {
  const clock = createSystemClock();
  let laterMicros = 0;
  const recorder = await startTestRecorder({
    clock: { ...clock, nowMicros: () => clock.nowMicros() + laterMicros },
  });
  const { stream, frames, ended } = postV2(recorder.url, { 'kubereel-recording': '2' });
  stream.write(makeCast());
  await until(() => Number(frames.at(-1)?.['ack'] ?? 0) > 0);
  laterMicros = 24 * 60 * 60 * 1_000_000;
  await ended;
  expect(frames.at(-1)).toMatchObject({ code: 'idle', error: 'nothing came for 1440 minutes' });
  expect(await recorder.read('recordings/2.partial.json')).toBeDefined();
});

test('its end keeps what is coming in, tells the clients, and closes; nothing is listening then', async () => {
  const recorder = await startTestRecorder({ limits: { farewellMs: 60_000 } });
  const post = postV2(recorder.url, { 'kubereel-recording': ID });
  const cast = makeCast();
  post.stream.write(cast);
  await until(() => post.frames.at(-1)?.['ack'] === cast.length);
  await recorder.end();
  await post.ended;
  expect(post.frames.at(-1)).toMatchObject({ code: 'stopping' });
  expect(await recorder.read(`recordings/${ID}.partial.cast`)).toEqual(cast);
  await expect(askHttp1(`${recorder.url}/healthz`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a client that does not read its frames is not waited for', async () => {
  const recorder = await startTestRecorder({ limits: { tickMs: 1, heartbeatMs: 1 } });
  const post = postV2(recorder.url, { 'kubereel-recording': ID });
  post.stream.pause();
  const cast = makeCast(200_000);
  post.stream.end(cast);
  await eventually(() => recorder.read(`recordings/${ID}.json`));
  expect(await recorder.read(`recordings/${ID}.cast`)).toEqual(cast);
});

test('events are stored as they came, one a line, and answered when they are durable', async () => {
  const recorder = await startTestRecorder();
  const event = { type: 'kubernetes-api-request', request: { queryParameters: { k: ['v'] }, body: '' } };
  const url = `${recorder.url}/v2/event`;
  expect((await askHttp1(url, { method: 'HEAD' })).status).toBe(200);
  const post = (body: string): Promise<{ status: number }> =>
    askHttp1(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: Buffer.from(body),
    });
  expect((await post(JSON.stringify(event, null, 2))).status).toBe(200);
  expect((await post(JSON.stringify(event))).status).toBe(200);
  for (const body of ['[]', 'x', '', 'null']) expect((await post(body)).status).toBe(400);
  const [file = ''] = await readdir(`${recorder.folder}/events`);
  const lines = (await recorder.read(`events/${file}`)).toString().trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).event)).toEqual([event, event]);
});

test('an event over its limit is refused while it comes', async () => {
  const recorder = await startTestRecorder({ limits: { eventBytes: 1_024 } });
  const body = Buffer.from(JSON.stringify({ x: 'x'.repeat(5_000) }));
  expect((await askHttp1(`${recorder.url}/v2/event`, { method: 'POST', body })).status).toBe(413);
});

test('lists pages in order and gives the cast back, byte for byte', async () => {
  const recorder = await startTestRecorder();
  const cast = makeCast(2_000_000);
  for (const id of ['3', '1', '2']) await deliverV2(recorder.url, cast, { 'kubereel-recording': id });
  const ask = async (query: string): Promise<{ recordings: { id: string }[]; next?: string }> =>
    JSON.parse((await askHttp1(`${recorder.url}/recordings?${query}`)).body.toString());
  const first = await ask('limit=2');
  expect(first).toMatchObject({ recordings: [{ id: '1' }, { id: '2' }], next: '2' });
  const second = await ask(`limit=2&after=${first.next}`);
  expect(second).toMatchObject({
    recordings: [{ id: '3', header: { width: 120, kubernetes: { PodName: 'web-0' } } }],
  });
  expect(second.next).toBeUndefined();
  expect((await askHttp1(`${recorder.url}/recordings?limit=0`)).status).toBe(400);
  const answer = await askHttp1(`${recorder.url}/recordings/2`);
  expect(answer.headers).toMatchObject({
    'content-type': 'application/x-asciicast',
    'x-content-type-options': 'nosniff',
  });
  expect(answer.body.equals(cast)).toBe(true);
});

test('what is coming in now is listed as open, on the first page alone', async () => {
  const recorder = await startTestRecorder();
  const post = postV2(recorder.url, { 'kubereel-recording': ID });
  const cast = makeCast();
  post.stream.write(cast);
  const ask = async (query: string): Promise<Record<string, unknown>> =>
    JSON.parse((await askHttp1(`${recorder.url}/recordings${query}`)).body.toString());
  await eventually(async () => {
    expect(await ask('')).toEqual({
      recordings: [],
      open: [
        {
          recordingId: ID,
          protocol: 'v2',
          isAgain: false,
          from: '127.0.0.1',
          startedAtMs: expect.any(Number),
          bytes: cast.length,
        },
      ],
    });
  });
  expect(await ask('?after=1')).toEqual({ recordings: [] });
  post.stream.end();
  await post.ended;
  // Its client may hear that it is stored before it is counted out.
  await eventually(async () => expect(await ask('')).toMatchObject({ recordings: [{ id: ID }], open: [] }));
});

test('a client that writes a byte at a time is taken as any other', async () => {
  const recorder = await startTestRecorder();
  const { stream, frames, ended } = postV2(recorder.url, { 'kubereel-recording': ID });
  const cast = makeCast();
  for (const byte of cast) {
    stream.write(Buffer.of(byte));
    if (byte === 0x2c) await new Promise((resolve) => setImmediate(resolve));
  }
  stream.end();
  await ended;
  expect(frames.at(-1)).toMatchObject({ stored: { sha256: sha256(cast) } });
});

test('v1: a client that announces more than it sends is not believed to have sent it', async () => {
  const recorder = await startTestRecorder();
  const socket = connectTcp(recorder.port, '127.0.0.1');
  const cast = makeCast();
  socket.write(`POST /record HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${cast.length + 1}\r\n\r\n`);
  socket.write(cast);
  await until(async () => (await readPart(recorder))?.length === cast.length);
  socket.end();
  const names = await until(async () => {
    const files = await readdir(`${recorder.folder}/recordings`);
    return files.length === 2 && files;
  });
  expect(names.every((name) => name.includes('.partial.'))).toBe(true);
});

test('a reader that stops in the middle of a download holds nobody else up', async () => {
  const recorder = await startTestRecorder();
  const cast = makeCast(8_000_000);
  await deliverV2(recorder.url, cast, { 'kubereel-recording': ID });
  const stopped = connectHttp2(recorder.url).request({ ':path': `/recordings/${ID}` });
  await once(stopped, 'data');
  stopped.pause();
  expect((await askHttp1(`${recorder.url}/recordings/${ID}`)).body.equals(cast)).toBe(true);
});

test.skipIf(!curlPath)('curl, a foreign client, delivers by both protocols and reads it back', async () => {
  const recorder = await startTestRecorder();
  const curl = curlPath ?? '';
  const cast = makeCast(100_000);
  const post = ['-sS', '-X', 'POST', '--data-binary', '@-'];
  const second = execFile(curl, [
    ...post,
    '--http2-prior-knowledge',
    '-H',
    `kubereel-recording: ${ID}`,
    `${recorder.url}/v2/record`,
  ]);
  second.stdin?.end(cast);
  let frames = '';
  second.stdout?.on('data', (text: string) => {
    frames += text;
  });
  await once(second, 'close');
  expect(frames).toContain(`"id":"${ID}","sha256":"${sha256(cast)}"`);
  const first = execFile(curl, [
    ...post,
    '--http1.1',
    '-H',
    'Expect: 100-continue',
    '-w',
    '%{http_code}',
    `${recorder.url}/record`,
  ]);
  first.stdin?.end(cast);
  const [status] = (await once(first.stdout ?? first, 'data')) as [string];
  expect(status).toBe('200');
  const { stdout } = await run(curl, ['-sS', '--http2-prior-knowledge', `${recorder.url}/recordings/${ID}`], {
    maxBuffer: 1e7,
  });
  expect(stdout).toBe(cast.toString());
});
