/** A session's end and its recording in words. */
import type { ProblemInfo, RecordingState, SessionInfo, SessionState } from '../../preload/contract.ts';
import { formatBytes, formatClock, formatDuration } from '../ui/format.ts';
import { sentence } from '../ui/messages.tsx';
import type { DotShape, Tone } from '../ui/status-dot.tsx';
import { describeDelivery } from './delivery-words.ts';

export interface EndWords {
  readonly title: string;
  /** More than the title says, where nothing failed. */
  readonly line?: string;
  readonly problem?: ProblemInfo;
  readonly tone: Tone;
  readonly shape: DotShape;
}

/** Undefined while it has not ended. */
export function describeEnd(session: SessionInfo): EndWords | undefined {
  const { state } = session;
  if (state.kind !== 'ended') return undefined;
  const { end, startedAtMs, endedAtMs } = state;
  const lasted = startedAtMs === undefined ? '' : ` after ${formatDuration(endedAtMs - startedAtMs)}`;
  switch (end.kind) {
    case 'exited':
      return {
        title: `The shell ended${lasted}, exit code ${end.exitCode}`,
        ...(end.note === undefined ? signalLine(end.exitCode) : { line: sentence(end.note) }),
        tone: 'quiet',
        shape: 'ring',
      };
    case 'closed':
      return { title: `Closed${lasted}`, tone: 'quiet', shape: 'ring' };
    case 'failed':
      return {
        title: describeFailedEnd(end.problem, startedAtMs === undefined ? undefined : lasted),
        problem: end.problem,
        tone: 'lost',
        shape: 'cross',
      };
  }
}

/** `lasted` is undefined where it never was live. */
function describeFailedEnd({ code }: ProblemInfo, lasted: string | undefined): string {
  if (lasted === undefined) return 'The shell did not open';
  return code === 'delivery-required' ? `The shell was ended${lasted}` : `The shell was lost${lasted}`;
}

/** `Attempt 3 in 8 s`, `Attempt 3, now`. */
export function describeTry(
  { attempt, nextTryAtMs }: SessionState & { kind: 'reconnecting' },
  nowMs: number,
): string {
  // Rounded up: it counts 3, 2, 1 and never shows a try that is 0 s away.
  const seconds = Math.ceil((nextTryAtMs - nowMs) / 1_000);
  return seconds > 0 ? `Attempt ${attempt} in ${formatDuration(seconds * 1_000)}` : `Attempt ${attempt}, now`;
}

export interface RecordingWords {
  readonly shape: DotShape;
  readonly tone: Tone;
  /** `REC`, `Recorded`, `Not recorded`. */
  readonly word: string;
  /** After the word: where it is on record too, `at vault`. */
  readonly place?: string;
  /** Time and size, in figures. */
  readonly figures: string;
  /** The whole of it for a tooltip and a screen reader. */
  readonly sentence: string;
}

/** What is asked of a session to tell how its record stands. */
export type RecordedSession = Pick<SessionInfo, 'recording' | 'state'>;

/** Undefined while there is nothing to say: a session that is still opening is not recorded yet. */
export function describeRecording(session: RecordedSession, nowMs: number): RecordingWords | undefined {
  const { recording } = session;
  switch (recording.kind) {
    case 'recording':
      if (recording.trouble) return describeTrouble(recording.trouble, recording.lostBytes);
      return recording.pausedAtMs === undefined
        ? describeRunning(recording, nowMs)
        : describePaused(nowMs - recording.pausedAtMs);
    case 'stored': {
      const size = formatBytes(recording.bytes);
      const missing = describeMissing(recording.lostBytes);
      const delivery = recording.delivery && describeDelivery(recording.delivery, false, nowMs);
      const what = missing
        ? `Recorded, ${size}; ${missing} where the disk took nothing`
        : `Recorded, ${size}`;
      return {
        shape: 'ring',
        tone: missing ? 'owed' : 'quiet',
        ...delivery?.look,
        word: delivery?.word ?? 'Recorded',
        ...(delivery?.place !== undefined && { place: delivery.place }),
        figures: missing ? `${size}, ${missing}` : size,
        sentence: delivery ? `${what}. ${delivery.sentence}` : what,
      };
    }
    case 'failed':
      return describeFailure(recording);
    case 'off':
      return {
        shape: 'ring',
        tone: 'owed',
        word: 'Not recorded',
        figures: '',
        sentence: `Not recorded. ${recording.reason}`,
      };
    case 'none':
      return describeNone(session);
  }
}

