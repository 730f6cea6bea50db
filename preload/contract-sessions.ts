/** Sessions: shells that live, or have ended and are still listed. */
import type { ProblemInfo, ShellTarget, TerminalSize } from './contract.ts';
import type { PolicyAnswer } from './contract-policy.ts';
import type { RecordingState } from './contract-recordings.ts';

export interface SessionInfo {
  readonly sessionId: string;
  readonly target: ShellTarget & { readonly container: string };
  readonly size: TerminalSize;
  readonly state: SessionState;
  readonly recording: RecordingState;
  /** What holds for it from its opening on; absent until that was asked. */
  readonly policy?: PolicyAnswer;
  readonly viewers: number;
}

export type SessionState =
  /** `note`: what it waits for, where that takes long. */
  | { readonly kind: 'opening'; readonly note?: string }
  | { readonly kind: 'live'; readonly startedAtMs: number }
  /** The connection is lost; a new shell is opened in its place. Input is refused meanwhile. */
  | {
      readonly kind: 'reconnecting';
      readonly startedAtMs: number;
      readonly lostAtMs: number;
      /** The first try is 1. */
      readonly attempt: number;
      /** Not later than now while it is trying. */
      readonly nextTryAtMs: number;
      /** What the last try failed with; at first, how the connection was lost. */
      readonly problem: ProblemInfo;
    }
  | {
      readonly kind: 'ended';
      /** Absent where it never was live. */
      readonly startedAtMs?: number;
      readonly endedAtMs: number;
      readonly end: SessionEnd;
    };

export type SessionEnd =
  /** 0 to 255; 128 + n after signal n. */
  | { readonly kind: 'exited'; readonly exitCode: number; readonly note?: string }
  /** The user closed it. */
  | { readonly kind: 'closed' }
  /** It never opened, or it was lost. */
  | { readonly kind: 'failed'; readonly problem: ProblemInfo };
