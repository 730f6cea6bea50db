// covers: main/recorder-server/folder-mending.ts
// covers: main/recorder-server/folder-owner.ts
// covers: main/recorder-server/folder-part.ts
// covers: main/recorder-server/folder-places.ts
// covers: main/recorder-server/folder-shelf.ts
// covers: main/recorder-server/disk-room.ts
// covers: main/recorder-server/event-log.ts
// covers: main/recorder-server/first-line.ts
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { formatStored } from '../../../main/recorder-server/stored-recording.ts';
import { systemRecordingFiles } from '../../../main/recording/writing/recording-files.ts';
import { createLimitedDisk } from '../../fakes/limited-disk.ts';
import { makeRecorderFolder, startTestRecorder } from '../../fakes/recorder.ts';
import {
  askHttp1,
  deliverV1,
  deliverV2,
  makeCast,
  postV2,
  send,
  sha256,
} from '../../fakes/recorder-posts.ts';
import { canMountDisks, mountSmallDisk } from '../../fakes/small-disk.ts';
import { eventually, until } from '../../fakes/until.ts';

const ID = '20261121-153154-k7x2pq';
const NAMED = { 'kubereel-recording': ID, 'kubereel-acks': 'durable' };

interface Listed {
  readonly id: string;
  readonly state: string;
  readonly sha256: string;
}

async function listAll(url: string): Promise<Listed[]> {
  return (JSON.parse((await askHttp1(`${url}/recordings`)).body.toString()) as { recordings: Listed[] })
    .recordings;
}

test.runIf(canMountDisks())(
  'a real disk that is full: {"error":"disk full…"} at last, and what is stored stays as it is',
  async () => {
    const disk = mountSmallDisk(1_024);
    const recorder = await startTestRecorder({ folder: disk.folder });
    const kept = makeCast(100_000);
    await deliverV2(recorder.url, kept, { 'kubereel-recording': '1' });
    const post = postV2(recorder.url, NAMED);
    post.stream.end(makeCast(3_000_000));
    await post.ended;
    const last = post.frames.at(-1);
    expect(last).toMatchObject({
      error: "disk full: nothing is left on the recorder's disk",
      code: 'disk-full',
    });
    expect(sha256(await recorder.read('recordings/1.cast'))).toBe(sha256(kept));
    expect((await deliverV1(recorder.url, makeCast(2_000_000))).status).toBe(507);
    const event = { method: 'POST', body: Buffer.from(JSON.stringify({ x: 'x'.repeat(900_000) })) };
    expect((await askHttp1(`${recorder.url}/v2/event`, event)).status).toBe(507);

    // With room again, what was acked as durable is there, as what it is, and the next one is taken.
    disk.resize(8_192);
    await recorder.end();
    const again = await startTestRecorder({ folder: disk.folder });
    const partial = await again.read(`recordings/${ID}.partial.cast`);
    expect(partial.length).toBeGreaterThanOrEqual(Number(last?.['durable']));
    expect(makeCast(3_000_000).subarray(0, partial.length).equals(partial)).toBe(true);
    expect(await deliverV2(again.url, makeCast(3_000_000), NAMED)).toMatchObject({ stored: { id: ID } });
  },
);

test('a disk that fills up in the middle of a write keeps what it took, and no byte of it twice', async () => {
  const disk = createLimitedDisk(50_000);
  const recorder = await startTestRecorder({ files: disk.files });
  const cast = makeCast(200_000);
  const frame = await deliverV2(recorder.url, cast, NAMED);
  expect(frame).toMatchObject({ code: 'disk-full' });
  disk.freeBytes = Number.POSITIVE_INFINITY;
  await recorder.end();
  const again = await startTestRecorder({ folder: recorder.folder });
  const partial = await again.read(`recordings/${ID}.partial.cast`);
  expect(cast.subarray(0, partial.length).equals(partial)).toBe(true);
  expect(partial.length).toBeGreaterThan(40_000);
});

