import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemRecordingFiles as files } from '../../../../main/recording/writing/recording-files.ts';
import { makeCastFolder } from '../../../fakes/cast-folder.ts';

async function newPath(): Promise<string> {
  return join(await makeCastFolder(), 'x.cast');
}

test('a file that exists is not opened for writing', async () => {
  const path = await newPath();
  const file = await files.create(path);
  await file.write(Buffer.from('kept'));
  await file.close();
  await expect(files.create(path)).rejects.toMatchObject({ code: 'EEXIST' });
  expect(await readFile(path, 'utf8')).toBe('kept');
});

test('after a truncation writing goes on at the new end', async () => {
  const path = await newPath();
  const file = await files.create(path);
  expect(await file.write(Buffer.from('one\ntorn'))).toBe(8);
  await file.truncate(4);
  await file.write(Buffer.from('two\n'));
  await file.datasync();
  await file.sync();
  await file.close();
  expect(await readFile(path, 'utf8')).toBe('one\ntwo\n');
});

test.skipIf(process.platform === 'win32')('only this user can read what is made', async () => {
  const path = await newPath();
  await (await files.create(path)).close();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const folder = join(path, '..', 'new', 'folder');
  await files.makeFolder(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

test('a small file is replaced as a whole, and removed even if it is not there', async () => {
  const path = await newPath();
  await files.replace(path, 'old');
  await files.replace(path, 'new');
  expect(await readFile(path, 'utf8')).toBe('new');
  await files.remove(path);
  await files.remove(path);
  await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
});
