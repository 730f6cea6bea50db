import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { createEmitter, type Event } from '../base/event.ts';
import type { Lifetime } from '../base/lifetime.ts';
import type { Log } from '../base/log.ts';
import { makePrivateFolder } from '../base/paths.ts';
import { createTurns } from '../base/turns.ts';
import { type CastItem, readCast } from '../recording/cast-reader.ts';
import type { DecryptionKeys } from '../recording/decryption-keys.ts';
import { readLaterMarks, withLaterMarks } from '../recording/later-marks.ts';
import { isOwnerAlive } from '../recording/owner.ts';
import { type Recovery, type RecoveryNeeds, recoverOrphan } from '../recording/recovery.ts';
import { type Verification, verifyRecording } from '../recording/verification.ts';
import { createEncryptedWords } from './encrypted-words.ts';
import { watchFolder } from './folder-watch.ts';
import { type IndexEntry, openRecordingIndex } from './index.ts';
import { describeRecording, type FileStamp, findCast, isSettled, stampRecording } from './library-file.ts';
import { createLocks } from './locks.ts';
import type { Recording, StoredRecording } from './recording.ts';
import { findRecordingId, isFileName, listRecordingIds } from './recordings-folder.ts';
import { createUpkeep, type Upkeep } from './upkeep.ts';

