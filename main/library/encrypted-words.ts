import { toAppError } from '../base/errors.ts';
import { readWords } from '../recording/annotation.ts';
import type { Words } from '../recording/annotation-file.ts';
import type { DecryptionKeys } from '../recording/encryption/decryption-keys.ts';
import type { Recording, StoredRecording } from './recording.ts';

/** The words about encrypted recordings: decrypted, they are in memory only. */
export interface EncryptedWords {
  /** Reads those of a row, where a key opens them. Never rejects. */
  learn(recording: StoredRecording): Promise<void>;
  /** All are to be learnt again: the keys are others. */
  clear(): void;
  /** The row as a caller is told it. */
  present(recording: StoredRecording): Recording;
}

interface LearntWords {
  /** What was decrypted. */
  readonly encryptedWords: string;
  readonly known: Pick<Recording, 'tags' | 'comment' | 'annotationProblem'>;
}

export function createEncryptedWords(keys: Pick<DecryptionKeys, 'decrypt'> | undefined): EncryptedWords {
  const learnt = new Map<string, LearntWords>();

  return {
    async learn({ recordingId, encryptedWords, encryptedTo }) {
      if (encryptedWords === undefined) learnt.delete(recordingId);
      else if (learnt.get(recordingId)?.encryptedWords !== encryptedWords) {
        const known = await describeWords(readWords(keys, encryptedTo ?? [], encryptedWords));
        learnt.set(recordingId, { encryptedWords, known });
      }
    },
    clear: () => learnt.clear(),
    present(recording) {
      if (recording.encryptedWords === undefined) return recording;
      const { encryptedWords: _, ...told } = recording;
      return { ...told, ...learnt.get(told.recordingId)?.known };
    },
  };
}

/** Without a key nobody knows them, which the row's lock tells already. */
async function describeWords(reading: Promise<Words>): Promise<LearntWords['known']> {
  try {
    const { tags, comment } = await reading;
    return { ...(tags && { tags }), ...(comment !== undefined && { comment }) };
  } catch (thrown) {
    const { code, message } = toAppError(thrown);
    return code === 'recording-locked' ? {} : { annotationProblem: message };
  }
}
