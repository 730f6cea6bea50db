import { expect, test } from 'vitest';
import { NO_TABS } from '../../renderer/store-tabs.ts';
import { createUploadDeeds, createUploadStore } from '../../renderer/store-uploads.ts';
import { createViewStore } from '../../renderer/store-view.ts';
import { createPageCore } from '../fakes/page-core.ts';
import { jobOf, noUploads } from '../fakes/page-uploads.ts';

function start(...jobs: ReturnType<typeof jobOf>[]) {
  const core = createPageCore({
    uploads: { ...noUploads(), jobs: new Map(jobs.map((job) => [job.recordingId, job])) },
  });
  return { core, store: createUploadStore(core.client) };
}

test('the longest owed stands first; what cannot be read before all, what is being made nowhere', async () => {
  const { core, store } = start(
    jobOf('young', { owedSinceMs: 3 }),
    jobOf('old', { owedSinceMs: 2 }),
    jobOf('live', { owedSinceMs: 1, state: { kind: 'recording' } }),
  );
  core.state.uploads.unreadable = [{ recordingId: 'torn', path: '/u/torn.json', reason: 'no JSON' }];
  expect(store.owed.value).toBeUndefined();
  await store.load();
  expect(store.queue.value.map(({ recordingId }) => recordingId)).toEqual(['torn', 'old', 'young']);
  expect(store.owed.value?.has('live')).toBe(true);
});

test('what is told holds, also before the list has come', async () => {
  const { core, store } = start(jobOf('r1'), jobOf('r2'));
  const loading = store.load();
  core.emit('uploads.changed', { kind: 'removed', recordingId: 'r1' });
  await loading;
  expect([...(store.owed.value?.keys() ?? [])]).toEqual(['r2']);
  core.emit('uploads.changed', { kind: 'put', job: jobOf('r3') });
  expect([...(store.owed.value?.keys() ?? [])]).toEqual(['r2', 'r3']);
  store.end();
  core.emit('uploads.changed', { kind: 'removed', recordingId: 'r3' });
  expect(store.owed.value?.has('r3')).toBe(true);
});

test('one that could not be read is an ordinary one once it is begun anew', async () => {
  const { core, store } = start();
  core.state.uploads.unreadable = [{ recordingId: 'r1', path: '/u/r1.json', reason: 'no JSON' }];
  await store.load();
  core.emit('uploads.changed', { kind: 'put', job: jobOf('r1') });
  expect(store.queue.value).toMatchObject([{ kind: 'job', recordingId: 'r1' }]);
});

test('a list that fails is a problem and no empty list, and can be asked for again', async () => {
  const { core, store } = start(jobOf('r1'));
  core.state.failing.set('uploads.list', { code: 'unexpected', message: 'the folder cannot be read' });
  await store.load();
  expect(store.problem.value?.message).toBe('the folder cannot be read');
  expect(store.owed.value).toBeUndefined();
  core.state.failing.clear();
  await store.load();
  expect(store.problem.value).toBeUndefined();
  expect(store.queue.value).toHaveLength(1);
});

test('retries, drops and trials are asked for as the contract has them', async () => {
  const { core, store } = start(jobOf('r1'));
  core.state.uploads.trial = { recorder: { kind: 'alis', url: 'wss://a' }, steps: [] };
  await store.retry();
  await store.retry(['r1']);
  await store.test({ nameOrUrl: 'wss://a', kind: 'alis' });
  expect(await store.get('r1')).toMatchObject({ kind: 'owed' });
  await store.drop(['r1']);
  expect(await store.get('r1')).toEqual({ kind: 'none' });
  expect(core.calls.filter(({ name }) => name !== 'uploads.get')).toEqual([
    { name: 'uploads.retry', input: {} },
    { name: 'uploads.retry', input: { recordingIds: ['r1'] } },
    { name: 'uploads.test', input: { recorder: { nameOrUrl: 'wss://a', kind: 'alis' } } },
    { name: 'uploads.drop', input: { recordingIds: ['r1'] } },
  ]);
});

test('the queue opens at the recording that was asked for, and a drop is said', async () => {
  const { store } = start(jobOf('r1'));
  const view = createViewStore();
  const titles: string[] = [];
  const deeds = createUploadDeeds({
    uploads: store,
    view,
    async tell(title, deed) {
      titles.push(title);
      await deed();
    },
  });
  expect(view.tabs.value).toBe(NO_TABS);
  deeds.openUploads('r1');
  deeds.openUploads();
  expect(view.shownUpload.value).toBe('r1');
  expect(view.tabs.value.order).toEqual([{ id: 'uploads', content: { kind: 'uploads' } }]);
  await deeds.retryUploads(['r1']);
  await deeds.dropUpload('r1');
  expect(titles).toEqual(['The delivery was not tried', 'The delivery was not dropped']);
  expect(view.said.value.map(({ text }) => text)).toEqual([
    'Dropped: no recorder has that recording, and it is not tried again',
  ]);
});
