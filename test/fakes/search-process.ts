/**
 * A program of its own that reads recordings for the search: `node search-process.ts FOLDER CACHE`. Prints a line once
 * something of them is stored, and another when all is.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSystemClock } from '../../main/base/clock.ts';
import { createLifetime } from '../../main/base/lifetime.ts';
import { createLog } from '../../main/base/log.ts';
import { openLibrary } from '../../main/library/library.ts';
import { FULL_PACE, openSearch } from '../../main/search/search.ts';
import { openTextStore } from '../../main/search/text-store.ts';

const [, , folder = '', cacheFolder = ''] = process.argv;
const life = createLifetime('search process');
const log = createLog({ level: 'silent' });
const needs = {
  clock: createSystemClock(),
  log,
  folder,
  cacheFolder,
  knownKeyIds: async () => new Set<string>(),
};
const library = await openLibrary(needs, life);
const workerUrl = new URL('../../main/search/search-worker.ts', import.meta.url);
const search = await openSearch({ log, library, cacheFolder, workerUrl, pace: FULL_PACE }, life);

const store = openTextStore(join(cacheFolder, 'screen-text.sqlite'), (error) => {
  throw error;
});
let hasTold = false;
while (search.waiting > 0) {
  if (!hasTold && store.recordingIds().length > 0) {
    hasTold = true;
    process.stdout.write('some\n');
  }
  await sleep(5);
}
store.close();
process.stdout.write('all\n');
await life.end();