function describeRunning(
  { startedAtMs, bytes, lostBytes, inputOn, delivery: delivered }: RecordingState & { kind: 'recording' },
  nowMs: number,
): RecordingWords {
  const clock = formatClock(nowMs - startedAtMs);
  const size = formatBytes(bytes);
  const missing = describeMissing(lostBytes);
  const delivery = delivered && describeDelivery(delivered, true, nowMs);
  const rest = delivery ? `. ${delivery.sentence}` : '';
  return {
    shape: 'full',
    tone: missing ? 'owed' : 'live',
    ...delivery?.look,
    word: delivery?.word ?? (inputOn ? 'REC + input' : 'REC'),
    ...(delivery?.place !== undefined && { place: delivery.place }),
    figures: `${clock} ${size}`,
    sentence: `Being recorded${inputOn ? ', with what is typed,' : ''} for ${clock}, ${size} so far${missing && `; ${missing}`}${rest}`,
  };
}

function describePaused(pauseMs: number): RecordingWords {
  const clock = formatClock(pauseMs);
  return {
    shape: 'ring',
    tone: 'owed',
    word: 'Paused',
    figures: clock,
    sentence: `Recording is paused for ${clock}: what is shown now is not on record`,
  };
}

function describeTrouble(trouble: ProblemInfo, lostBytes: number): RecordingWords {
  if (trouble.code === 'recording-required') {
    return {
      shape: 'half',
      tone: 'lost',
      word: 'Waiting for the disk',
      figures: '',
      sentence: explain(trouble),
    };
  }
  const missing = describeMissing(lostBytes);
  return {
    shape: 'half',
    tone: 'lost',
    word: 'REC held up',
    figures: missing,
    sentence: `Not all of it is on record. ${explain(trouble)} The disk is tried again every second.`,
  };
}

/** Empty where nothing is. */
function describeMissing(lostBytes: number): string {
  return lostBytes === 0 ? '' : `${formatBytes(lostBytes)} missing`;
}

function explain({ message, hint }: ProblemInfo): string {
  return [message, hint].flatMap((text) => (text ? [sentence(text)] : [])).join(' ');
}

function describeFailure(recording: RecordingState & { kind: 'failed' }): RecordingWords {
  const why = explain(recording.problem);
  return {
    shape: 'cross',
    tone: 'lost',
    word: 'Not recorded',
    figures: '',
    sentence: `Not recorded. ${why}`,
  };
}

function describeNone({ state }: RecordedSession): RecordingWords | undefined {
  if (state.kind === 'opening') return undefined;
  if (state.kind === 'ended' && state.startedAtMs === undefined) return undefined;
  return { shape: 'cross', tone: 'lost', word: 'Not recorded', figures: '', sentence: 'Not recorded' };
}

/** Shells report a program's death by signal n as 128 + n. */
function signalLine(exitCode: number): { readonly line?: string } {
  const name = SIGNALS.get(exitCode - 128);
  return name === undefined ? {} : { line: `${exitCode} is how shells report ${name}.` };
}

const SIGNALS: ReadonlyMap<number, string> = new Map([
  [1, 'a hang-up (SIGHUP)'],
  [2, 'an interrupt, such as Ctrl+C (SIGINT)'],
  [3, 'a quit (SIGQUIT)'],
  [6, 'an abort (SIGABRT)'],
  [9, 'a kill, such as for want of memory (SIGKILL)'],
  [11, 'a bad memory access (SIGSEGV)'],
  [13, 'a broken pipe (SIGPIPE)'],
  [15, 'a request to end (SIGTERM)'],
]);
