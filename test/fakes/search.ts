import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, vi } from 'vitest';
import { createSystemClock } from '../../main/base/clock.ts';
import { createLifetime, type Lifetime } from '../../main/base/lifetime.ts';
import { createLog } from '../../main/base/log.ts';
import { type Library, openLibrary } from '../../main/library/library.ts';
import { type CastEvent, formatEvent, formatHeader } from '../../main/recording/cast/cast.ts';
import { FULL_PACE, openSearch, type Search, type SearchAnswer } from '../../main/search/search.ts';
import { makeCastFolder } from './cast-folder.ts';

export interface SearchPlace {
  readonly folder: string;
  readonly cacheFolder: string;
}

export async function makeSearchPlace(): Promise<SearchPlace> {
  return { folder: await makeCastFolder(), cacheFolder: await makeCastFolder() };
}

export interface OpenedSearch {
  readonly search: Search;
  readonly library: Library;
  /** Waits until all that there is has been read. */
  settle(patienceMs?: number): Promise<unknown>;
  find(text: string, question?: Partial<Parameters<Search['find']>[0]>): Promise<SearchAnswer>;
  /** What was found, as `id: line`. */
  lines(text: string): Promise<string[]>;
  end(): Promise<void>;
}

export const SEARCH_WORKER: URL = new URL('../../main/search/search-worker.ts', import.meta.url);

const lives: Lifetime[] = [];
afterEach(async () => {
  for (const life of lives.splice(0)) await life.end();
});

/** The library of a folder and the search in it, in a thread of its own as ever. */
export async function openTestSearch({ folder, cacheFolder }: SearchPlace): Promise<OpenedSearch> {
  const life: Lifetime = createLifetime('test search');
  lives.push(life);
  const log = createLog({ level: 'silent' });
  const clock = createSystemClock();
  const library = await openLibrary(
    { clock, log, folder, cacheFolder, knownKeyIds: async () => new Set<string>() },
    life,
  );
  const search = await openSearch(
    { log, library, cacheFolder, workerUrl: SEARCH_WORKER, pace: FULL_PACE },
    life,
  );
  const signal = new AbortController().signal;
  const find: OpenedSearch['find'] = (text, question = {}) =>
    search.find({ text, maxRecordings: 50, maxLines: 50, ...question }, { signal });
  return {
    search,
    library,
    settle: (patienceMs = 30_000) => vi.waitUntil(() => search.waiting === 0, { timeout: patienceMs }),
    find,
    async lines(text) {
      const { recordings } = await find(text);
      return recordings.flatMap((one) => one.lines.map((line) => `${one.recordingId}: ${line.text}`));
    },
    end: () => life.end(),
  };
}

/** A cast of another program: these outputs, one a second. */
export async function placeOutputs(
  folder: string,
  recordingId: string,
  outputs: readonly string[],
  startedAtSeconds = 1_700_000_000,
): Promise<string> {
  const events = outputs.map(
    (text, second): CastEvent => ({ kind: 'output', timeMicros: second * 1_000_000, text }),
  );
  const path = join(folder, `${recordingId}.cast`);
  const header = formatHeader({ size: { cols: 80, rows: 24 }, startedAtSeconds });
  await writeFile(path, `${header}${events.map(formatEvent).join('')}`);
  return path;
}
