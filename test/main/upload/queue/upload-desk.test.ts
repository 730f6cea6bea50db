import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { UploadChange } from '../../../../main/upload/queue/upload-desk.ts';
import { startForeignRecorder } from '../../../fakes/foreign-recorder.ts';
import { recordSession } from '../../../fakes/recordings.ts';
import { until } from '../../../fakes/until.ts';
import { addressOf, makeJob, makeUploadPlace, openUploads } from '../../../fakes/uploads.ts';

const RECORDERS = [{ kind: 'tsrecorder', url: '127.0.0.1:1' }] as const;

test('what is owed is listed with how it stands, the longest owed first', async () => {
  const { store, desk, needs } = await openUploads(await makeUploadPlace());
  const later = makeJob('b', RECORDERS, { owedSinceMs: 2, next: { kind: 'user' } });
  const first = makeJob('c', RECORDERS, { owedSinceMs: 1, next: { kind: 'at', atMs: 7 } });
  for (const job of [later, first]) await store.create(job);
  expect((await desk.list()).jobs.map(({ job, state }) => [job.recordingId, state])).toEqual([
    ['c', { kind: 'waiting', nextTryAtMs: 7 }],
    ['b', { kind: 'stopped' }],
  ]);
  const upload = await openIdleUpload();
  needs.onDelivering('b', { upload, sentBytes: 5, totalBytes: 9 });
  expect(await desk.get('b')).toMatchObject({
    kind: 'owed',
    state: { kind: 'delivering', recorder: RECORDERS[0], sentBytes: 5, totalBytes: 9 },
  });
  needs.onDelivering('b', undefined);
  expect(await desk.get('b')).toMatchObject({ state: { kind: 'stopped' } });
  expect(await desk.get('d')).toEqual({ kind: 'none' });
});

test('what changes is told, and that it is owed no longer', async () => {
  const { store, desk } = await openUploads(await makeUploadPlace());
  const changes: UploadChange[] = [];
  desk.onChanged((change) => changes.push(change));
  await store.create(makeJob('a', RECORDERS));
  await until(() => changes.some((change) => change.kind === 'put'));
  await desk.drop(['a']);
  await until(() => changes.some((change) => change.kind === 'removed'));
  expect(changes[0]).toMatchObject({ kind: 'put', job: { recordingId: 'a' }, state: { kind: 'waiting' } });
});

test('all that is owed can be tried again at once; what is not owed cannot', async () => {
  const { store, desk } = await openUploads(await makeUploadPlace());
  for (const id of ['a', 'b'])
    await store.create(makeJob(id, RECORDERS, { failures: 4, next: { kind: 'user' } }));
  expect((await desk.retry()).toSorted()).toEqual(['a', 'b']);
  for (const id of ['a', 'b'])
    expect(await store.read(id)).toMatchObject({ failures: 0, next: { kind: 'at' } });
  await expect(desk.retry(['c'])).rejects.toMatchObject({ code: 'not-found' });
});

test('what was known of a recording and cannot be read is begun anew, as one that may have arrived', async () => {
  const recorder = await startForeignRecorder({ isStrict: false });
  const place = await makeUploadPlace();
  const { recordingId } = await recordSession(place.recordings);
  let named = [addressOf(recorder)];
  const { store, desk, queue } = await openUploads(place, { recordersFor: async () => named });
  await writeFile(join(place.uploads, `${recordingId}.json`), 'torn');
  await store.refresh();
  expect(await desk.get(recordingId)).toMatchObject({ kind: 'unreadable' });
  named = [];
  await expect(desk.retry([recordingId])).rejects.toThrow('the policy names no recorder');
  named = [addressOf(recorder)];
  await desk.retry([recordingId]);
  expect((await desk.list()).unreadable).toEqual([]);
  void queue.work();
  await until(() => store.isDelivered(recordingId));
  expect(recorder.deliveries[0]?.headers['kubereel-delivery']).toBe('again');
});

async function openIdleUpload() {
  return {
    recorder: RECORDERS[0],
    ackedBytes: undefined,
    isDurable: false,
    stopped: new AbortController().signal,
    write: async () => {},
    finish: async () => ({ bytes: 0 }),
    cancel() {},
  };
}

test('what arrives while it is asked for again is not begun anew', async () => {
  const recorders = [addressOf({ address: '127.0.0.1:1' })];
  const { store, desk } = await openUploads(await makeUploadPlace(), { recordersFor: async () => recorders });
  await store.create(makeJob('a', recorders));
  const recorder = { kind: 'tsrecorder', url: '127.0.0.1:1' } as const;
  const settled = store.settle({ version: 1, recordingId: 'a', recorder, atMs: 1, bytes: 2 });
  await desk.retry();
  await settled;
  expect([store.isDelivered('a'), await store.read('a')]).toEqual([true, undefined]);
});
