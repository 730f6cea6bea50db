import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { createEmitter, type Event } from '../base/event.ts';
import type { Lifetime } from '../base/lifetime.ts';
import type { Log } from '../base/log.ts';
import { makePrivateFolder } from '../base/paths.ts';
import { createTurns } from '../base/turns.ts';
import { type CastItem, readCast } from '../recording/cast/cast-reader.ts';
import type { DecryptionKeys } from '../recording/encryption/decryption-keys.ts';
import { type Verification, verifyRecording } from '../recording/integrity/verification.ts';
import { readLaterMarks, withLaterMarks } from '../recording/later-marks.ts';
import { isOwnerAlive } from '../recording/owner.ts';
import type { RecoveryNeeds } from '../recording/recovery.ts';
import { watchFolder } from './folder-watch.ts';
import { openRecordingIndex } from './index.ts';
import type { Recording, StoredRecording } from './recording.ts';
import { type FolderFiles, findRecordingId, isFileName, readRecordingsFolder } from './recordings-folder.ts';
import { createRows, type LibraryChange, type LibraryRecovery, type RecordingUploads } from './rows.ts';
import { createUpkeep, type Upkeep } from './upkeep.ts';

export type { LibraryChange, LibraryRecovery, RecordingUploads } from './rows.ts';

/** All recordings on this machine. The files are the truth: what the index remembers is checked against them. */
export interface Library extends Upkeep {
  /** Newest first, as the files are now. Rejects only where the folder itself cannot be read. */
  list(): Promise<readonly Recording[]>;
  /**
   * The same before each file has been looked at, so that ten thousand are there at once: only what is there is told,
   * what is new or still written is as it is now, the others are as they were. They are looked at next, and what is
   * different is announced.
   */
  recall(): Promise<readonly Recording[]>;
  /** By id, or by the start of one that no other shares. Rejects with `recording-not-found` or `bad-input`. */
  get(idOrPrefix: string): Promise<Recording>;
  /** As `readCast`, with the keys of this home and the markers set later. By its whole id, or the start of one. */
  read(idOrPrefix: string, options: { readonly signal: AbortSignal }): AsyncGenerator<CastItem>;
  /** Reads all of its cast and compares it with what was sealed. By its whole id, or the start of one. */
  verify(idOrPrefix: string, options: { readonly signal: AbortSignal }): Promise<Verification>;
  /**
   * Looks at a recording again and announces what is new, as when it began, grew or ended. Never rejects.
   * Changes by others are found without it, within a second or two.
   */
  refresh(recordingId: string): Promise<void>;
  readonly onChanged: Event<LibraryChange>;
  /** A recording whose writer died was mended, or found damaged. */
  readonly onRecovered: Event<LibraryRecovery>;
}

export interface LibraryNeeds extends Partial<RecoveryNeeds> {
  /** Without them all that is encrypted is locked. */
  readonly keys?: Pick<DecryptionKeys, 'unlock' | 'recipients' | 'decrypt'>;
  readonly clock: Clock;
  readonly log: Log;
  /** With casts and sidecars. */
  readonly folder: string;
  readonly cacheFolder: string;
  /** Whose seals are trusted. */
  knownKeyIds(): Promise<ReadonlySet<string>>;
  /** Without it nothing is owed to recorders. */
  readonly uploads?: RecordingUploads;
  /** Deletes what others made of a recording that was deleted here. Does not reject. */
  forget?(recordingId: string): Promise<void>;
}

/** Looked at in one turn in the background: whoever asks for one recording waits no longer than for these. */
const CHECKED_AT_ONCE = 256;

