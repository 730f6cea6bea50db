import { once } from 'node:events';
import type { Clock } from '../base/clock.ts';
import { AppError, toAppError } from '../base/errors.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import type { PolicyAnswer } from '../policy/policy.ts';
import { DEFAULT_ANSWER } from '../policy/strictest-answer.ts';
import type { PlannedRecording } from '../recording/planned-recording.ts';
import type { RecordingDetails, RecordingEnd } from '../recording/recording.ts';
import type { CastWriter } from '../recording/writing/cast-writer.ts';
import type { DiskHold } from '../recording/writing/disk-hold.ts';
import { toSessionRecord } from './cast-replay.ts';
import type { DeliveryStart } from './delivery-duty.ts';
import { type DeliveryWatch, watchDelivery } from './delivery-watch.ts';
import { describeReason, findReason } from './policy-refusal.ts';
import { createUnrecordable } from './recording-duty.ts';
import {
  createRecordingMarks,
  type MarkChoices,
  type RecordingDecision,
  type RecordingMarks,
} from './recording-marks.ts';
import type { RecordingState } from './recording-state.ts';
import type { SessionRecord } from './session-record.ts';
import { createUnrecordedTail } from './unrecorded-tail.ts';
import type { ViewerSink } from './viewers.ts';

/**
 * A session's own record. A disk that refuses does not end the session: its state says so, and what the disk has
 * not taken is still told to windows that are opened later.
 */
export interface SessionRecording {
  readonly state: RecordingState;
  /** Resolves when the record has been taken for writing. Never rejects. */
  take(record: SessionRecord): Promise<void>;
  /** Of a recording that is required: nothing is sent before it has room. */
  readonly hold: DiskHold | undefined;
  /**
   * Aborted when it may not go on without its disk, or without its recorder: the session has to end, and what was taken
   * last is not to be shown.
   */
  readonly stopped: AbortSignal;
  /** As `DeliveryWatch.follow`. */
  follow(tell: (label: string) => void): void;
  /** On its way to the shell. Nothing of it is kept unless the user has input recorded. Never rejects. */
  typed(bytes: Uint8Array): Promise<void>;
  /** Rejects with `bad-input` where the settings do not allow it, with `recording-failed` where there is no record. */
  decide(decision: RecordingDecision): Promise<void>;
  close(end: RecordingEnd): Promise<void>;
  /** After that: resolves within a few seconds, when a recorder has it or it is owed. Never rejects. */
  delivered(): Promise<void>;
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
    options: {
      readonly isRequired: boolean;
      readonly isRedacted: boolean;
      readonly planned?: PlannedRecording;
    },
  ): Promise<CastWriter>;
  onChanged(): void;
  /** By default prompts are marked, and pauses allowed. */
  markChoices?(): MarkChoices;
}

/** How long the end of a recording may take on a disk that made it stop. */
const STUCK_CLOSE_MS = 2_000;
const DEFAULT_CHOICES: MarkChoices = { promptMarkers: true, mayPause: true };

/**
 * Begins its delivery too, or cancels it. Rejects with `recording-required` where a recording is and cannot be begun:
 * then nothing may be shown or sent.
 */
export async function openSessionRecording(
  needs: SessionRecordingNeeds,
  details: RecordingDetails,
  size: TerminalSize,
  answer: PolicyAnswer = DEFAULT_ANSWER,
  start?: DeliveryStart,
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
      ...(start && { planned: start.planned }),
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
    const watch = start && watchDelivery(needs, start.begin(), answer);
    return recordWith(needs, { writer, marks, watch, startedAtMs });
  } catch (error) {
    await start?.cancel();
    if (isRequired) throw createUnrecordable(error, findReason(answer, 'recording'));
    return recordNowhere({ kind: 'failed', error: toAppError(error) });
  }
}

function recordWith(
  { clock }: SessionRecordingNeeds,
  {
    writer,
    marks,
    watch,
    startedAtMs,
  }: {
    readonly writer: CastWriter;
    readonly marks: RecordingMarks;
    readonly watch: DeliveryWatch | undefined;
    readonly startedAtMs: number;
  },
): SessionRecording {
  const { hold } = writer;
  let failure: AppError | undefined;
  let isClosed = false;

  async function finish(end: RecordingEnd): Promise<void> {
    try {
      await marks.end();
      if (watch?.stopped.aborted) {
        const label = toAppError(watch.stopped.reason).message;
        await marks.write({ kind: 'marker', timeMicros: 0, label });
      }
      await writer.close(end, clock.nowMicros());
    } catch (error) {
      failure = toAppError(error);
    }
  }

  return {
    get state(): RecordingState {
      const { recordingId, bytes, lostBytes, trouble } = writer;
      const delivery = watch && { delivery: watch.state };
      if (failure) return { kind: 'failed', recordingId, error: failure, ...delivery };
      if (isClosed) return { kind: 'stored', recordingId, bytes, lostBytes, ...delivery };
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
        ...delivery,
      };
    },
    // What comes after the end has nowhere to go.
    take: (record) => marks.write(record).catch(() => {}),
    typed: (bytes) => marks.typed(bytes).catch(() => {}),
    decide: (decision) => marks.decide(decision),
    hold,
    stopped: AbortSignal.any([hold?.stopped, watch?.stopped].filter((signal) => signal !== undefined)),
    follow: (tell) => watch?.follow(tell),
    async close(end) {
      const closed = finish(end);
      if (hold) {
        const reason = await limitClosing(clock, closed, hold.stopped);
        failure ??= reason;
      } else await closed;
      isClosed = true;
    },
    delivered: async () => watch?.end(),
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
    stopped: new AbortController().signal,
    follow: () => {},
    async typed() {},
    async decide() {
      throw new AppError('recording-failed', 'this session is not recorded', {
        ...(state.kind === 'failed' ? { cause: state.error } : { hint: state.reason }),
      });
    },
    async close() {},
    async delivered() {},
    replay: async (_sink, offset) => ({ offset, rest: [...tail.records] }),
  };
}
