/** The recorder that deliveries are tested against is itself tested: by curl and by Node's own clients, none of them ours. */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { type ClientHttp2Stream, connect } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { curlPath } from '../fakes/curl.ts';
import { findHeaderProblems } from '../fakes/foreign-cast-header.ts';
import { type ForeignRecorder, startForeignRecorder } from '../fakes/foreign-recorder.ts';
import { until } from '../fakes/until.ts';

const run = promisify(execFile);

/** As Go writes it (the case of the facts). */
const HEADER =
  '{"version":2,"width":120,"height":40,"timestamp":1700000000,"command":"sh","srcNode":"laptop.tail1.ts.net","srcNodeID":"nXYZ","srcNodeUserID":7,"srcNodeUser":"a@b.c","env":null,"sshUser":"","localUser":"","connectionID":"","kubernetes":{"PodName":"web-0","Namespace":"prod","Container":"app","SessionType":"exec"}}';
const CAST = Buffer.from(`${HEADER}\n[0.000000,"o","hello\\r\\n"]\n`);

interface Post {
  readonly stream: ClientHttp2Stream;
  readonly frames: Record<string, unknown>[];
  readonly ended: Promise<void>;
}

function openPost(recorder: ForeignRecorder): Post {
  const session = connect(recorder.url);
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  const stream = session.request({ ':method': 'POST', ':path': '/v2/record' }, { endStream: false });
  stream.on('error', () => {});
  const frames: Record<string, unknown>[] = [];
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (piece: string) => {
    text += piece;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    frames.push(...lines.map((line) => JSON.parse(line) as Record<string, unknown>));
  });
  return { stream, frames, ended: once(stream, 'close').then(() => {}) };
}

function postV1(recorder: ForeignRecorder, body: Buffer): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { Expect: '100-continue', 'Transfer-Encoding': 'chunked' };
    const post = request(`${recorder.url}/record`, { method: 'POST', headers });
    post.on('continue', () => post.end(body));
    post.on('response', (response) => resolve(response.statusCode));
    post.on('error', reject);
  });
}

test('v2: a body of 3 MB comes whole, acks rise to its length, and the answer ends in order', async () => {
  const recorder = await startForeignRecorder();
  const body = Buffer.concat([CAST, randomBytes(3_000_000)]);
  const { stream, frames, ended } = openPost(recorder);
  await until(() => frames.length > 0);
  expect(frames[0]).toEqual({});
  stream.end(body);
  await ended;
  expect(frames.at(-1)).toEqual({ ack: body.length });
  expect(stream.rstCode).toBe(0);
  const [delivery] = recorder.deliveries;
  expect(delivery?.state).toBe('whole');
  expect(delivery?.sha256).toBe(createHash('sha256').update(body).digest('hex'));
});

test.skipIf(!curlPath)('curl delivers by HTTP/2 prior knowledge and by HTTP/1.1 to one port', async () => {
  const recorder = await startForeignRecorder();
  const curl = curlPath ?? '';
  const code = ['-sS', '-o', '/dev/null', '-w', '%{http_version} %{http_code}'];
  const probe = await run(curl, [...code, '--http2-prior-knowledge', '-I', `${recorder.url}/v2/record`]);
  expect(probe.stdout).toBe('2 200');
  const post = ['-X', 'POST', '--data-binary', CAST.toString()];
  const second = await run(curl, ['-sS', '--http2-prior-knowledge', ...post, `${recorder.url}/v2/record`]);
  expect(second.stdout).toContain(`{"ack":${CAST.length}}\n`);
  const chunked = ['-H', 'Transfer-Encoding: chunked', '-H', 'Expect: 100-continue', '-H', 'Content-Type:'];
  const first = await run(curl, [...code, '--http1.1', ...chunked, ...post, `${recorder.url}/record`]);
  expect(first.stdout).toBe('1.1 200');
  expect(
    recorder.deliveries.map(({ protocol, state, bytes }) => [protocol, state, bytes.equals(CAST)]),
  ).toEqual([
    ['v2', 'whole', true],
    ['v1', 'whole', true],
  ]);
});

test('the start of a connection is told apart wherever it is cut', async () => {
  const recorder = await startForeignRecorder();
  const requestText = 'HEAD /v2/event HTTP/1.1\r\nHost: x\r\n\r\n';
  for (let cut = 1; cut < 20; cut += 1) {
    const socket = connectTcp(recorder.port, recorder.host);
    socket.setNoDelay(true);
    socket.write(requestText.slice(0, cut));
    await new Promise((resolve) => setImmediate(resolve));
    socket.write(requestText.slice(cut));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain('HTTP/1.1 200');
    socket.destroy();
  }
});

