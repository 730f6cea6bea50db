import { once } from 'node:events';
import type { Clock } from '../base/clock.ts';
import { AppError, toAppError } from '../base/errors.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import type { PolicyAnswer } from '../policy/policy.ts';
import { DEFAULT_ANSWER } from '../policy/strictest-answer.ts';
import type { CastWriter } from '../recording/cast-writer.ts';
import type { DiskHold } from '../recording/disk-hold.ts';
import type { RecordingDetails, RecordingEnd } from '../recording/recording.ts';
import { toSessionRecord } from './cast-replay.ts';
import { createUnrecordable } from './recording-duty.ts';
import {
  createRecordingMarks,
  type MarkChoices,
  type RecordingDecision,
  type RecordingMarks,
} from './recording-marks.ts';
import type { SessionRecord } from './session-record.ts';
import { describeReason, findReason } from './shell-terms.ts';
import { createUnrecordedTail } from './unrecorded-tail.ts';
import type { ViewerSink } from './viewers.ts';

export type RecordingState =
  | { readonly kind: 'none' }
  /** The policy has it so: nothing is recorded. */
  | { readonly kind: 'off'; readonly reason: string }
  | {
      readonly kind: 'recording';
      readonly recordingId: string;
      readonly startedAtMs: number;
      readonly bytes: number;
      /** Bytes of output that are missing in it; their places are marked. */
      readonly lostBytes: number;
      /** Why the disk takes nothing now; it is tried again. */
      readonly trouble?: AppError;
      /** What is typed is recorded too, as far as the shell echoes it. */
      readonly inputOn?: true;
      /** Since when nothing is recorded, as the user has it; Unix milliseconds. */
      readonly pausedAtMs?: number;
    }
  | {
      readonly kind: 'stored';
      readonly recordingId: string;
      readonly bytes: number;
      readonly lostBytes: number;
    }
  | { readonly kind: 'failed'; readonly recordingId?: string; readonly error: AppError };

/**
 * A session's own record. A disk that refuses does not end the session: its state says so, and what the disk has
 * not taken is still told to windows that are opened later.
 */
export interface SessionRecording {
  readonly state: RecordingState;
  /** Resolves when the record has been taken for writing. Never rejects. */
  take(record: SessionRecord): Promise<void>;
  /**
   * Of a recording that is required. Once it is stopped the session has to end, and what was taken last is not to be
   * shown; nothing is sent before it has room.
   */
  readonly hold: DiskHold | undefined;
  /** On its way to the shell. Nothing of it is kept unless the user has input recorded. Never rejects. */
  typed(bytes: Uint8Array): Promise<void>;
  /** Rejects with `bad-input` where the settings do not allow it, with `recording-failed` where there is no record. */
  decide(decision: RecordingDecision): Promise<void>;
  close(end: RecordingEnd): Promise<void>;
  /** Sends what the cast holds from `offset` (0: the start) on. While nothing is taken, it misses nothing. */
  replay(
    sink: Pick<ViewerSink, 'write'>,
    offset: number,
    options: { signal: AbortSignal },
  ): Promise<Replayed>;
}

export interface Replayed {
  /** After what was sent; where the next one begins. */
  readonly offset: number;
  /** What was taken but stands in no line of the cast, and was not sent. */
  readonly rest: readonly SessionRecord[];
}

export interface SessionRecordingNeeds {
  readonly clock: Clock;
  newCastWriter(
    details: RecordingDetails,
    size: TerminalSize,
    options: { readonly isRequired: boolean; readonly isRedacted: boolean },
  ): Promise<CastWriter>;
  onChanged(): void;
  /** By default prompts are marked, and pauses allowed. */
  markChoices?(): MarkChoices;
}

/** How long the end of a recording may take on a disk that made it stop. */
const STUCK_CLOSE_MS = 2_000;
const DEFAULT_CHOICES: MarkChoices = { promptMarkers: true, mayPause: true };

/** Rejects with `recording-required` where it is and cannot be begun: then nothing may be shown or sent. */
export async function openSessionRecording(
  needs: SessionRecordingNeeds,
  details: RecordingDetails,
  size: TerminalSize,
  answer: PolicyAnswer = DEFAULT_ANSWER,
): Promise<SessionRecording> {
  const { clock, markChoices = () => DEFAULT_CHOICES } = needs;
  const isRequired = answer.recording === 'required';
  if (answer.recording === 'off') {
    const rule = findReason(answer, 'recording');
    return recordNowhere({ kind: 'off', reason: rule ? describeReason(rule) : '' });
  }
  const startedAtMs = clock.nowMs();
  try {
    const writer = await needs.newCastWriter(details, size, {
      isRequired,
      isRedacted: answer.redaction === 'always',
    });
    writer.onTroubleChanged(() => needs.onChanged());
    const marks = createRecordingMarks(
      {
        clock,
        writer,
        choices: isRequired ? () => ({ ...markChoices(), mayPause: false }) : markChoices,
        hasTerminal: details.hasTty !== false,
      },
      size,
    );
    if (answer.input === 'always') await marks.decide({ kind: 'input', on: true });
    return recordWith(needs, writer, marks, startedAtMs);
  } catch (error) {
    if (isRequired) throw createUnrecordable(error, findReason(answer, 'recording'));
    return recordNowhere({ kind: 'failed', error: toAppError(error) });
  }
}

