import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeRunFolder } from '../../../main/demo/demo-folder.ts';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'kubereel-demo-'));
});
afterEach(() => rm(parent, { recursive: true }));

test('each run has a folder of its own', async () => {
  const folders = await Promise.all([makeRunFolder(parent), makeRunFolder(parent)]);
  expect(new Set(folders).size).toBe(2);
  expect((await readdir(parent)).sort()).toEqual(folders.map((folder) => basename(folder)).sort());
});

test.skipIf(process.platform === 'win32')('only this user can enter it', async () => {
  const folder = await makeRunFolder(join(parent, 'new'));
  for (const path of [folder, join(parent, 'new')]) expect((await stat(path)).mode & 0o777).toBe(0o700);
});

test('what a dead process left behind is removed, other things are not', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  const stale = join(parent, `run-${child.pid}-abcdef`);
  await mkdir(join(stale, 'homes'), { recursive: true });
  await writeFile(join(parent, 'notes.txt'), 'mine');
  const live = await makeRunFolder(parent);
  const next = await makeRunFolder(parent);
  expect((await readdir(parent)).sort()).toEqual(['notes.txt', basename(live), basename(next)].sort());
});