export async function openLibrary(needs: LibraryNeeds, life: Lifetime): Promise<Library> {
  const { log, clock } = needs;
  const { signal } = life;
  const folder = resolve(needs.folder);
  const recoveryNeeds = { isOwnerAlive, hostName: hostname(), ...needs };
  const changed = createEmitter<LibraryChange>();
  const recovered = createEmitter<LibraryRecovery>();
  const turns = createTurns();
  const queuedRefreshes = new Map<string, Promise<void>>();
  /** Somebody was told rows, and what is different from them is news. */
  let isTold = false;
  /** Since none was under way. */
  let wantedChecks = 0;

  await makePrivateFolder(folder);
  await makePrivateFolder(needs.cacheFolder);
  const index = openRecordingIndex({ log }, join(needs.cacheFolder, 'library.sqlite'));
  const rows = createRows(
    { ...recoveryNeeds, index, folder, onRecovered: (recovery) => recovered.fire(recovery) },
    { signal },
  );
  life.own(() => turns.take(() => index.close()));
  watchFolder({ clock, log }, folder, refreshNamed, { signal });
  if (needs.uploads) life.own(needs.uploads.onStateChanged(tellAgain));

  function announce(changes: readonly LibraryChange[]): void {
    for (const change of changes) changed.fire(change);
  }

  /** What is told of a recording is different, though its files are the same. */
  function tellAgain(recordingId: string): void {
    const recording = isTold ? rows.get(recordingId) : undefined;
    if (recording) changed.fire({ kind: 'put', recording: rows.present(recording) });
  }

  /** Never rejects: what other processes have delivered is not worth the list. */
  async function learnUploads(): Promise<void> {
    try {
      await needs.uploads?.refresh();
    } catch (error) {
      log.warn({ error: String(error) }, 'what is owed to recorders could not be looked at');
    }
  }

  /** Looks at all that there is and was, or at what cannot be told without. */
  async function look(isWanted: (recordingId: string, files: FolderFiles) => boolean): Promise<Recording[]> {
    await learnUploads();
    return turns.take(async () => {
      const files = await readRecordingsFolder(folder);
      const recordingIds = new Set([...files.recordingIds, ...rows.ids()]);
      const changes = await rows.examine(
        recordingIds.values().filter((recordingId) => isWanted(recordingId, files)),
        files,
      );
      // What the first look finds was there before: no news.
      if (isTold) announce(changes);
      isTold = true;
      return rows.list();
    });
  }

  /** Looks at all files, and once more where that was asked for meanwhile. Never rejects. */
  async function check(): Promise<void> {
    wantedChecks += 1;
    if (wantedChecks > 1) return;
    for (let done = 0; done < wantedChecks; ) {
      done = wantedChecks;
      await checkOnce();
    }
    wantedChecks = 0;
  }

  /** A few at a time; announces what is not as it was told. */
  async function checkOnce(): Promise<void> {
    try {
      const files = await readRecordingsFolder(folder);
      const recordingIds = [...files.recordingIds];
      while (recordingIds.length > 0 && !signal.aborted) {
        const some = recordingIds.splice(-CHECKED_AT_ONCE);
        await turns.take(async () => {
          if (!signal.aborted) announce(await rows.examine(some, files));
        });
      }
    } catch (error) {
      if (!signal.aborted)
        log.warn({ folder, error: String(error) }, 'the recordings could not be looked at');
    }
  }

  function refresh(recordingId: string): Promise<void> {
    const queued = queuedRefreshes.get(recordingId);
    if (queued !== undefined) return queued;
    const refreshing = turns.take(async () => {
      queuedRefreshes.delete(recordingId);
      if (signal.aborted || !isFileName(recordingId)) return;
      try {
        announce(await rows.examine([recordingId]));
      } catch (error) {
        log.warn({ recording: recordingId, error: String(error) }, 'a recording could not be looked at');
      }
    });
    queuedRefreshes.set(recordingId, refreshing);
    return refreshing;
  }

  function refreshNamed(names: ReadonlySet<string>): void {
    const ids = new Set([...names].flatMap((name) => findRecordingId(name) ?? []));
    // Not awaited: a refresh does not reject, and the lifetime's last turn comes after it.
    for (const id of ids) void refresh(id);
  }

  async function get(idOrPrefix: string): Promise<Recording> {
    await refresh(idOrPrefix);
    return rows.present(rows.get(idOrPrefix) ?? (await findByPrefix(idOrPrefix)));
  }

  async function find(recordingId: string): Promise<StoredRecording> {
    await refresh(recordingId);
    const recording = rows.get(recordingId);
    if (!recording) throw createNotFoundError(recordingId);
    return recording;
  }

  async function findByPrefix(prefix: string): Promise<StoredRecording> {
    const { recordingIds } = await readRecordingsFolder(folder);
    const matches = recordingIds.filter((recordingId) => prefix !== '' && recordingId.startsWith(prefix));
    if (matches.length > 1) {
      throw new AppError('bad-input', `${matches.length} recordings begin with ${prefix}`, {
        hint: 'Give more of the id.',
      });
    }
    if (matches[0] === undefined) throw createNotFoundError(prefix);
    return find(matches[0]);
  }

  async function touch(recordingId: string): Promise<void> {
    await turns.take(() => rows.distrust(recordingId));
    await refresh(recordingId);
  }

  return {
    list: () => look(() => true),
    async recall() {
      const listed = await look((recordingId, files) => !rows.isAtRest(recordingId, files));
      // Not awaited: it ends with the lifetime's signal and does not reject.
      void check();
      return listed;
    },
    get,
    ...createUpkeep({ ...needs, keys: needs.keys, find, touch, present: rows.present, forget: needs.forget }),
    async *read(idOrPrefix, { signal: aborted }) {
      const { path } = await get(idOrPrefix);
      const marks = await readLaterMarks(needs, path);
      yield* withLaterMarks(readCast(path, { keys: needs.keys, signal: aborted }), marks);
    },
    async verify(idOrPrefix, options) {
      const { path } = await get(idOrPrefix);
      const knownKeyIds = await needs.knownKeyIds();
      return verifyRecording({ ...recoveryNeeds, knownKeyIds }, path, options);
    },
    refresh,
    onChanged: changed.event,
    onRecovered: recovered.event,
  };
}

function createNotFoundError(recordingId: string): AppError {
  return new AppError('recording-not-found', `there is no recording ${recordingId}`, {
    hint: 'It may have been deleted; the list shows those that there are.',
  });
}
