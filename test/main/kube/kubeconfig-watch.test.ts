import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { watchKubeconfig } from '../../../main/kube/kubeconfig-watch.ts';

async function watchOne(existing?: string) {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-watch-'));
  const path = join(folder, 'config');
  if (existing !== undefined) await writeFile(path, existing);
  let changes = 0;
  const stop = watchKubeconfig([path], () => {
    changes += 1;
  });
  return { folder, path, stop, changes: () => changes };
}

test('a file that is written, replaced or removed is told', async () => {
  const { folder, path, stop, changes } = await watchOne('a');
  await writeFile(path, 'b');
  await vi.waitUntil(() => changes() === 1);
  await writeFile(join(folder, 'new'), 'c');
  await rename(join(folder, 'new'), path);
  await vi.waitUntil(() => changes() === 2);
  await rm(path);
  await vi.waitUntil(() => changes() === 3);
  stop();
});

test('a file that appears is told, its neighbours are not', async () => {
  const { folder, path, stop, changes } = await watchOne();
  await writeFile(join(folder, 'neighbour'), 'x');
  await writeFile(path, 'a');
  await vi.waitUntil(() => changes() === 1);
  stop();
});

test('a folder that is not there is no error', () => {
  expect(() => watchKubeconfig(['/no/such/folder/config'], () => {})()).not.toThrow();
});
