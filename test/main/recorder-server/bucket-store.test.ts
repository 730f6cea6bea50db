// covers: main/recorder-server/bucket.ts
// covers: main/recorder-server/bucket-mending.ts
// covers: main/recorder-server/bucket-part.ts
// covers: main/recorder-server/bucket-places.ts
// covers: main/recorder-server/bucket-shelf.ts
import { readdir, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openBucketStore } from '../../../main/recorder-server/bucket-store.ts';
import { startTestRecorder, type TestRecorder } from '../../fakes/recorder.ts';
import {
  askHttp1,
  deliverV1,
  deliverV2,
  makeCast,
  postV2,
  send,
  sha256,
} from '../../fakes/recorder-posts.ts';
import { type FakeS3, startFakeS3 } from '../../fakes/s3.ts';
import { eventually, until } from '../../fakes/until.ts';

const ID = '20261121-153154-k7x2pq';
const NAMED = { 'kubereel-recording': ID, 'kubereel-acks': 'durable' };
const PART_BYTES = 5 * 1024 * 1024;

beforeEach(() => {
  // The SDK's own chain finds them first here, and nothing of the machine's.
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not/a+secret');
  for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL']) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
});
afterEach(() => vi.unstubAllEnvs());

function startOn(s3: FakeS3, bucket = s3.bucket): Promise<TestRecorder> {
  const place = { endpoint: s3.url, bucket, prefix: 'team/a', hasPathStyle: true };
  return startTestRecorder({ openStore: (life) => openBucketStore(place, life) });
}

function keysOf(s3: FakeS3, part: string): string[] {
  return [...s3.objects.keys()].filter((key) => key.includes(part));
}

async function listIds(recorder: TestRecorder, query = ''): Promise<string[]> {
  const text = (await askHttp1(`${recorder.url}/recordings${query}`)).body.toString();
  return (JSON.parse(text) as { recordings: { id: string }[] }).recordings.map(({ id }) => id);
}

test('a short recording is one object, named, listed, and read back byte for byte', async () => {
  const s3 = await startFakeS3();
  const recorder = await startOn(s3);
  const cast = makeCast(100_000);
  expect(await deliverV2(recorder.url, cast, NAMED)).toEqual({
    ack: cast.length,
    durable: cast.length,
    stored: { id: ID, sha256: sha256(cast), bytes: cast.length, outcome: 'new' },
  });
  expect((await deliverV1(recorder.url, cast)).status).toBe(200);
  expect((await askHttp1(`${recorder.url}/recordings/${ID}`)).body.equals(cast)).toBe(true);
  expect([...s3.objects.keys()].every((key) => key.startsWith('team/a/'))).toBe(true);
  expect(keysOf(s3, 'incoming/')).toEqual([]);
  expect(s3.requests.some((request) => request.includes('uploads'))).toBe(false);
});

test('a long one goes in parts, and only what S3 has confirmed is durable', async () => {
  const s3 = await startFakeS3();
  const recorder = await startOn(s3);
  const gate = Promise.withResolvers<void>();
  s3.interfere = async (request) => {
    if (request.includes('partNumber=2')) await gate.promise;
    return undefined;
  };
  const post = postV2(recorder.url, NAMED);
  const cast = makeCast(14_000_000);
  void send(post.stream, cast).then(() => post.stream.end());
  await until(() => Number(post.frames.at(-1)?.['ack']) >= 2 * PART_BYTES);
  const seen = post.frames.length;
  await until(() => post.frames.length > seen + 5);
  expect(post.frames.at(-1)).toMatchObject({ durable: PART_BYTES });
  // The part that is confirmed, the one that waits, and what streams hold in between.
  expect(Number(post.frames.at(-1)?.['ack'])).toBeLessThan(2 * PART_BYTES + 1024 * 1024);
  gate.resolve();
  await post.ended;
  expect(post.frames.at(-1)).toMatchObject({ durable: cast.length, stored: { sha256: sha256(cast) } });
  expect((await askHttp1(`${recorder.url}/recordings/${ID}`)).body.equals(cast)).toBe(true);
  expect(s3.uploads.size).toBe(0);
});

