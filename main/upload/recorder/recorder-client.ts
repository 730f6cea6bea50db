import type { AppError } from '../../base/errors.ts';
import type { TerminalSize } from '../../base/terminal-size.ts';
import type { RecorderAddress } from '../../policy/policy.ts';

/** What a recorder is told of a recording beside its bytes. */
export interface DeliverySubject {
  /** Chosen before the recording is begun, where it is delivered while it grows. */
  readonly recordingId: string;
  readonly title: string;
  /** Unix milliseconds. */
  readonly startedAtMs: number;
  readonly size: TerminalSize;
  /** Some or all of it may have arrived before: recorders that can tell deliveries apart are told so. */
  readonly isRepeated: boolean;
  /**
   * Of the cast, where the recording has ended. Who takes recordings only whole looks it through before sending any of
   * it, and refuses to open without it.
   */
  readonly path?: string;
}

/** A cast on its way to one recorder, from its first byte on. Its bytes are those on the disk. */
export interface RecorderUpload {
  readonly recorder: RecorderAddress;
  /** Bytes of the cast that the recorder says it has; undefined where its protocol does not tell. */
  readonly ackedBytes: number | undefined;
  /** Whether it says so only of what is on its disk: an extension of our own recorder. */
  readonly isDurable: boolean;
  /** Why it may be refused all the same, about the recording. */
  readonly warning?: string;
  /** Aborted once it has failed, with an `AppError` as the reason. */
  readonly stopped: AbortSignal;
  /** Waits while the recorder does not read; the bytes may be filled anew after that. Rejects as `stopped`. */
  write(bytes: Uint8Array): Promise<void>;
  /** All of it was written. Resolves when the recorder has confirmed it as a whole, rejects as `stopped`. */
  finish(): Promise<RecorderReceipt>;
  /** Gives it up. What has arrived by then stays there, cut. */
  cancel(): void;
}

/** What a recorder said when it had all of a recording. */
export interface RecorderReceipt {
  readonly bytes: number;
  /** Where it can be seen. */
  readonly url?: string;
  /** The recorder's own words. */
  readonly message?: string;
}

/** One way to one recorder. Everything rejects with an `AppError` of `recorder-error.ts`, or the signal's reason. */
export interface RecorderClient {
  readonly recorder: RecorderAddress;
  /** Whether it takes a cast while it grows, or whole after its end. */
  readonly isLive: boolean;
  /** Whether a recording that has ended can be brought to it. */
  readonly takesLater: boolean;
  /** Asks whether it is there and lets us in. */
  check(options: { readonly signal: AbortSignal }): Promise<void>;
  open(subject: DeliverySubject, options: { readonly signal: AbortSignal }): Promise<RecorderUpload>;
}

/** A recorder that was tried, and why it was of no use. */
export interface DeliveryAttempt {
  readonly recorder: RecorderAddress;
  readonly error: AppError;
}
