import { mkdtemp, readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFileAtomically } from '../../../main/base/atomic-file.ts';

test('replaces the whole file, private to the user, and leaves nothing beside it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-atomic-'));
  const path = join(folder, 'settings.json');
  await writeFileAtomically(path, 'a much longer first text');
  await writeFileAtomically(path, 'second');
  expect(await readFile(path, 'utf8')).toBe('second');
  expect(await readdir(folder)).toEqual(['settings.json']);
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('two writers at once leave one of the two texts, whole', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'kubereel-atomic-')), 'file');
  const texts = ['a'.repeat(100_000), 'b'.repeat(100_000)];
  await Promise.all(texts.map((text) => writeFileAtomically(path, text)));
  expect(texts).toContain(await readFile(path, 'utf8'));
});

test('a failed write leaves no temporary file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-atomic-'));
  await expect(writeFileAtomically(join(folder, 'missing', 'file'), 'x')).rejects.toThrow('ENOENT');
  expect(await readdir(folder)).toEqual([]);
});
