import type { Event } from '../base/event.ts';
import type { Log } from '../base/log.ts';
import type { DecryptionKeys } from '../recording/encryption/decryption-keys.ts';
import { type Recovery, type RecoveryNeeds, recoverOrphan } from '../recording/recovery.ts';
import { createEncryptedWords } from './encrypted-words.ts';
import type { IndexEntry, RecordingIndex } from './index.ts';
import { describeRecording, type FileStamp, findCast, isSettled, stampRecording } from './library-file.ts';
import { createLocks } from './locks.ts';
import type { Recording, StoredRecording } from './recording.ts';
import type { FolderFiles } from './recordings-folder.ts';

export type LibraryChange =
  | { readonly kind: 'put'; readonly recording: Recording }
  | { readonly kind: 'removed'; readonly recordingId: string };

/** What recorders are owed, and what they have. */
export interface RecordingUploads {
  isOwed(recordingId: string): boolean;
  isDelivered(recordingId: string): boolean;
  /** Learns what other processes have changed. */
  refresh(): Promise<void>;
  /** One of both is different for this recording. */
  readonly onStateChanged: Event<string>;
}

export interface LibraryRecovery {
  readonly recordingId: string;
  readonly recovery: Recovery;
}

/** What is known of the recordings in a folder; only one examination of it may be under way. */
export interface RecordingRows {
  /** Newest first, as they were when they were last examined. */
  list(): Recording[];
  ids(): Iterable<string>;
  /** As the index has it. */
  get(recordingId: string): StoredRecording | undefined;
  /** As a caller is told it. */
  present(recording: StoredRecording): Recording;
  /**
   * Brings rows up to date with their files, mends those whose writer has died, and stores what is new; resolves with
   * that. `files` are those of the folder a moment ago: what is not among them is not asked for. Only an abort rejects.
   */
  examine(recordingIds: Iterable<string>, files?: FolderFiles): Promise<LibraryChange[]>;
  /** Whether the row can be told before its files are looked at: nobody writes them any more, and they are there. */
  isAtRest(recordingId: string, files: FolderFiles): boolean;
  /** The row's files are others, even if they look the same. */
  distrust(recordingId: string): void;
}

export interface RowsNeeds extends RecoveryNeeds {
  readonly log: Log;
  readonly index: RecordingIndex;
  readonly keys?: Pick<DecryptionKeys, 'unlock' | 'recipients' | 'decrypt'>;
  /** Absolute. */
  readonly folder: string;
  readonly uploads?: RecordingUploads;
  onRecovered(recovery: LibraryRecovery): void;
}

/** Files looked at together: enough to keep the disk busy, few enough to leave it to others. */
const PARALLEL_FILES = 16;

export function createRows(needs: RowsNeeds, { signal }: { signal: AbortSignal }): RecordingRows {
  const { log, index, folder } = needs;
  const locks = createLocks({ keys: needs.keys, log });
  const words = createEncryptedWords(needs.keys);
  const entries = new Map<string, IndexEntry>();
  for (const entry of index.load()) entries.set(entry.recording.recordingId, entry);

  function present(recording: StoredRecording): Recording {
    const told = locks.present(words.present(recording));
    const { recordingId } = recording;
    return {
      ...told,
      ...(needs.uploads?.isOwed(recordingId) && { isOwed: true as const }),
      ...(needs.uploads?.isDelivered(recordingId) && { isDelivered: true as const }),
    };
  }

  /** Brings one entry up to date with its files; what is new must then be stored. */
  async function examineOne(
    recordingId: string,
    files: FolderFiles | undefined,
  ): Promise<LibraryChange | undefined> {
    const path = await findCast(folder, recordingId, files);
    const known = entries.get(recordingId);
    const stamp = await stampRecording(path, files);
    if (!stamp) {
      return entries.delete(recordingId) ? { kind: 'removed', recordingId } : undefined;
    }
    // An index that came with a moved home names other paths.
    if (
      known &&
      isSettled(known.recording) &&
      isSameStamp(known.stamp, stamp) &&
      known.recording.path === path
    ) {
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
    const recording = await describeRecording(needs, path, stamp, { signal });
    if (recording.state !== 'cut') return { stamp, recording };
    try {
      const recovery = await recoverOrphan(needs, path, { signal });
      const mended = recovery && (await stampRecording(path));
      if (!recovery || !mended) return { stamp, recording };
      needs.onRecovered({ recordingId, recovery });
      return { stamp: mended, recording: await describeRecording(needs, path, mended, { signal }) };
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

  function store(changes: readonly LibraryChange[]): void {
    const put = changes.flatMap((change) => {
      const entry = change.kind === 'put' ? entries.get(change.recording.recordingId) : undefined;
      return entry && isSettled(entry.recording) ? [entry] : [];
    });
    const removedIds = changes.flatMap((change) => (change.kind === 'removed' ? [change.recordingId] : []));
    index.store(put, removedIds);
  }

  return {
    list: () => [...entries.values()].map(({ recording }) => present(recording)).sort(compareNewestFirst),
    ids: () => entries.keys(),
    get: (recordingId) => entries.get(recordingId)?.recording,
    present,
    async examine(recordingIds, files) {
      const unlocked = (await locks.refresh()) ? await describeEncrypted() : [];
      const changes: LibraryChange[] = [];
      const waiting = recordingIds[Symbol.iterator]();
      await Promise.all(
        Array.from({ length: PARALLEL_FILES }, async () => {
          for (let next = waiting.next(); !next.done; next = waiting.next()) {
            const change = await examineOne(next.value, files);
            if (change) changes.push(change);
          }
        }),
      );
      store(changes);
      return [...unlocked, ...changes];
    },
    isAtRest(recordingId, files) {
      const known = entries.get(recordingId)?.recording;
      return known !== undefined && isSettled(known) && files.has(known.path);
    },
    distrust(recordingId) {
      const entry = entries.get(recordingId);
      // Two changes of the same length within one tick of the file system's clock look the same.
      if (entry) entries.set(recordingId, { ...entry, stamp: { ...entry.stamp, annotationModifiedMs: -1 } });
    },
  };
}

function compareNewestFirst(a: Recording, b: Recording): number {
  return b.startedAtMs - a.startedAtMs || (b.recordingId < a.recordingId ? -1 : 1);
}

function isSameStamp(a: FileStamp, b: FileStamp): boolean {
  return (
    a.castBytes === b.castBytes &&
    a.castModifiedMs === b.castModifiedMs &&
    a.sidecarBytes === b.sidecarBytes &&
    a.sidecarModifiedMs === b.sidecarModifiedMs &&
    a.annotationBytes === b.annotationBytes &&
    a.annotationModifiedMs === b.annotationModifiedMs
  );
}

function isSame(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
