import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLog } from '../../../main/base/log.ts';
import { forgetText, TEXT_STORE_NAME } from '../../../main/search/forget-text.ts';
import { createTextBlocks } from '../../../main/search/text-blocks.ts';
import { openTextStore } from '../../../main/search/text-store.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';

const log = createLog({ level: 'silent' });
const STATE = { offset: 10, castBytes: 10, castModifiedMs: 1.5, isWhole: true };

function blocksOf(text: string) {
  const blocks = createTextBlocks();
  blocks.add({ text, timeMicros: 1 });
  return blocks.take([]);
}

async function readAll(folder: string): Promise<string> {
  const names = await readdir(folder);
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')))).join('\n');
}

test('where nothing was read nothing is made', async () => {
  const folder = await makeCastFolder();
  await forgetText({ log }, folder, 'a');
  expect(await readdir(folder)).toEqual([]);
});

test.each([true, false])(
  'no text of it is left, also while another process has the store open: %j',
  async (isOpen) => {
    const folder = await makeCastFolder();
    const store = openTextStore(join(folder, TEXT_STORE_NAME), () => {});
    store.put('a', STATE, blocksOf('the-secret-of-a '.repeat(300)));
    store.put('b', STATE, blocksOf('b stays'));
    if (!isOpen) store.close();
    await forgetText({ log }, folder, 'a');
    const text = await readAll(folder);
    expect(text).not.toContain('the-secret-of-a');
    expect(text).toContain('b stays');
    if (isOpen) store.close();
  },
);
