import { AppError, toAppError } from '../base/errors.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import type { DebugWish } from '../exec/debug-shells.ts';
import type { ExecEnd } from '../exec/exec-stream.ts';
import type { OpenedShell } from '../exec/shell.ts';
import type { PolicyAnswer } from '../policy/policy.ts';
import { LONGEST_REASON, toLabel } from '../recording/label.ts';
import type { RecordingDetails, RecordingEnd } from '../recording/recording.ts';
import type { ReconnectWait } from './reconnection.ts';
import type { RecordingState } from './recording-state.ts';
import type { ShellPlace } from './shell-terms.ts';

/** What to open. */
export interface ShellTarget {
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  /** Absent: the pod's default container. */
  readonly container?: string;
  /** Absent: the best shell that the image has. */
  readonly command?: readonly string[];
  /** The shell is one of a debug container of this image, which looks at `container`. */
  readonly debug?: DebugWish;
  /** The shell is root of this node, by a pod of this image; once it is open, `pod` is that one's name. */
  readonly node?: { readonly name: string; readonly image: string };
  /** Why it is opened, for the record. */
  readonly reason?: string;
}

/** As the policy is asked about it. A container that is added to the pod is asked about as the one it looks at. */
export function toPlace({ context, namespace, pod, container, node }: ShellTarget): ShellPlace {
  if (node) return { context, namespace, pod: `node/${node.name}` };
  return { context, namespace, pod, ...(container ? { container } : {}) };
}

/** Of its recording, which names the container that it runs in: of a debug container that is not the one shown. */
export function toDetails(
  sessionId: string,
  { context, namespace, pod, reason }: SessionSnapshot['target'],
  { container, command, facts }: OpenedShell,
): RecordingDetails {
  const why = reason === undefined ? {} : { reason: toLabel(reason, LONGEST_REASON) };
  return { context, namespace, pod, container, command, ...facts, sessionId, hasTty: true, ...why };
}

/** Whether a lost shell may be opened anew by itself: a command may do harm twice, as may another container. */
export function isReopenable({ command, debug, node }: ShellTarget): boolean {
  return !command && !debug && !node;
}

export type SessionState =
  /** `note`: what it waits for, where that takes long. */
  | { readonly kind: 'opening'; readonly note?: string }
  | { readonly kind: 'live'; readonly startedAtMs: number }
  /** The connection is lost; a new shell is opened in its place. */
  | ({
      readonly kind: 'reconnecting';
      readonly startedAtMs: number;
      readonly lostAtMs: number;
    } & ReconnectWait)
  | {
      readonly kind: 'ended';
      readonly startedAtMs?: number;
      readonly endedAtMs: number;
      readonly end: SessionEnd;
    };

export type SessionEnd =
  | { readonly kind: 'exited'; readonly exitCode: number; readonly note?: string }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly error: AppError };

export interface SessionSnapshot {
  readonly sessionId: string;
  readonly target: ShellTarget & { readonly container: string };
  readonly size: TerminalSize;
  readonly state: SessionState;
  readonly recording: RecordingState;
  /** What holds for it by the policy; absent until that was asked. */
  readonly answer?: PolicyAnswer;
  readonly viewers: number;
}

/** The connection broke off; what ran in it may be gone or not. All other ends are ends. */
export function isBroken(end: ExecEnd): end is ExecEnd & { readonly kind: 'lost' } {
  return end.kind === 'lost' && end.error.code === 'connection-lost';
}

export function toSessionEnd(end: ExecEnd): SessionEnd {
  switch (end.kind) {
    case 'exited':
    case 'closed':
      return end;
    case 'failed':
    case 'lost':
      return { kind: 'failed', error: end.error };
  }
}

/** As the sidecar tells it. */
/** A shell that was closed has not failed, unless it was closed because we have: then what it says of that is not why. */
export function toToldEnd(end: SessionEnd, closing: AbortSignal): SessionEnd {
  if (!closing.aborted) return end;
  const reason = toAppError(closing.reason);
  if (reason.code !== 'cancelled') return { kind: 'failed', error: reason };
  return end.kind === 'failed' ? { kind: 'closed' } : end;
}

export function toRecordingEnd(end: SessionEnd): RecordingEnd {
  return end.kind === 'failed' ? { kind: 'failed', note: end.error.message } : end;
}

export function createEndedError(pod: string): AppError {
  return new AppError('session-ended', `the shell in ${pod} has ended`);
}

export function createReconnectingError(pod: string): AppError {
  return new AppError(
    'session-reconnecting',
    `the connection to ${pod} is lost; what is typed now is not sent`,
  );
}
