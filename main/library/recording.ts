import type { TerminalSize } from '../base/terminal-size.ts';
import type { RecordingFacts } from '../recording/recording-facts.ts';

export const RECORDING_STATES = ['live', 'closed', 'cut', 'recovered', 'damaged', 'unreadable'] as const;

/** One row of the library. */
export interface Recording extends RecordingFacts {
  readonly recordingId: string;
  /** Empty where nobody knows, as in casts of other programs; so are the four below. */
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  /** Unix milliseconds. */
  readonly startedAtMs: number;
  /** Up to the last event written. */
  readonly durationMicros: number;
  /** Of the cast file. */
  readonly bytes: number;
  readonly size: TerminalSize;
  /**
   * `cut`: its writer died, and nobody has mended it yet. `recovered`: it was mended. `damaged`: lines within it
   * cannot be read. `unreadable`: a row that says so.
   */
  readonly state: (typeof RECORDING_STATES)[number];
  readonly exitCode?: number;
  /** Bytes of output that the disk did not take; absent where there are none. */
  readonly lostBytes?: number;
  /** Bytes of output that are no UTF-8, and U+FFFD in the cast; absent where there are none or nobody counted. */
  readonly invalidBytes?: number;
  /** Bytes of output that came while recording was paused; absent where none did. */
  readonly pausedBytes?: number;
  /** How it ended where that was not an exit; for `unreadable`, why. */
  readonly note?: string;
  /** The age recipients that can read it; absent where everybody can. */
  readonly encryptedTo?: readonly string[];
  /** It is encrypted, and none of the keys of this home opens it. Never stored: keys come and go. */
  readonly isLocked?: true;
  /** What the user calls it; absent where there are none, or where no key opens them. So is the next. */
  readonly tags?: readonly string[];
  /** The user's words about it. */
  readonly comment?: string;
  /** It is kept, whatever the rules of retention say. */
  readonly isPinned?: true;
  /** Why its tags, comment and pin are not known though there may be some: the file with them is none of ours. */
  readonly annotationProblem?: string;
  /** It has not been delivered to a recorder yet. Never stored; so is the next. */
  readonly isOwed?: true;
  /** A recorder has confirmed it. */
  readonly isDelivered?: true;
  /** Absolute path of the cast. */
  readonly path: string;
}

/** As the index keeps it: no words of an encrypted recording stand in it in the clear. */
export interface StoredRecording extends Recording {
  /** Its tags and comment: an age file, in base64. */
  readonly encryptedWords?: string;
}
