/** Records of sessions: of one that may be live, and of those at rest. */
import type { ProblemInfo, TerminalSize } from './contract.ts';

export type RecordingState =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'recording';
      readonly recordingId: string;
      readonly startedAtMs: number;
      readonly bytes: number;
      /** Bytes of output that are missing in it, because the disk did not take them; their places are marked. */
      readonly lostBytes: number;
      /** Why the disk takes nothing now; it is tried again. */
      readonly trouble?: ProblemInfo;
    }
  | {
      readonly kind: 'stored';
      readonly recordingId: string;
      readonly bytes: number;
      readonly lostBytes: number;
    }
  | { readonly kind: 'failed'; readonly recordingId?: string; readonly problem: ProblemInfo };

/** Whether a recording is what was recorded; `intact` alone is all well. */
export interface RecordingVerification {
  readonly recordingId: string;
  readonly verdict: 'intact' | 'recovered' | 'live' | 'damaged' | 'altered' | 'foreign' | 'unsealed';
  readonly reason: string;
  /** The first block that is not what was written. */
  readonly badBlock?: { readonly index: number; readonly fromByte: number; readonly toByte: number };
  readonly keyId?: string;
  /** Unix milliseconds. */
  readonly signedAtMs?: number;
}

export interface RecordingInfo {
  readonly recordingId: string;
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  /** Of the debug container or the node shell's pod, where it ran in one. */
  readonly image?: string;
  /** The node that it was root of. */
  readonly node?: string;
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
  readonly state: 'live' | 'closed' | 'cut' | 'recovered' | 'damaged' | 'unreadable';
  readonly exitCode?: number;
  /** Bytes of output that the disk did not take; absent where there are none. */
  readonly lostBytes?: number;
  /** How it ended where that was not an exit; for `unreadable`, why. */
  readonly note?: string;
  /** Absolute path of the cast. */
  readonly path: string;
}