test('while S3 takes its time for the end, acks go on: silence would be taken for our death', async () => {
  const s3 = await startFakeS3();
  const recorder = await startOn(s3);
  const gate = Promise.withResolvers<void>();
  s3.interfere = async (request) => {
    if (request.startsWith('PUT team/a/casts/')) await gate.promise;
    return undefined;
  };
  const post = postV2(recorder.url, NAMED);
  const cast = makeCast();
  post.stream.end(cast);
  await until(() => s3.requests.some((request) => request.startsWith('PUT team/a/casts/')));
  const seen = post.frames.length;
  await until(() => post.frames.length > seen + 5);
  expect(post.frames.at(-1)).toEqual({ ack: cast.length, durable: 0 });
  gate.resolve();
  await post.ended;
  expect(post.frames.at(-1)).toMatchObject({ durable: cast.length, stored: { id: ID } });
});

test('the same bytes twice are one object; others of that name stand beside it', async () => {
  const s3 = await startFakeS3();
  const recorder = await startOn(s3);
  const cast = makeCast();
  const other = Buffer.concat([cast, Buffer.from('[2.000000,"o","more"]\n')]);
  const outcomes: unknown[] = [];
  for (const body of [cast, cast, other, other]) {
    outcomes.push((await deliverV2(recorder.url, body, NAMED))?.['stored']);
  }
  expect(outcomes).toMatchObject([
    { id: ID, outcome: 'new' },
    { id: ID, outcome: 'same' },
    { id: `${ID}.2`, outcome: 'another' },
    { id: `${ID}.2`, outcome: 'same' },
  ]);
  expect(keysOf(s3, 'casts/')).toHaveLength(2);
  expect(await listIds(recorder)).toEqual([ID, `${ID}.2`]);
  expect(await listIds(recorder, `?after=${ID}`)).toEqual([`${ID}.2`]);
});

test('a client that breaks off in a long one leaves a partial recording of all that came', async () => {
  const s3 = await startFakeS3();
  const recorder = await startOn(s3);
  const post = postV2(recorder.url, NAMED);
  const cast = makeCast(6_000_000);
  await send(post.stream, cast);
  await until(() => post.frames.at(-1)?.['ack'] === cast.length);
  post.session.destroy();
  await eventually(async () => expect(await listIds(recorder)).toEqual([`${ID}.partial`]));
  expect((await askHttp1(`${recorder.url}/recordings/${ID}.partial`)).body.equals(cast)).toBe(true);
});

test('parts that S3 refuses end the delivery; what it had confirmed is kept, so that no ack has lied', async () => {
  const s3 = await startFakeS3();
  const recorder = await startOn(s3);
  s3.interfere = (request) =>
    request.includes('partNumber=2') ? { status: 403, code: 'AccessDenied' } : undefined;
  const cast = makeCast(12_000_000);
  const last = await deliverV2(recorder.url, cast, NAMED);
  expect(last).toEqual({
    error: "the recorder's bucket failed: AccessDenied",
    code: 'store-failed',
    durable: expect.any(Number),
  });
  expect(await listIds(recorder)).toEqual([`${ID}.partial`]);
  const partial = (await askHttp1(`${recorder.url}/recordings/${ID}.partial`)).body;
  expect(partial.length).toBe(PART_BYTES);
  expect(cast.subarray(0, PART_BYTES).equals(partial)).toBe(true);
  expect(s3.uploads.size).toBe(0);
});

test('an upload of which nothing was confirmed is aborted, and leaves nothing', async () => {
  const s3 = await startFakeS3();
  const recorder = await startOn(s3);
  s3.interfere = (request) =>
    request.includes('partNumber=') ? { status: 403, code: 'AccessDenied' } : undefined;
  expect(await deliverV2(recorder.url, makeCast(12_000_000), NAMED)).toMatchObject({ durable: 0 });
  expect(s3.uploads.size).toBe(0);
  expect(s3.objects.size).toBe(0);
});

