import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { createTextBlocks } from '../../../main/search/text-blocks.ts';
import { openTextStore, type TextStore } from '../../../main/search/text-store.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';

const STATE = { offset: 10, castBytes: 10, castModifiedMs: 1.5, isWhole: true };

function blocksOf(...texts: readonly string[]) {
  const blocks = createTextBlocks();
  for (const [index, text] of texts.entries()) blocks.add({ text, timeMicros: index });
  return blocks.take([]);
}

function textsOf(store: TextStore): string[] {
  return [...store.candidates([])].flatMap(([recordingId, blockIds]) =>
    blockIds.map((blockId) => `${recordingId}: ${store.read(blockId).text}`),
  );
}

async function openNew(): Promise<{ path: string; store: TextStore; damages: unknown[] }> {
  const path = join(await makeCastFolder(), 'text.sqlite');
  const damages: unknown[] = [];
  return { path, damages, store: openTextStore(path, (error) => damages.push(error)) };
}

test('what was put is there after opening it anew', async () => {
  const { path, store } = await openNew();
  store.put('a', STATE, blocksOf('one', 'two'));
  store.close();
  const again = openTextStore(path, () => {});
  expect(again.state('a')).toEqual(STATE);
  expect(textsOf(again)).toEqual(['a: one\ntwo']);
  again.close();
});

test('whoever lags behind writes nothing; whoever has come further replaces', async () => {
  const { store } = await openNew();
  store.put('a', { ...STATE, offset: 10 }, blocksOf('newer'));
  store.put('a', { ...STATE, offset: 5 }, blocksOf('older'));
  expect(textsOf(store)).toEqual(['a: newer']);
  store.put('a', { ...STATE, offset: 20 }, blocksOf('newest'));
  expect(textsOf(store)).toEqual(['a: newest']);
  store.close();
});

test('what is removed leaves no text in any file', async () => {
  const { path, store } = await openNew();
  store.put('a', STATE, blocksOf('a-secret-of-old '.repeat(500)));
  store.put('b', STATE, blocksOf('stays'));
  store.remove(['a']);
  expect(store.recordingIds()).toEqual(['b']);
  store.close();
  const folder = join(path, '..');
  for (const name of await readdir(folder)) {
    expect((await readFile(join(folder, name))).includes('a-secret-of-old')).toBe(false);
  }
});

test('a damaged file is begun anew', async () => {
  const { path, store } = await openNew();
  store.put('a', STATE, blocksOf('text'));
  store.close();
  await writeFile(path, Buffer.alloc(40_000, 'no database '));
  const damages: unknown[] = [];
  const again = openTextStore(path, (error) => damages.push(error));
  expect(damages).toHaveLength(1);
  expect(again.state('a')).toBeUndefined();
  again.put('a', STATE, blocksOf('text'));
  expect(textsOf(again)).toEqual(['a: text']);
  again.close();
});

test('what was read as another version reads is read anew', async () => {
  const { path, store } = await openNew();
  store.put('a', STATE, blocksOf('text'));
  store.close();
  const database = new DatabaseSync(path);
  database.exec('PRAGMA user_version = 1');
  database.close();
  const again = openTextStore(path, () => {});
  expect(again.state('a')).toBeUndefined();
  expect(textsOf(again)).toEqual([]);
  again.close();
});