test('free space is left as much as was asked for: refused at the start with 507, midway in a frame', async () => {
  const MIB = 1024 * 1024;
  let free = 100 * MIB;
  const system = createSystemClock();
  let laterMicros = 0;
  const clock = { ...system, nowMicros: () => system.nowMicros() + laterMicros };
  const recorder = await startTestRecorder({ clock, floorBytes: 10 * MIB, readFree: async () => free });
  const post = postV2(recorder.url, NAMED);
  expect(await post.status).toBe(200);
  post.stream.write(makeCast());
  await until(() => Number(post.frames.at(-1)?.['durable']) > 0);
  free = 10 * MIB;
  // What others wrote is seen a second later.
  laterMicros = 1_000_000;
  const chatter = setInterval(() => post.stream.write('[2.000000,"o","x"]\n'), 5);
  await post.ended;
  clearInterval(chatter);
  expect(post.frames.at(-1)).toMatchObject({
    error: "disk full: less than 10 MiB are left on the recorder's disk",
    code: 'disk-full',
  });
  const refused = postV2(recorder.url);
  expect(await refused.headers).toMatchObject({ ':status': 507, 'kubereel-code': 'disk-full' });
  expect((await listAll(recorder.url)).map(({ id }) => id)).toEqual([`${ID}.partial`]);
});

test('a disk that stalls holds the client up: memory is bounded, durable acks wait, and all of it arrives', async () => {
  const disk = createLimitedDisk();
  const recorder = await startTestRecorder({ files: disk.files });
  const post = postV2(recorder.url, NAMED);
  post.stream.write(makeCast());
  await until(() => Number(post.frames.at(-1)?.['durable']) > 0);
  const release = Promise.withResolvers<void>();
  disk.stalled = release.promise;
  const rest = makeCast(20_000_000);
  void send(post.stream, rest).then(() => post.stream.end());
  await until(() => post.frames.length > 5);
  const before = Number(post.frames.at(-1)?.['ack']);
  const length = post.frames.length;
  await until(() => post.frames.length > length + 10);
  expect(Number(post.frames.at(-1)?.['ack'])).toBe(before);
  expect(before).toBeLessThan(2_000_000);
  disk.stalled = undefined;
  release.resolve();
  await post.ended;
  expect(post.frames.at(-1)).toMatchObject({ stored: { bytes: makeCast().length + rest.length } });
});

test('after a sync that failed nothing is called durable, and the recording is not called whole', async () => {
  const disk = createLimitedDisk();
  const recorder = await startTestRecorder({ files: disk.files });
  const post = postV2(recorder.url, NAMED);
  disk.syncError = Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
  post.stream.write(makeCast());
  await post.ended;
  expect(post.frames.at(-1)).toEqual({
    error: "the recorder's disk failed: EIO",
    code: 'store-failed',
    durable: 0,
  });
  expect((await listAll(recorder.url)).map(({ state }) => state)).toEqual(['partial']);
});

test('what a dead recorder left is found at the start: parts as partial ones, those only unnamed as whole ones', async () => {
  const folder = await makeRecorderFolder();
  for (const name of ['incoming', 'recordings']) await mkdir(join(folder, name));
  const cast = makeCast(1_000);
  const note = { recordingId: ID, protocol: 'v2', isAgain: false, from: '127.0.0.1', startedAtMs: 1_000 };
  const incoming = (name: string): string => join(folder, 'incoming', name);
  // Killed while it came in.
  await writeFile(incoming(`${ID}~aa.part`), cast.subarray(0, 700));
  await writeFile(incoming(`${ID}~aa.json`), JSON.stringify(note));
  // Killed between its last sync and its name.
  const facts = { ...note, recordingId: '2', id: '2', state: 'whole', endedAtMs: 2_000 } as const;
  const whole = { ...facts, protocol: 'v2', bytes: cast.length, sha256: sha256(cast) } as const;
  await writeFile(incoming('2~bb.part'), cast);
  await writeFile(incoming('2~bb.json'), formatStored(whole));
  // Killed between its two names.
  await writeFile(join(folder, 'recordings', '3.cast'), cast);
  await writeFile(incoming('3~cc.json'), formatStored({ ...whole, id: '3', recordingId: '3' }));
  // Killed before anything came; and a part whose note nobody can read.
  await writeFile(incoming('4~dd.part'), '');
  await writeFile(incoming('4~dd.json'), JSON.stringify(note));
  await writeFile(incoming('5~ee.part'), 'no cast at all');
  await writeFile(incoming('somebody-elses.part'), 'left alone');

  const recorder = await startTestRecorder({ folder });
  expect(recorder.mended).toBe(3);
  expect((await listAll(recorder.url)).map(({ id, state }) => [id, state])).toEqual([
    ['2', 'whole'],
    [`${ID}.partial`, 'partial'],
    ['3', 'whole'],
    ['5.partial', 'partial'],
  ]);
  expect(await recorder.read(`recordings/${ID}.partial.cast`)).toEqual(cast.subarray(0, 700));
  expect(await recorder.read('recordings/2.cast')).toEqual(cast);
  expect(await readdir(join(folder, 'incoming'))).toEqual(['somebody-elses.part']);
});

