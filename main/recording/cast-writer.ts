import type { AppError } from '../base/errors.ts';
import type { Event } from '../base/event.ts';
import type { RecordingEnd, TerminalSize } from './recording.ts';

/**
 * Appends one session to one cast (asciicast v2). All times are monotonic microseconds of the same clock
 * (`Clock.nowMicros`); the first event's zero is the writer's creation.
 */
export interface CastWriter {
  readonly recordingId: string;
  /** Absolute path of the cast. */
  readonly path: string;
  /**
   * Takes output into the write queue, in order; resolves at once while the queue is below its limit, else
   * when it has room again. Rejects with the failure (`disk-full`, `recording-failed`) once writing has failed.
   */
  output(bytes: Uint8Array, nowMicros: number): Promise<void>;
  resize(size: TerminalSize, nowMicros: number): Promise<void>;
  marker(label: string, nowMicros: number): Promise<void>;
  /** Size of the file plus what is queued. */
  readonly bytes: number;
  /** Everything taken so far is in the file, for other readers of it; resolves with the file's length. */
  flush(): Promise<number>;
  /** Bytes of a character that is not complete yet: taken, but in no line of the file. */
  undecodedTail(): Uint8Array;
  /** Writes what is queued, the exit event where there is one, syncs, closes, and settles the sidecar. Idempotent. */
  close(end: RecordingEnd, nowMicros: number): Promise<void>;
  /** Fires once when writing fails; what is in the file by then ends on a line boundary. */
  readonly onFailed: Event<AppError>;
}
