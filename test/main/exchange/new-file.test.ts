import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeNewFile } from '../../../main/exchange/new-file.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';

async function* chunksOf(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('half');
  throw new Error('torn');
}

test('a file is written for this user alone', async () => {
  const path = join(await makeCastFolder(), 'a.txt');
  await writeNewFile(path, chunksOf('one ', 'two'), { isReplaced: false });
  expect(await readFile(path, 'utf8')).toBe('one two');
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('one that is there stays, unless it is to be replaced', async () => {
  const path = join(await makeCastFolder(), 'a.txt');
  await writeFile(path, 'mine');
  await expect(writeNewFile(path, chunksOf('x'), { isReplaced: false })).rejects.toMatchObject({
    code: 'bad-input',
  });
  expect(await readFile(path, 'utf8')).toBe('mine');
  await writeNewFile(path, chunksOf('theirs'), { isReplaced: true });
  expect(await readFile(path, 'utf8')).toBe('theirs');
});

test('what could not be written as a whole is not there, and what it would have replaced is', async () => {
  const folder = await makeCastFolder();
  const path = join(folder, 'a.txt');
  await expect(writeNewFile(path, failing(), { isReplaced: false })).rejects.toThrow('torn');
  expect(await readdir(folder)).toEqual([]);
  await writeFile(path, 'mine');
  await expect(writeNewFile(path, failing(), { isReplaced: true })).rejects.toThrow('torn');
  expect(await readFile(path, 'utf8')).toBe('mine');
  expect(await readdir(folder)).toEqual(['a.txt']);
});

test('a folder that is not there is told', async () => {
  const path = join(await makeCastFolder(), 'none', 'a.txt');
  await expect(writeNewFile(path, chunksOf('x'), { isReplaced: false })).rejects.toMatchObject({
    code: 'recording-failed',
    message: `${path} could not be written: ENOENT`,
  });
});
