import { writeFileSync } from 'node:fs';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Clock, createSystemClock } from '../../../../main/base/clock.ts';
import { describeThisProcess } from '../../../../main/recording/owner.ts';
import {
  createJob,
  formatJob,
  formatReceipt,
  type UploadReceipt,
} from '../../../../main/upload/queue/upload-job.ts';
import { eventually, until } from '../../../fakes/until.ts';
import { listFiles, makeJob, makeUploadPlace, openUploads } from '../../../fakes/uploads.ts';

const ID = '20260102-030405-abcdef';
const OTHER = '20260102-030406-abcdef';
const RECORDERS = [{ kind: 'tsrecorder', url: '127.0.0.1:1' }] as const;
const RECEIPT: UploadReceipt = {
  version: 1,
  recordingId: ID,
  recorder: RECORDERS[0],
  atMs: 5,
  bytes: 80,
};

test('what is owed is there after a restart, for this user alone', async () => {
  const place = await makeUploadPlace();
  const { store, end } = await openUploads(place);
  const job = createJob(ID, RECORDERS, { nowMs: 1, owner: describeThisProcess() });
  await store.create(job);
  expect([store.isOwed(ID), store.isOwed(OTHER), store.isDelivered(ID)]).toEqual([true, false, false]);
  expect((await stat(join(place.uploads, `${ID}.json`))).mode & 0o777).toBe(0o600);
  expect((await stat(place.uploads)).mode & 0o777).toBe(0o700);
  await end();
  const next = await openUploads(place);
  expect(next.store.ids()).toEqual([ID]);
  expect(await next.store.read(ID)).toEqual(job);
});

test('a receipt ends what is owed, also where its program died before it could take the job away', async () => {
  const place = await makeUploadPlace();
  const { store, end } = await openUploads(place);
  await store.create(makeJob(ID, RECORDERS));
  await store.create(makeJob(OTHER, RECORDERS));
  await store.settle(RECEIPT);
  expect([store.isOwed(ID), store.isDelivered(ID), await store.read(ID)]).toEqual([false, true, undefined]);
  expect(await store.readReceipt(ID)).toEqual(RECEIPT);
  await end();
  await writeFile(
    join(place.uploads, 'delivered', `${OTHER}.json`),
    formatReceipt({ ...RECEIPT, recordingId: OTHER }),
  );
  const next = await openUploads(place);
  expect([next.store.isOwed(OTHER), next.store.isDelivered(OTHER)]).toEqual([false, true]);
  expect(await next.store.read(OTHER)).toBeUndefined();
  expect(await listFiles(place.uploads)).toEqual([]);
});

test('a file that cannot be read is moved aside, never deleted, and its recording stays owed', async () => {
  const place = await makeUploadPlace();
  const { store } = await openUploads(place);
  await store.create(makeJob(OTHER, RECORDERS));
  for (const torn of ['{"version": 1', 'again']) {
    await writeFile(join(place.uploads, `${ID}.json`), torn);
    await store.refresh();
    expect(await store.read(ID)).toBeUndefined();
  }
  expect([store.ids(), store.isOwed(ID)]).toEqual([[OTHER], true]);
  const unreadable = await store.listUnreadable();
  expect(unreadable.map(({ recordingId, reason }) => [recordingId, reason])).toEqual([
    [ID, expect.stringContaining('cannot be read: the whole is wrong')],
    [ID, expect.stringContaining('cannot be read: the whole is wrong')],
  ]);
  const kept = await Promise.all(unreadable.map(({ path }) => readFile(path, 'utf8')));
  expect(kept.sort()).toEqual(['again', '{"version": 1']);
  await store.create(makeJob(ID, RECORDERS));
  expect(await store.listUnreadable()).toEqual([]);
});

test('what two change at once is changed by both', async () => {
  const place = await makeUploadPlace();
  const [one, other] = [await openUploads(place), await openUploads(place)];
  await one.store.create(makeJob(ID, RECORDERS));
  const add = { ...RECORDERS[0] };
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? one : other).store.change(ID, (job) => ({
        ...job,
        failures: job.failures + 1,
        recorders: [...job.recorders, { ...add, url: `127.0.0.1:${index + 2}` }],
      })),
    ),
  );
  const job = await one.store.read(ID);
  expect([job?.failures, job?.recorders.length]).toEqual([20, 21]);
});

test('what another process owes, changes and delivers is seen', async () => {
  const place = await makeUploadPlace();
  const clock = createSystemClock();
  const sleep: Clock['sleep'] = (ms, options) => clock.sleep(ms / 50, options);
  const [here, there] = [await openUploads(place, { clock: { ...clock, sleep } }), await openUploads(place)];
  const states: string[] = [];
  const changes: string[] = [];
  here.store.onStateChanged((id) => states.push(`${id} ${here.store.isOwed(id)}`));
  here.store.onChanged((id) => changes.push(id));
  await there.store.create(makeJob(ID, RECORDERS));
  await until(() => here.store.isOwed(ID));
  changes.splice(0);
  await there.store.change(ID, (job) => ({ ...job, failures: 3 }));
  await until(() => changes.includes(ID));
  await there.store.settle(RECEIPT);
  await until(() => here.store.isDelivered(ID));
  expect(states).toEqual([`${ID} true`, `${ID} false`]);
});

test('what is dropped is owed no longer; what is forgotten was never delivered either', async () => {
  const place = await makeUploadPlace();
  const { store } = await openUploads(place);
  await store.create(makeJob(ID, RECORDERS));
  await store.drop(ID);
  expect(store.isOwed(ID)).toBe(false);
  await store.create(makeJob(OTHER, RECORDERS));
  await store.settle({ ...RECEIPT, recordingId: OTHER });
  await store.forget(OTHER);
  expect([store.isDelivered(OTHER), await store.readReceipt(OTHER)]).toEqual([false, undefined]);
  expect(await readdir(place.uploads)).toEqual(['delivered', 'unreadable']);
  expect(await store.change(OTHER, (job) => job)).toBeUndefined();
});

test('an id that leads elsewhere is refused', async () => {
  const { store } = await openUploads(await makeUploadPlace());
  expect(await store.read('../../settings')).toBeUndefined();
  await expect(store.create(makeJob('../../settings', RECORDERS))).rejects.toThrow("no recording's id");
});

test('a folder that cannot be written to is told', async () => {
  const place = await makeUploadPlace();
  const { store } = await openUploads(place);
  await rm(place.uploads, { recursive: true });
  await writeFile(place.uploads, 'no folder');
  await expect(store.create(makeJob(ID, RECORDERS))).rejects.toMatchObject({ code: 'upload-failed' });
  expect(store.isOwed(ID)).toBe(false);
});

test('ten thousand jobs are known by their names when the folder has been read', async () => {
  const place = await makeUploadPlace();
  const { end } = await openUploads(place);
  await end();
  const ids = Array.from({ length: 10_000 }, (_, index) => `2026-${String(index).padStart(5, '0')}`);
  for (const id of ids) writeFileSync(join(place.uploads, `${id}.json`), formatJob(makeJob(id, RECORDERS)));
  const { store } = await openUploads(place);
  expect(store.ids().toSorted()).toEqual(ids);
  await eventually(() => expect(store.isOwed('2026-09999')).toBe(true));
});
