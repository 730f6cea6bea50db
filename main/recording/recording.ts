import type { TerminalSize } from '../base/terminal-size.ts';
import type { RecordingFacts } from './recording-facts.ts';
import type { StderrIntegrity } from './writing/stderr-lines.ts';

/** What we know about a recording besides its cast: the sidecar `ID.json` beside `ID.cast`. */
export interface RecordingDetails extends RecordingFacts {
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  /** Only where a recorder of Tailscale's protocol gets the cast: its header names this, and the command. */
  readonly source?: RecordingSource;
}

/** Who recorded, as such a recorder asks (tailscale, sessionrecording/header.go); a node there is a machine. */
export interface RecordingSource {
  /** Its name, without a dot at the end. */
  readonly node: string;
  readonly nodeId: string;
  readonly userId: number;
  /** As they log in. */
  readonly user: string;
}

/** How the recorded command ended, as far as we know. */
export type RecordingEnd =
  | { readonly kind: 'exited'; readonly exitCode: number; readonly note?: string }
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
  /** The age recipients that can read its cast; absent where everybody can. */
  readonly encryptedTo?: readonly string[];
  /** What recovery took off the end of the cast. */
  readonly cut?: CutEnd;
  /** Of the cast as it was when its writer or recovery was done with it. */
  readonly integrity?: Integrity;
  /** Of the file that tells standard error apart (stderr-lines.ts); absent where there is none. */
  readonly stderr?: StderrIntegrity;
  /** Absent where there was no key to sign with, and while it is live. */
  readonly seal?: Seal;
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
        /** Secrets that were masked, as runs of characters in one line. */
        readonly maskedSpans: number;
        /** Of output that came while recording was paused; absent where none did. */
        readonly pausedBytes?: number;
        /** Of a command without a terminal: what was no text and not recorded; its places are marked. */
        readonly binaryBytes?: number;
        readonly end: RecordingEnd;
      }
    /** Its writer died; its end was mended. */
    | {
        readonly kind: 'recovered';
        /** Unix milliseconds. */
        readonly recoveredAtMs: number;
        readonly durationMicros: number;
        readonly bytes: number;
        readonly end: RecordingEnd;
        /** It is encrypted and the key was not there: its blocks are whole, what they hold was not looked at. */
        readonly isUnread?: true;
      }
    /** Its writer died, and lines within it cannot be read. The cast is as it was found. */
    | {
        readonly kind: 'damaged';
        readonly damagedLines: number;
        /** The first block whose bytes are not those that were written; absent where all are. */
        readonly firstBadBlock?: number;
        readonly durationMicros: number;
        readonly end: RecordingEnd;
      };
}

/** What binds a sidecar to its cast (block-chain.ts). */
export interface Integrity {
  readonly algorithm: 'sha256';
  readonly blockBytes: number;
  /** Length of the cast. */
  readonly bytes: number;
  /** The chain's last hash, in hex. */
  readonly head: string;
}

/** An Ed25519 signature over all else in the sidecar. */
export interface Seal {
  readonly keyId: string;
  readonly publicKeyPem: string;
  /** Unix milliseconds. */
  readonly signedAtMs: number;
  /** Base64. */
  readonly signature: string;
}

/** The start of a line whose end was never written. */
export interface CutEnd {
  /** The bytes themselves, so that nothing is removed without being kept. */
  readonly base64: string;
  /** How many NUL bytes stood behind them, as a power cut may leave. */
  readonly zeros: number;
}
