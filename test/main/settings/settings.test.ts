// covers: main/settings/schema.ts
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defaultSettings } from '../../../main/settings/schema.ts';
import { openSettings } from '../../../main/settings/settings.ts';

const clock = { nowMs: () => 7 };

async function openWith(text?: string) {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-settings-'));
  const file = join(folder, 'settings.json');
  if (text !== undefined) await writeFile(file, text);
  return { folder, file, store: await openSettings({ file, clock }) };
}

test('without a file every setting has its default, and nothing is wrong', async () => {
  const { store } = await openWith();
  expect(store.current()).toEqual({ settings: defaultSettings, problems: [] });
});

test('a key that is wrong falls back alone and is told', async () => {
  const { store } = await openWith('{"theme":"dark","fontSize":"huge"}');
  expect(store.current().settings).toEqual({ ...defaultSettings, theme: 'dark' });
  expect(store.current().problems.map((problem) => problem.message)).toEqual([
    'the setting fontSize is not understood and has its default',
  ]);
});

test('a mistake in what recordings are encrypted to does not turn that off', async () => {
  for (const encryption of [true, {}, { recipients: 'age1x' }, { recipients: [''] }]) {
    const { store } = await openWith(JSON.stringify({ encryption }));
    expect(store.current().settings.encryption.recipients).toHaveLength(1);
  }
  const { store } = await openWith(JSON.stringify({ encryption: { recipients: [] } }));
  expect(store.current().settings.encryption.recipients).toEqual([]);
});

test('a change is told, is on the disk, and keeps keys that a newer version wrote', async () => {
  const { store, file } = await openWith('{"future":{"a":1},"theme":"light"}');
  const told: unknown[] = [];
  store.onChanged((snapshot) => told.push(snapshot.settings.fontSize));
  await Promise.all([store.set({ fontSize: 15 }), store.set({ theme: 'dark' })]);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ future: { a: 1 }, theme: 'dark', fontSize: 15 });
  expect(told).toEqual([15, 15]);
  const again = await openSettings({ file, clock });
  expect(again.current().settings).toEqual({ ...defaultSettings, theme: 'dark', fontSize: 15 });
});

test.each(['not json', '[1]', 'null'])(
  'a file that holds %s is kept aside, not overwritten',
  async (text) => {
    const { folder, store } = await openWith(text);
    expect(store.current().problems).toHaveLength(1);
    await store.set({ theme: 'dark' });
    expect((await readdir(folder)).sort()).toEqual(['settings.json', 'settings.json.bad-7']);
    expect(await readFile(join(folder, 'settings.json.bad-7'), 'utf8')).toBe(text);
  },
);