function recordWith(
  { clock }: SessionRecordingNeeds,
  writer: CastWriter,
  marks: RecordingMarks,
  startedAtMs: number,
): SessionRecording {
  let failure: AppError | undefined;
  let isClosed = false;

  async function finish(end: RecordingEnd): Promise<void> {
    try {
      await marks.end();
      await writer.close(end, clock.nowMicros());
    } catch (error) {
      failure = toAppError(error);
    }
  }

  return {
    get state(): RecordingState {
      const { recordingId, bytes, lostBytes, trouble } = writer;
      if (failure) return { kind: 'failed', recordingId, error: failure };
      if (isClosed) return { kind: 'stored', recordingId, bytes, lostBytes };
      const { inputOn, pausedAtMs } = marks;
      return {
        kind: 'recording',
        recordingId,
        startedAtMs,
        bytes,
        lostBytes,
        ...(trouble && { trouble }),
        ...(inputOn && { inputOn }),
        ...(pausedAtMs !== undefined && { pausedAtMs }),
      };
    },
    // What comes after the end has nowhere to go.
    take: (record) => marks.write(record).catch(() => {}),
    typed: (bytes) => marks.typed(bytes).catch(() => {}),
    decide: (decision) => marks.decide(decision),
    hold: writer.hold,
    async close(end) {
      const closed = finish(end);
      if (writer.hold) {
        const reason = await limitClosing(clock, closed, writer.hold.stopped);
        failure ??= reason;
      } else await closed;
      isClosed = true;
    },
    async replay(sink, offset, { signal }) {
      const { fileBytes, unwritten, undecoded, held } = await writer.flush();
      let next = offset;
      for await (const item of writer.read({ fromOffset: offset, toOffset: fileBytes, signal })) {
        next = item.nextOffset;
        const record =
          item.kind === 'header'
            ? ({ kind: 'resize', timeMicros: 0, size: item.header.size } as const)
            : item.kind === 'event' && toSessionRecord(item.event);
        if (record) await sink.write(record);
      }
      const last: SessionRecord[] =
        undecoded.byteLength > 0 ? [{ kind: 'output', timeMicros: 0, bytes: undecoded }] : [];
      const rest = [
        ...unwritten.flatMap((event) => toSessionRecord(event) ?? []),
        ...last,
        ...held.flatMap((captured) =>
          captured.kind === 'bytes'
            ? { kind: 'output' as const, timeMicros: captured.timeMicros, bytes: captured.bytes }
            : captured.kind === 'event'
              ? (toSessionRecord(captured.event) ?? [])
              : [],
        ),
        ...marks.unrecorded,
      ];
      return { offset: next, rest };
    },
  };
}

/**
 * A disk that is stuck is not waited for once it has stopped a recording: its files are closed when it goes on.
 * Resolves with why it was stopped, where it is not closed by then.
 */
async function limitClosing(
  clock: Clock,
  closed: Promise<void>,
  stopped: AbortSignal,
): Promise<AppError | undefined> {
  const waiting = new AbortController();
  async function giveUp(): Promise<AppError | undefined> {
    try {
      if (!stopped.aborted) await once(stopped, 'abort', waiting);
      await clock.sleep(STUCK_CLOSE_MS, waiting);
      return toAppError(stopped.reason);
    } catch {
      return undefined; // It was closed before.
    }
  }
  const reason = await Promise.race([closed.then(() => undefined), giveUp()]);
  waiting.abort();
  return reason;
}

/** No cast was begun: the latest output is kept, so that a window opened later is not blank. */
function recordNowhere(state: RecordingState & { readonly kind: 'off' | 'failed' }): SessionRecording {
  const tail = createUnrecordedTail();
  return {
    state,
    async take(record) {
      tail.push(record);
    },
    hold: undefined,
    async typed() {},
    async decide() {
      throw new AppError('recording-failed', 'this session is not recorded', {
        ...(state.kind === 'failed' ? { cause: state.error } : { hint: state.reason }),
      });
    },
    async close() {},
    replay: async (_sink, offset) => ({ offset, rest: [...tail.records] }),
  };
}