/** All recordings on this machine. The files are the truth: each answer is checked against them. */
export interface Library extends Upkeep {
  /** Newest first. Rejects only where the folder itself cannot be read. */
  list(): Promise<readonly Recording[]>;
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

export type LibraryChange =
  | { readonly kind: 'put'; readonly recording: Recording }
  | { readonly kind: 'removed'; readonly recordingId: string };

export interface LibraryRecovery {
  readonly recordingId: string;
  readonly recovery: Recovery;
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
  /** Whether a recorder has not got it yet. */
  isOwed?(recordingId: string): boolean;
  /** Deletes what others made of a recording that was deleted here. Does not reject. */
  forget?(recordingId: string): Promise<void>;
}

/** Files looked at together: enough to keep the disk busy, few enough to leave it to others. */
const PARALLEL_FILES = 16;

export async function openLibrary(needs: LibraryNeeds, life: Lifetime): Promise<Library> {
  const { log, clock } = needs;
  const { signal } = life;
  const folder = resolve(needs.folder);
  const recoveryNeeds = { isOwnerAlive, hostName: hostname(), ...needs };
  const changed = createEmitter<LibraryChange>();
  const recovered = createEmitter<LibraryRecovery>();
  const turns = createTurns();
  const locks = createLocks({ keys: needs.keys, log });
  const words = createEncryptedWords(needs.keys);
  const queuedRefreshes = new Map<string, Promise<void>>();
  let isScanned = false;

  await makePrivateFolder(folder);
  await makePrivateFolder(needs.cacheFolder);
  const index = openRecordingIndex({ log }, join(needs.cacheFolder, 'library.sqlite'));
  const entries = new Map<string, IndexEntry>();
  for (const entry of index.load()) entries.set(entry.recording.recordingId, entry);
  life.own(() => turns.take(() => index.close()));
  watchFolder({ clock, log }, folder, refreshNamed, { signal });

  function present(recording: StoredRecording): Recording {
    const told = locks.present(words.present(recording));
    return needs.isOwed?.(recording.recordingId) ? { ...told, isOwed: true } : told;
  }

  /** Brings one entry up to date with its files; what is new must then be stored and announced. */
  async function examine(recordingId: string): Promise<LibraryChange | undefined> {
    const path = await findCast(folder, recordingId);
    const known = entries.get(recordingId);
    const stamp = await stampRecording(path);
    if (!stamp) {
      return entries.delete(recordingId) ? { kind: 'removed', recordingId } : undefined;
    }
    // An index that came with a moved home names other paths.
    if (known && isSettled(known.recording) && isSame(known.stamp, stamp) && known.recording.path === path) {
      return undefined;
    }
    const entry = await describe(recordingId, path, stamp);
    const { recording } = entry;
    entries.set(recordingId, entry);
    await words.learn(recording);
    if (known && isSame(known.recording, recording)) return undefined;
    return { kind: 'put', recording: present(recording) };
  }

  /** Mends it first where its writer has died. */
  async function describe(recordingId: string, path: string, stamp: FileStamp): Promise<IndexEntry> {
    const recording = await describeRecording(recoveryNeeds, path, stamp, { signal });
    if (recording.state !== 'cut') return { stamp, recording };
    try {
      const recovery = await recoverOrphan(recoveryNeeds, path, { signal });
      const mended = recovery && (await stampRecording(path));
      if (!recovery || !mended) return { stamp, recording };
      recovered.fire({ recordingId, recovery });
      return { stamp: mended, recording: await describeRecording(recoveryNeeds, path, mended, { signal }) };
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ recording: recordingId, error: String(error) }, 'a recording could not be mended');
      return { stamp, recording };
    }
  }

  /** What another key opens or no longer opens, though its files are the same. */
  async function describeEncrypted(): Promise<LibraryChange[]> {
    const encrypted = [...entries.values()].filter(({ recording }) => recording.encryptedTo);
    words.clear();
    for (const { recording } of encrypted) await words.learn(recording);
    return encrypted.map(({ recording }) => ({ kind: 'put', recording: present(recording) }));
  }

  async function examineAll(recordingIds: readonly string[]): Promise<LibraryChange[]> {
    const changes: LibraryChange[] = [];
    if (await locks.refresh()) changes.push(...(await describeEncrypted()));
    const waiting = recordingIds.values();
    await Promise.all(
      Array.from({ length: PARALLEL_FILES }, async () => {
        for (const recordingId of waiting) {
          const change = await examine(recordingId);
          if (change) changes.push(change);
        }
      }),
    );
    store(changes);
    return changes;
  }

  function announce(changes: readonly LibraryChange[]): void {
    for (const change of changes) changed.fire(change);
  }

  function store(changes: readonly LibraryChange[]): void {
    const put = changes.flatMap((change) => {
      const entry = change.kind === 'put' ? entries.get(change.recording.recordingId) : undefined;
      return entry && isSettled(entry.recording) ? [entry] : [];
    });
    const removedIds = changes.flatMap((change) => (change.kind === 'removed' ? [change.recordingId] : []));
    index.store(put, removedIds);
  }

  function scan(): Promise<void> {
    return turns.take(async () => {
      const found = await listRecordingIds(folder);
      const changes = await examineAll([...new Set([...found, ...entries.keys()])]);
      // What the first look finds was there before: no news.
      if (isScanned) announce(changes);
      isScanned = true;
    });
  }

  function refresh(recordingId: string): Promise<void> {
    const queued = queuedRefreshes.get(recordingId);
    if (queued !== undefined) return queued;
    const refreshing = turns.take(async () => {
      queuedRefreshes.delete(recordingId);
      if (signal.aborted || !isFileName(recordingId)) return;
      try {
        announce(await examineAll([recordingId]));
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
    const exact = entries.get(idOrPrefix);
    if (exact) return present(exact.recording);
    await scan();
    const matches = [...entries.values()].filter(
      ({ recording }) => idOrPrefix !== '' && recording.recordingId.startsWith(idOrPrefix),
    );
    if (matches.length > 1) {
      throw new AppError('bad-input', `${matches.length} recordings begin with ${idOrPrefix}`, {
        hint: 'Give more of the id.',
      });
    }
    if (!matches[0]) throw createNotFoundError(idOrPrefix);
    return present(matches[0].recording);
  }

  async function find(recordingId: string): Promise<StoredRecording> {
    await refresh(recordingId);
    const recording = entries.get(recordingId)?.recording;
    if (!recording) throw createNotFoundError(recordingId);
    return recording;
  }

  async function touch(recordingId: string): Promise<void> {
    await turns.take(() => {
      const entry = entries.get(recordingId);
      // Two changes of the same length within one tick of the file system's clock look the same.
      if (entry) entries.set(recordingId, { ...entry, stamp: { ...entry.stamp, annotationModifiedMs: -1 } });
    });
    await refresh(recordingId);
  }

  return {
    async list() {
      await scan();
      return [...entries.values()].map(({ recording }) => present(recording)).sort(compareNewestFirst);
    },
    get,
    ...createUpkeep({ clock, keys: needs.keys, find, touch, present, forget: needs.forget }),
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

function compareNewestFirst(a: Recording, b: Recording): number {
  return b.startedAtMs - a.startedAtMs || (b.recordingId < a.recordingId ? -1 : 1);
}

function isSame(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
