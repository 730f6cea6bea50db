import { join } from 'node:path';
import type { Lifetime } from './base/lifetime.ts';
import { findThreadFile } from './base/thread-file.ts';
import type { Core } from './compose.ts';
import type { Uploads } from './compose-upload.ts';
import { type Library, openLibrary } from './library/library.ts';
import { createPruning, type Pruning } from './library/pruning.ts';
import type { Signer } from './recording/integrity/seal.ts';
import { type LaterMarks, readLaterMarks } from './recording/later-marks.ts';
import type { RecordingLimits } from './recording/writing/space-guard.ts';
import { createReplayCache } from './replay/replay-cache.ts';
import { openReplays, type Replays } from './replay/replays.ts';
import { createThumbnailCache } from './replay/thumbnail-cache.ts';
import { forgetText } from './search/forget-text.ts';
import { openSearch, type Search } from './search/search.ts';
import type { ReadingPace } from './search/text-reader.ts';
import type { Settings } from './settings/schema.ts';
import { openSettings } from './settings/settings.ts';

export interface LibraryRoomsNeeds
  extends Pick<Core, 'clock' | 'log' | 'paths' | 'signingKeys' | 'decryptionKeys' | 'policy'> {
  signer(): Promise<Signer | undefined>;
  uploads(): Promise<Pick<Uploads, 'store'>>;
}

/** The rooms of recordings at rest. Each is opened at its first use. */
export function createLibraryRooms(
  needs: LibraryRoomsNeeds,
  life: Lifetime,
): Pick<Core, 'library' | 'pruning' | 'search' | 'replays'> {
  const { clock, log, paths, signingKeys, decryptionKeys, signer } = needs;
  const kept = { log, folder: join(paths.cache, 'replay') };
  const replayCache = createReplayCache(kept);
  const thumbnailCache = createThumbnailCache(kept);
  let openingLibrary: Promise<Library> | undefined;
  let openingReplays: Promise<Replays> | undefined;
  let openingSearch: Promise<Search> | undefined;

  /** What was made of it goes with it, also where nobody is there who made it. */
  async function forget(recordingId: string): Promise<void> {
    await replayCache.remove(recordingId);
    await thumbnailCache.remove(recordingId);
    // The thread of the search hears of it by itself.
    if (!openingSearch) await forgetText({ log }, paths.cache, recordingId);
    await (await needs.uploads()).store.forget(recordingId);
  }

  async function startReplays(): Promise<Replays> {
    const laterMarks = (path: string): Promise<LaterMarks> => readLaterMarks(signingKeys, path);
    const caches = { cache: replayCache, thumbnailCache };
    const giveWay = (): void => void openingSearch?.then((search) => search.giveWay());
    return openReplays(
      { log, library: await library(), ...caches, keys: decryptionKeys, laterMarks, giveWay },
      life,
    );
  }

  async function startSearch(pace: ReadingPace): Promise<Search> {
    const searchNeeds = { log, library: await library(), cacheFolder: paths.cache, workerUrl: SEARCH_WORKER };
    return openSearch({ ...searchNeeds, pace }, life);
  }

  async function startLibrary(): Promise<Library> {
    const kept = { folder: paths.recordings, cacheFolder: paths.cache, keys: decryptionKeys };
    const { knownKeyIds } = signingKeys;
    const { store } = await needs.uploads();
    return openLibrary({ clock, log, ...kept, signer, knownKeyIds, uploads: store, forget }, life);
  }

  function library(): Promise<Library> {
    openingLibrary ??= startLibrary();
    return openingLibrary;
  }

  return {
    library,
    async pruning(): Promise<Pruning> {
      return createPruning({
        clock,
        log,
        library: await library(),
        folder: paths.recordings,
        cacheFolder: paths.cache,
        rules: async () =>
          (await openSettings({ file: paths.settingsFile, clock })).current().settings.retention,
        keptDays: needs.policy.keptDays,
        sweep: replayCache.sweep,
      });
    },
    replays() {
      openingReplays ??= startReplays();
      return openingReplays;
    },
    search(pace) {
      openingSearch ??= startSearch(pace);
      return openingSearch;
    },
  };
}

const SEARCH_WORKER = findThreadFile('./search/search-worker.ts', import.meta.url);

export function toRecordingLimits({
  recordingSessionMiB,
  recordingFreeMiB,
  recordingLibraryMiB,
}: Settings): RecordingLimits {
  return {
    sessionBytes: recordingSessionMiB * MIB,
    freeBytes: recordingFreeMiB * MIB,
    libraryBytes: recordingLibraryMiB * MIB,
  };
}

const MIB = 1024 * 1024;
