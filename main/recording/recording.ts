/** What we know about a recording besides its cast: the sidecar `ID.json` beside `ID.cast`. */
export interface RecordingDetails {
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
}

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

/** How the recorded command ended, as far as we know. */
export type RecordingEnd =
  | { readonly kind: 'exited'; readonly exitCode: number }
  /** The user closed the session. */
  | { readonly kind: 'closed' }
  /** Lost or failed; one sentence for people. */
  | { readonly kind: 'failed'; readonly note: string };

/** The program that writes a recording: enough to tell later whether it still does. */
export interface RecordingOwner {
  readonly hostName: string;
  readonly processId: number;
  /** Unix milliseconds: process ids are used again. */
  readonly processStartedAtMs: number;
}

export interface Sidecar {
  readonly version: 1;
  readonly id: string;
  readonly details: RecordingDetails;
  readonly size: TerminalSize;
  /** Unix milliseconds. */
  readonly startedAtMs: number;
  readonly state:
    | { readonly kind: 'live'; readonly owner: RecordingOwner }
    | {
        readonly kind: 'closed';
        readonly durationMicros: number;
        readonly bytes: number;
        /** Of output that the disk did not take; their places are marked, but for those at the end. */
        readonly lostBytes: number;
        /** Of output that are no UTF-8; U+FFFD stands for each run of them. */
        readonly invalidBytes: number;
        readonly end: RecordingEnd;
      };
}
