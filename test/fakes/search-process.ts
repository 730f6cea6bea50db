/**
 * A program of its own that reads recordings for the search: `node search-process.ts FOLDER CACHE [WORKER]`. Ends once
 * all of them are stored.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createSystemClock } from '../../main/base/clock.ts';
import { createLifetime } from '../../main/base/lifetime.ts';
import { createLog } from '../../main/base/log.ts';
import { openLibrary } from '../../main/library/library.ts';
import { openSearch } from '../../main/search/search.ts';

const [, , folder = '', cacheFolder = '', worker = '../../main/search/search-worker.ts'] = process.argv;
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
const workerUrl = new URL(worker, import.meta.url);
// Between any two outputs whatever else the thread has to do gets its turn.
const pace = { workMs: 0, restMs: 0 };
const search = await openSearch({ log, library, cacheFolder, workerUrl, pace }, life);
while (search.waiting > 0) await sleep(5);
await life.end();
