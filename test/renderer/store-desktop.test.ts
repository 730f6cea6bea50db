import { expect, test } from 'vitest';
import type { OpenedFile } from '../../preload/contract-desktop.ts';
import { createDesktopStore } from '../../renderer/store-desktop.ts';
import { createViewStore } from '../../renderer/store-view.ts';
import { createPageCore } from '../fakes/page-core.ts';

const fileNamed = (name: string): OpenedFile => ({
  fileId: `id of ${name}`,
  name,
  bytes: 12,
  format: 'asciicast v2',
  packing: 'none',
  size: { cols: 80, rows: 24 },
});

function start() {
  const core = createPageCore();
  const view = createViewStore();
  return { core, view, store: createDesktopStore({ client: core.client, view }) };
}

test('files wait for their turn, and an answer is for one', async () => {
  const { core, view, store } = start();
  const [one, other] = [fileNamed('one.cast'), fileNamed('other.cast')];
  store.ask(one);
  store.ask(other);
  expect(await store.importFile(one)).toBe('id of one.cast');
  expect(store.opened.value).toEqual([other]);
  await store.leaveFile(other);
  expect(store.opened.value).toEqual([]);
  expect(core.calls).toEqual([
    { name: 'desktop.import', input: { fileId: one.fileId } },
    { name: 'desktop.leave', input: { fileId: other.fileId } },
  ]);
  expect(view.said.value).toMatchObject([{ tone: 'quiet', text: 'Imported one.cast' }]);
});

test('an import that fails is said, with the file’s name as it is', async () => {
  const { core, view, store } = start();
  core.state.failing.set('desktop.import', { code: 'disk-full', message: 'the disk is full' });
  expect(await store.importFile(fileNamed('a\u202eb.cast'))).toBeUndefined();
  expect(view.said.value).toMatchObject([
    { tone: 'lost', text: 'a\\u{202e}b.cast was not imported', problem: { code: 'disk-full' } },
  ]);
});

test('leaving a file where the core is gone is no failure', async () => {
  const { core, view, store } = start();
  core.state.failing.set('desktop.leave', { code: 'page-gone', message: 'gone' });
  await store.leaveFile(fileNamed('one.cast'));
  expect(view.said.value).toEqual([]);
});
