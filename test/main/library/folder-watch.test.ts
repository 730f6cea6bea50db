import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../../main/base/log.ts';
import { watchFolder } from '../../../main/library/folder-watch.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { eventually } from '../../fakes/until.ts';

const log = createLog({ level: 'silent' });

function startWatching(folder: string) {
  const clock = createManualClock();
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const told: string[][] = [];
  watchFolder({ clock, log }, folder, (names) => told.push([...names]), controller);
  /** Lets seconds pass until the file has been told of. */
  async function waitFor(name: string): Promise<void> {
    await eventually(async () => {
      await clock.advance(1_000);
      expect(told.flat()).toContain(name);
    });
  }
  return { controller, told, waitFor };
}

test('a file that changes many times a second is told of once or twice', async () => {
  const folder = await makeCastFolder();
  const { told, waitFor } = startWatching(folder);
  const path = join(folder, 'a.cast');
  for (let count = 0; count < 100; count += 1) await appendFile(path, 'x');
  await writeFile(join(folder, 'last'), '');
  await waitFor('last');
  const times = told.filter((names) => names.includes('a.cast')).length;
  expect(times).toBeGreaterThan(0);
  expect(times).toBeLessThan(3);
});

test('changes after one that was told are told as well', async () => {
  const folder = await makeCastFolder();
  const { waitFor } = startWatching(folder);
  await writeFile(join(folder, 'a.cast'), '');
  await waitFor('a.cast');
  await writeFile(join(folder, 'b.cast'), '');
  await waitFor('b.cast');
});

test('nothing is told after the end', async () => {
  const folder = await makeCastFolder();
  const [{ controller, told }, other] = [startWatching(folder), startWatching(folder)];
  controller.abort();
  await writeFile(join(folder, 'a.cast'), '');
  await other.waitFor('a.cast');
  expect(told).toEqual([]);
});

test('a folder that is not there is not watched, and nobody fails', () => {
  expect(startWatching('/nowhere/at/all').told).toEqual([]);
});
