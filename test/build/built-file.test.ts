import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { placeBuiltFile } from '../../build/built-file.ts';
import { makeTemporaryFolder } from '../fakes/temporary-folder.ts';

test('a built file replaces another in one step, and one that is the same not at all', async () => {
  const folder = await makeTemporaryFolder('built');
  onTestFinished(folder.remove);
  const path = join(folder.path, 'page', 'app.js');
  await placeBuiltFile(path, Buffer.from('first'));
  const { ino } = await stat(path);
  await placeBuiltFile(path, Buffer.from('first'));
  expect((await stat(path)).ino).toBe(ino);

  const reader = await open(path, 'r');
  await placeBuiltFile(path, Buffer.from('second'));
  expect(await readFile(path, 'utf8')).toBe('second');
  // Who has begun to read it reads it to its end.
  expect(await reader.readFile('utf8')).toBe('first');
  await reader.close();
  expect(await readdir(join(folder.path, 'page'))).toEqual(['app.js']);
});

test.skipIf(process.platform === 'win32')('a program can be executed, and nothing else', async () => {
  const folder = await makeTemporaryFolder('built');
  onTestFinished(folder.remove);
  const isExecutable = async (text: string): Promise<boolean> => {
    const path = join(folder.path, 'built');
    await placeBuiltFile(path, Buffer.from(text));
    return ((await stat(path)).mode & 0o100) !== 0;
  };
  expect(await isExecutable('#!/usr/bin/env node\n')).toBe(true);
  expect(await isExecutable('export {};\n')).toBe(false);
});
