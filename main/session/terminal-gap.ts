import type { AppError } from '../base/errors.ts';

/** The marker where the connection went away, in the record and on the screen. */
export function describeLoss(lost: AppError): string {
  return `connection lost: ${lost.detail ?? lost.message}`;
}

/** The marker where a new shell begins. Wall time: while a laptop sleeps, no other clock may run. */
export function describeGap(gapMs: number): string {
  return `reconnected after ${describeDuration(Math.max(0, gapMs))}, in a new shell`;
}

/** The marker where a recording was paused by its user. */
export const PAUSE_LABEL: string = 'recording paused';

/** The marker where it goes on, or ends. Wall time, as above. */
export function describePause(how: 'resumed' | 'ended', pauseMs: number, bytes: number): string {
  const count = bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const lasted = describeDuration(Math.max(0, pauseMs));
  return `recording ${how === 'resumed' ? 'resumed after' : 'ended while paused for'} ${lasted}, ${count} not on record`;
}

/** The marker from which on the recording is at no recorder; `graceSeconds`: after them the session ends for it. */
export function describeUndelivered(
  { message }: Pick<AppError, 'message'>,
  { isStart, graceSeconds }: { readonly isStart: boolean; readonly graceSeconds?: number },
): string {
  const since = isStart ? 'no recorder takes this session' : 'not on record at a recorder from here';
  const end = graceSeconds === undefined ? '' : `; this session ends in ${graceSeconds} s`;
  return `${since}: ${message}${end}`;
}

function describeDuration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

/**
 * What the lost program would have sent before it ended, so that the new shell's prompt does not stand in the
 * editor's screen, invisible or reported to by the mouse. The cursor is saved first, since leaving the alternate
 * screen restores it: on the normal screen it stays where it is.
 */
export const LEAVE_PROGRAM: Uint8Array = new TextEncoder().encode(
  [
    '\x1b7\x1b[?1049l',
    // DECSTR: attributes, margins, insert mode, the hidden cursor.
    '\x1b[!p',
    // Application keys, mouse reports, focus reports, bracketed paste.
    '\x1b[?1l\x1b>',
    '\x1b[?9l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1005l\x1b[?1006l\x1b[?1015l',
    '\x1b[?1004l\x1b[?2004l',
    '\r\n',
  ].join(''),
);
