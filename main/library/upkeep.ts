import type { Clock } from '../base/clock.ts';
import { AppError, systemCode } from '../base/errors.ts';
import { type AnnotationChange, changeAnnotation } from '../recording/annotation.ts';
import type { DecryptionKeys } from '../recording/encryption/decryption-keys.ts';
import { holdRecording } from '../recording/recording-lock.ts';
import { deleteRecordingFiles } from './deletion.ts';
import type { Recording, StoredRecording } from './recording.ts';
import type { RecordingUploads } from './rows.ts';

/** What may be done to recordings at rest: nothing of it touches what is sealed, but for deleting it as a whole. */
export interface Upkeep {
  /** Changes the user's words about recordings, by whole ids, as `changeAnnotation`. None of them is sealed. */
  annotate(recordingIds: readonly string[], change: AnnotationChange): Promise<void>;
  /**
   * Deletes the cast and all that belongs to it or was made of it, by its whole id. A live one is refused with
   * `bad-input`. `isWanted` is asked once nobody can change the recording any more; resolves with its answer.
   */
  remove(recordingId: string, isWanted?: (recording: Recording) => boolean): Promise<boolean>;
}

export interface UpkeepNeeds {
  readonly clock: Clock;
  readonly keys: Pick<DecryptionKeys, 'decrypt'> | undefined;
  /** As it is now, by its whole id. Rejects with `recording-not-found`. */
  find(recordingId: string): Promise<StoredRecording>;
  /** Looks at its files again, even if they look the same, and announces what is new. Does not reject. */
  touch(recordingId: string): Promise<void>;
  present(recording: StoredRecording): Recording;
  readonly uploads?: Pick<RecordingUploads, 'refresh'>;
  /** As `LibraryNeeds.forget`. */
  readonly forget: ((recordingId: string) => Promise<void>) | undefined;
}

export function createUpkeep(needs: UpkeepNeeds): Upkeep {
  const { clock, keys } = needs;

  return {
    async annotate(recordingIds, change) {
      for (const recordingId of recordingIds) {
        const { path, encryptedTo } = await needs.find(recordingId);
        await changeAnnotation({ clock, keys }, path, encryptedTo, change);
        await needs.touch(recordingId);
      }
    },
    async remove(recordingId, isWanted = () => true) {
      const { path } = await needs.find(recordingId);
      const isRemoved = await attemptRemoval(recordingId, () =>
        holdRecording(clock, path, async () => {
          // Somebody may have pinned it meanwhile, or another process may have made it one that is owed.
          await needs.uploads?.refresh();
          const recording = await needs.find(recordingId);
          if (recording.state === 'live') throw createLiveError(recordingId);
          if (!isWanted(needs.present(recording))) return false;
          await deleteRecordingFiles(path);
          return true;
        }),
      );
      await needs.touch(recordingId);
      if (isRemoved) await needs.forget?.(recordingId);
      return isRemoved;
    },
  };
}

function createLiveError(recordingId: string): AppError {
  return new AppError('bad-input', `the recording ${recordingId} is still being written`, {
    hint: 'Close its session first.',
  });
}

async function attemptRemoval<T>(recordingId: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const code = systemCode(cause);
    throw new AppError('recording-failed', `the recording ${recordingId} could not be deleted: ${code}`, {
      cause,
    });
  }
}
