import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { holdFileLock } from '../../../main/base/file-lock.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';

const clock = createSystemClock();

test('one at a time, and nothing is left of it', async () => {
  const folder = await makeCastFolder();
  let inside = 0;
  let most = 0;
  async function deed(): Promise<void> {
    inside += 1;
    most = Math.max(most, inside);
    await readdir(folder);
    inside -= 1;
  }
  await Promise.all(Array.from({ length: 8 }, () => holdFileLock(clock, join(folder, 'a.lock'), deed)));
  expect(most).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});

test('a deed that fails lets the next one in', async () => {
  const path = join(await makeCastFolder(), 'a.lock');
  const failing = holdFileLock(clock, path, () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(await holdFileLock(clock, path, async () => 'done')).toBe('done');
});

test('what a dead process left is broken by one of those that wait', async () => {
  const folder = await makeCastFolder();
  const path = join(folder, 'a.lock');
  await writeFile(path, '');
  await utimes(path, 1, 1);
  let inside = 0;
  const held = Array.from({ length: 4 }, () =>
    holdFileLock(clock, path, async () => {
      inside += 1;
      expect(inside).toBe(1);
      await readdir(folder);
      inside -= 1;
    }),
  );
  await Promise.all(held);
  expect(await readdir(folder)).toEqual([]);
});