test('a recording that somebody deleted is stored again; one whose facts are torn is passed over, and not written over', async () => {
  const recorder = await startTestRecorder();
  const cast = makeCast();
  await deliverV2(recorder.url, cast, { 'kubereel-recording': '1' });
  await deliverV2(recorder.url, cast, { 'kubereel-recording': '2' });
  await systemRecordingFiles.remove(join(recorder.folder, 'recordings/1.cast'));
  await writeFile(join(recorder.folder, 'recordings/2.json'), '{"version":1,');
  const stored = async (id: string): Promise<unknown> =>
    (await deliverV2(recorder.url, cast, { 'kubereel-recording': id }))?.['stored'];
  expect(await stored('1')).toMatchObject({ id: '1.2', outcome: 'another' });
  expect(await stored('2')).toMatchObject({ id: '2.2', outcome: 'another' });
  expect(await recorder.read('recordings/2.cast')).toEqual(cast);
  expect((await listAll(recorder.url)).map(({ id }) => id)).toEqual(['1', '1.2', '2.2']);
});

test('files are the user’s alone', async () => {
  const recorder = await startTestRecorder();
  await deliverV2(recorder.url, makeCast(), { 'kubereel-recording': '1' });
  const { mode } = await (await import('node:fs/promises')).stat(join(recorder.folder, 'recordings/1.cast'));
  if (process.platform !== 'win32') expect(mode & 0o777).toBe(0o600);
});

test('a folder has one recorder at a time, and none after one has died', async () => {
  const recorder = await startTestRecorder();
  const life = startTestRecorder({ folder: recorder.folder });
  await expect(life).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('another recorder'),
  });
  const sleeper = spawn(process.execPath, ['-e', '']);
  await once(sleeper, 'close');
  const owner = JSON.parse(await readFile(join(recorder.folder, 'recorder.json'), 'utf8')) as object;
  const dead = await makeRecorderFolder();
  await writeFile(join(dead, 'recorder.json'), JSON.stringify({ ...owner, processId: sleeper.pid }));
  expect((await startTestRecorder({ folder: dead })).mended).toBe(0);
});

test('events: the line that a crash tore takes no other with it', async () => {
  const recorder = await startTestRecorder();
  const post = (): Promise<unknown> =>
    askHttp1(`${recorder.url}/v2/event`, { method: 'POST', body: Buffer.from('{"a":1}') });
  await post();
  const [file = ''] = await readdir(join(recorder.folder, 'events'));
  const path = join(recorder.folder, 'events', file);
  await copyFile(path, `${path}.copy`);
  await appendFile(path, '{"torn');
  await post();
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[1]).toBe('{"torn');
  expect(JSON.parse(lines[2] ?? '')).toMatchObject({ event: { a: 1 } });
});

test('a listing is read anew: what was put there or taken away by hand is seen', async () => {
  const recorder = await startTestRecorder();
  await deliverV2(recorder.url, makeCast(), { 'kubereel-recording': '1' });
  await systemRecordingFiles.remove(join(recorder.folder, 'recordings/1.json'));
  await eventually(async () => expect(await listAll(recorder.url)).toEqual([]));
});
