import type { TerminalSize } from '../recording/recording.ts';

export const RECORDING_STATES = ['live', 'closed', 'cut', 'recovered', 'damaged', 'unreadable'] as const;

/** One row of the library. */
export interface Recording {
  readonly recordingId: string;
  /** Empty where nobody knows, as in casts of other programs; so are the four below. */
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
  readonly state: (typeof RECORDING_STATES)[number];
  readonly exitCode?: number;
  /** Bytes of output that the disk did not take; absent where there are none. */
  readonly lostBytes?: number;
  /** How it ended where that was not an exit; for `unreadable`, why. */
  readonly note?: string;
  /** Absolute path of the cast. */
  readonly path: string;
}