test('a dead recorder’s parts become a partial recording at the next start, and nobody else’s are touched', async () => {
  const s3 = await startFakeS3();
  const first = await startOn(s3);
  const post = postV2(first.url, NAMED);
  const cast = makeCast(12_000_000);
  await send(post.stream, cast);
  await until(() => Number(post.frames.at(-1)?.['durable']) >= PART_BYTES);
  const durable = Number(post.frames.at(-1)?.['durable']);
  // As its death leaves things: from here on it gets nothing more done.
  s3.interfere = (request) =>
    /^(PUT|POST|DELETE)/.test(request) ? { status: 403, code: 'AccessDenied' } : undefined;
  await first.end();
  s3.interfere = () => undefined;
  expect(s3.uploads.size).toBe(1);
  const second = await startOn(s3);
  expect(second.mended).toBe(1);
  expect(await listIds(second)).toEqual([`${ID}.partial`]);
  const partial = (await askHttp1(`${second.url}/recordings/${ID}.partial`)).body;
  expect(partial.length).toBeGreaterThanOrEqual(durable);
  expect(cast.subarray(0, partial.length).equals(partial)).toBe(true);
  const { recordings } = JSON.parse((await askHttp1(`${second.url}/recordings`)).body.toString());
  expect(recordings).toMatchObject([{ state: 'partial', sha256: sha256(partial), header: { width: 120 } }]);
  expect(keysOf(s3, 'incoming/')).toEqual([]);
  expect((await startOn(s3)).mended).toBe(0);
});

test('a crash between the facts and the end of the note makes no second recording', async () => {
  const s3 = await startFakeS3();
  const recorder = await startOn(s3);
  s3.interfere = (request) =>
    request.startsWith('DELETE team/a/incoming/') ? { status: 403, code: 'AccessDenied' } : undefined;
  await deliverV2(recorder.url, makeCast(), NAMED);
  s3.interfere = () => undefined;
  expect(keysOf(s3, 'incoming/')).toHaveLength(1);
  expect((await startOn(s3)).mended).toBe(0);
  expect(keysOf(s3, 'incoming/')).toEqual([]);
  expect(keysOf(s3, 'recordings/')).toEqual([`team/a/recordings/${ID}`]);
});

test('events are objects of their own, by day', async () => {
  const s3 = await startFakeS3();
  const recorder = await startOn(s3);
  const body = Buffer.from('{"type":"kubernetes-api-request"}');
  expect((await askHttp1(`${recorder.url}/v2/event`, { method: 'POST', body })).status).toBe(200);
  const [key = ''] = keysOf(s3, 'events/');
  expect(key).toMatch(/^team\/a\/events\/\d{4}-\d\d-\d\d\/\d{6}\.\d{3}Z-[0-9a-f]{16}\.json$/);
  expect(JSON.parse(s3.objects.get(key)?.toString() ?? '')).toMatchObject({
    event: JSON.parse(body.toString()),
  });
});

test('a bucket that is not there, and a key that is not right, are told at the start, without secrets', async () => {
  const s3 = await startFakeS3();
  await expect(startOn(s3, 'elsewhere')).rejects.toMatchObject({
    code: 'bad-input',
    message: "s3://elsewhere/team/a cannot be used: the recorder's bucket failed: NoSuchBucket",
  });
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'another');
  await expect(startOn(s3)).rejects.toMatchObject({
    message: expect.stringContaining('SignatureDoesNotMatch'),
  });
});

test('nothing but a bucket loads the SDK: its modules are imported when one is opened', async () => {
  const folder = new URL('../../../main/recorder-server/', import.meta.url);
  for (const name of await readdir(folder)) {
    const text = await readFile(new URL(name, folder), 'utf8');
    expect(text).not.toMatch(/^import (?!type )[^;]*'@aws-sdk/m);
  }
});