test('v1: 100 Continue first, then 200 for what came whole; without Expect it is refused', async () => {
  const recorder = await startForeignRecorder({ speaks: 'v1' });
  expect(await postV1(recorder, CAST)).toBe(200);
  expect(recorder.deliveries[0]?.bytes.equals(CAST)).toBe(true);
  const answer = await fetch(`${recorder.url}/record`, { method: 'POST', body: CAST });
  expect(answer.status).toBe(417);
});

test('v1 alone: HTTP/2 is an error at once', async () => {
  const recorder = await startForeignRecorder({ speaks: 'v1' });
  const session = connect(recorder.url);
  const errors: unknown[] = [];
  session.on('error', (error) => errors.push(error));
  const probe = session.request({ ':method': 'HEAD', ':path': '/v2/record' });
  const [error] = (await once(probe, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ERR_HTTP2_ERROR');
});

test('what it does wrong: full, early, lying, killed', async () => {
  const recorder = await startForeignRecorder({ fullAfterBytes: CAST.length + 10 });
  const full = openPost(recorder);
  full.stream.write(Buffer.concat([CAST, Buffer.alloc(100)]));
  await full.ended;
  expect(full.frames.at(-1)).toEqual({ error: 'disk full' });
  expect(recorder.deliveries[0]?.bytes.length).toBe(CAST.length + 10);

  Object.assign(recorder.behaviour, { fullAfterBytes: undefined, endsAfterBytes: 1 });
  const early = openPost(recorder);
  early.stream.write(CAST);
  await early.ended;
  expect(early.frames.every((frame) => !('error' in frame))).toBe(true);
  expect(early.stream.rstCode).toBe(0);

  Object.assign(recorder.behaviour, { endsAfterBytes: undefined, acks: 'ahead' });
  const lied = openPost(recorder);
  await until(() => lied.frames.some((frame) => frame['ack'] === 1_000_000));

  await recorder.kill();
  await lied.ended;
  expect(lied.stream.aborted).toBe(true);
  expect(recorder.deliveries.at(-1)?.state).toBe('broken');
  await recorder.restart();
  recorder.behaviour.acks = 'true';
  expect(await postV1(recorder, CAST)).toBe(200);
});

test('it stands still, and goes on when it may', async () => {
  const recorder = await startForeignRecorder({ stallsAfterBytes: 0 });
  const { stream, frames, ended } = openPost(recorder);
  stream.end(CAST);
  await until(() => recorder.deliveries.length === 1);
  recorder.behaviour.stallsAfterBytes = undefined;
  await ended;
  expect(frames.at(-1)).toEqual({ ack: CAST.length });
});

test('CastHeader: the line that Go writes has no problem, each broken one has its own', () => {
  expect(findHeaderProblems(HEADER)).toEqual([]);
  expect(findHeaderProblems(HEADER.replace('"env":null,', ''))).toEqual(['env is missing']);
  expect(findHeaderProblems(HEADER.replace('PodName', 'podName'))).toEqual(['PodName is missing']);
  expect(findHeaderProblems(HEADER.replace('ts.net"', 'ts.net."'))).toEqual([
    'srcNode is "laptop.tail1.ts.net."',
  ]);
  expect(findHeaderProblems(HEADER.replace('"command":"sh"', '"command":""'))).toEqual(['command is ""']);
  expect(findHeaderProblems(HEADER.replace('"srcNodeUserID":7', '"srcNodeTags":["tag:x"]'))).toHaveLength(1);
  expect(findHeaderProblems('[0,"o","x"]')).toEqual(['the first line is no object']);
});

test('a header that is none of theirs is refused, and only noted where it is not strict', async () => {
  const recorder = await startForeignRecorder();
  const line = Buffer.from('{"version":2,"width":80,"height":24}\n');
  expect(await postV1(recorder, line)).toBe(400);
  recorder.behaviour.isStrict = false;
  expect(await postV1(recorder, line)).toBe(200);
  expect(recorder.deliveries[1]?.problems).toContain('srcNode is missing');
});

test('events come parsed by both protocols, or not at all', async () => {
  const recorder = await startForeignRecorder();
  const body = JSON.stringify({ type: 'kubernetes-api-request', request: { body: '' } });
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${recorder.url}/v2/event`, { method: 'POST', headers, body });
  expect(answer.status).toBe(200);
  expect(recorder.events).toEqual([JSON.parse(body)]);
  recorder.behaviour.takesEvents = false;
  expect((await fetch(`${recorder.url}/v2/event`, { method: 'HEAD' })).status).toBe(404);
});
