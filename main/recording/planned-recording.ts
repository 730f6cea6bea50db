import { resolve } from 'node:path';
import { nameCast } from './cast-path.ts';
import type { RecordingSource } from './recording.ts';
import { makeRecordingId } from './recording-id.ts';

/** A recording that somebody is told of before it begins; it keeps to this then. */
export interface PlannedRecording {
  readonly recordingId: string;
  /** Absolute, of the cast that it will have. */
  readonly path: string;
  /** The age recipients that it is for. */
  readonly encryptTo: readonly string[];
  /** As `RecordingDetails.source`. */
  readonly source?: RecordingSource;
}

export function planRecording(
  folder: string,
  { nowMs, encryptTo, source }: Pick<PlannedRecording, 'encryptTo' | 'source'> & { readonly nowMs: number },
): PlannedRecording {
  const recordingId = makeRecordingId(nowMs);
  const path = resolve(folder, nameCast(recordingId, { isEncrypted: encryptTo.length > 0 }));
  return { recordingId, path, encryptTo, ...(source && { source }) };
}
