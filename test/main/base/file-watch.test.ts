import { rmSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { watchFiles } from '../../../main/base/file-watch.ts';
import { until } from '../../fakes/until.ts';

async function makeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'kubereel-watch-'));
}

function follow(...paths: string[]) {
  let changes = 0;
  onTestFinished(
    watchFiles(paths, () => {
      changes += 1;
    }),
  );
  return {
    /** After one more change has been told. */
    async next(change: () => Promise<unknown>): Promise<void> {
      const before = changes;
      await change();
      // A busy machine takes its time to tell.
      await until(() => changes > before);
    },
    changes: () => changes,
  };
}

test('a file that is written, replaced, removed or comes back is told', async () => {
  const folder = await makeFolder();
  const path = join(folder, 'config');
  await writeFile(path, 'a');
  const { next } = follow(path);
  await next(() => writeFile(path, 'b'));
  for (const text of ['c', 'd']) {
    await writeFile(join(folder, 'new'), text);
    await next(() => rename(join(folder, 'new'), path));
  }
  await next(() => rm(path));
  await next(() => writeFile(path, 'e'));
});

test('several steps of one change are told once, neighbours never', async () => {
  const folder = await makeFolder();
  const path = join(folder, 'config');
  const neighbour = join(folder, 'neighbour');
  const { next, changes } = follow(path);
  const { next: nextOfNeighbour } = follow(neighbour);
  await nextOfNeighbour(() => writeFile(neighbour, 'x'));
  expect(changes()).toBe(0);
  await next(async () => {
    // In one turn: what comes later than a pause is a change of its own.
    writeFileSync(path, 'a');
    rmSync(path);
    writeFileSync(path, 'b');
  });
  expect(changes()).toBe(1);
});

test('a folder that appears later is followed, and so is one that is moved away and back', async () => {
  const home = await makeFolder();
  const folder = join(home, '.kube', 'more');
  const path = join(folder, 'config');
  const { next } = follow(path);
  await next(() => mkdir(join(home, '.kube')));
  await next(() => mkdir(folder));
  await next(() => writeFile(path, 'a'));
  await next(() => writeFile(path, 'b'));
  await next(() => rename(folder, join(home, 'away')));
  await next(() => rename(join(home, 'away'), folder));
  await next(() => writeFile(path, 'c'));
});

test('a mounted secret that is switched by its ..data link is told', async () => {
  const mount = await makeFolder();
  for (const version of ['..1', '..2']) {
    await mkdir(join(mount, version));
    await writeFile(join(mount, version, 'config'), version);
  }
  await symlink('..1', join(mount, '..data'));
  await symlink(join('..data', 'config'), join(mount, 'config'));
  const { next } = follow(join(mount, 'config'));
  await symlink('..2', join(mount, '..data_tmp'));
  await next(() => rename(join(mount, '..data_tmp'), join(mount, '..data')));
  await next(() => writeFile(join(mount, '..2', 'config'), 'changed'));
});

test('a link into another folder is followed there, and a link to itself nowhere', async () => {
  const [folder, elsewhere] = [await makeFolder(), await makeFolder()];
  await symlink(join(elsewhere, 'real'), join(folder, 'config'));
  await symlink('circle', join(folder, 'circle'));
  const { next } = follow(join(folder, 'config'), join(folder, 'circle'));
  await next(() => writeFile(join(elsewhere, 'real'), 'a'));
  await next(() => rm(join(folder, 'circle')));
});

test('after its end nothing is told', async () => {
  const folder = await makeFolder();
  const path = join(folder, 'config');
  let changes = 0;
  const stop = watchFiles([path], () => {
    changes += 1;
  });
  const { next } = follow(path);
  await next(async () => {
    await writeFile(path, 'a');
    stop();
  });
  expect(changes).toBe(0);
});
