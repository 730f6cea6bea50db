import type { Clock } from '../../base/clock.ts';
import { type AppError, toAppError } from '../../base/errors.ts';
import type { TerminalSize } from '../../base/terminal-size.ts';
import { createTurns } from '../../base/turns.ts';
import type { RecordingDetails, RecordingEnd } from '../../recording/recording.ts';
import type { MarkChoices } from '../../session/recording-marks.ts';
import type { RecordingState } from '../../session/recording-state.ts';
import type { SessionRecord } from '../../session/session-record.ts';
import {
  openSessionRecording,
  type SessionRecording,
  type SessionRecordingNeeds,
} from '../../session/session-recording.ts';
import type { RelayKeeper } from './exec-relay.ts';
import { type ExecTerms, mustBeRead, UNKNOWN_SIZE } from './exec-terms.ts';
import { formatFarewell, formatWarning } from './exec-words.ts';

/** The recording of a command that passes, by its policy. */
export interface ExecRecorder extends RelayKeeper {
  readonly state: RecordingState;
  /** Begins it, of a terminal once its size is known. Rejects as `openSessionRecording`; then `stopped` is aborted, too. */
  open(): Promise<void>;
  /** It may not go on: its recording, or the recorder, is lost. */
  readonly stopped: AbortSignal;
  /** A disk that takes nothing is not waited for any longer. */
  release(): void;
  /** Never rejects. */
  close(end: RecordingEnd): Promise<void>;
  delivered(): Promise<void>;
}

export interface ExecRecorderNeeds extends SessionRecordingNeeds {
  readonly clock: Clock;
  /** There are words for the client. */
  onWords(): void;
}

export interface ExecRecorderWork {
  readonly details: RecordingDetails;
  readonly hasTty: boolean;
  readonly terms: ExecTerms;
  /** How long the recording's head waits for the terminal's size, and with it all output; what is typed before ends that. */
  readonly sizeWaitMs: number;
}

const NONE: RecordingState = { kind: 'none' };

export function createExecRecorder(
  needs: ExecRecorderNeeds,
  { details, hasTty, terms, sizeWaitMs }: ExecRecorderWork,
): ExecRecorder {
  const { clock } = needs;
  const startMicros = clock.nowMicros();
  const turns = createTurns();
  const sized = Promise.withResolvers<TerminalSize>();
  const opened = Promise.withResolvers<SessionRecording>();
  const closing = new AbortController();
  const stopping = new AbortController();
  let isHeadSized = !hasTty;
  let isFinished = false;
  let isTroubleTold = false;
  let recording: SessionRecording | undefined;
  let failure: AppError | undefined;
  let words: string | undefined;
  // Whoever needs it asks for it by itself.
  opened.promise.catch(() => {});

  function tell(label: string): void {
    words = label;
    needs.onWords();
  }

  /** Its disk takes nothing: told once, until it does again. */
  function onChanged(): void {
    const state = recording?.state;
    const trouble = state?.kind === 'recording' ? state.trouble : undefined;
    if (trouble && !isTroubleTold) tell(trouble.message);
    isTroubleTold = trouble !== undefined;
    needs.onChanged();
  }

  /** Of what is no terminal nothing is a prompt, and nobody here asks for a pause. */
  function markChoices(): MarkChoices {
    return { promptMarkers: hasTty && needs.markChoices?.().promptMarkers !== false, mayPause: false };
  }

  /** As long as it may wait, and as it is then. */
  async function findSize(): Promise<TerminalSize> {
    if (!hasTty) return UNKNOWN_SIZE;
    const waiting = new AbortController();
    const signal = AbortSignal.any([waiting.signal, closing.signal]);
    const tooLong = clock.sleep(sizeWaitMs, { signal }).then(
      () => UNKNOWN_SIZE,
      () => UNKNOWN_SIZE,
    );
    const size = await Promise.race([sized.promise, tooLong]);
    waiting.abort();
    isHeadSized = true;
    return size;
  }

  function follow(session: SessionRecording): void {
    const { stopped, state } = session;
    stopped.addEventListener('abort', () => stopping.abort(stopped.reason), { once: true });
    if (stopped.aborted) stopping.abort(stopped.reason);
    session.follow((label) => {
      // Cannot fail: taking a record never rejects.
      void take({ kind: 'marker', timeMicros: sinceStart(), label });
      tell(label);
    });
    if (state.kind === 'failed') tell(`this command is not on record: ${state.error.message}`);
  }

  function sinceStart(): number {
    return Math.max(0, clock.nowMicros() - startMicros);
  }

  /** In the order in which they came. Rejects where there is no recording and has to be one. */
  function take(record: SessionRecord): Promise<void> {
    return turns.take(async () => (await opened.promise).take(record));
  }

  async function finish(end: RecordingEnd): Promise<void> {
    if (isFinished) return;
    isFinished = true;
    await turns.take(async () => recording?.close(end));
    needs.onChanged();
  }

  return {
    get state() {
      const state = recording?.state ?? NONE;
      return failure ? toFailed(state, failure) : state;
    },
    async open() {
      try {
        const size = await findSize();
        const recordingNeeds = { ...needs, onChanged, markChoices };
        recording = await openSessionRecording(recordingNeeds, details, size, terms.answer, terms.start);
        follow(recording);
        opened.resolve(recording);
        needs.onChanged();
      } catch (error) {
        opened.reject(error);
        stopping.abort(toAppError(error));
        throw error;
      }
    },
    stopped: stopping.signal,
    release() {
      closing.abort();
      recording?.hold?.release();
    },
    async fromServer(events) {
      let taken: Promise<void> | undefined;
      for (const event of events) {
        if (event.kind !== 'output') continue;
        const { bytes, isStderr } = event;
        taken = take({ kind: 'output', timeMicros: sinceStart(), bytes, isStderr });
        // All are awaited by the last one, which comes after them.
        taken.catch(() => {});
      }
      await taken;
      stopping.signal.throwIfAborted();
    },
    async fromClient(events) {
      const first = isHeadSized ? undefined : events.find((event) => event.kind === 'resize');
      // What was typed waits for the recording, and no size is read behind it: there is none to wait for.
      if (first || events.some((event) => event.kind === 'input')) {
        isHeadSized = true;
        sized.resolve(first?.size ?? UNKNOWN_SIZE);
      }
      for (const event of events) {
        if (event.kind === 'resize' && event !== first) {
          await take({ kind: 'resize', timeMicros: sinceStart(), size: event.size });
        }
        if (event.kind !== 'input') continue;
        const session = await opened.promise;
        await session.hold?.room();
        const { state } = session;
        // Before its echo. Never rejects.
        if (state.kind === 'recording' && state.inputOn) void turns.take(() => session.typed(event.bytes));
      }
      await recording?.hold?.room();
      stopping.signal.throwIfAborted();
    },
    async blinded(problem) {
      if (mustBeRead(terms.answer)) throw problem;
      await opened.promise;
      await take({
        kind: 'marker',
        timeMicros: sinceStart(),
        label: `not on record from here: ${problem.message}`,
      });
      failure = problem;
      await finish({ kind: 'failed', note: problem.message });
    },
    takeWords() {
      const taken = words;
      words = undefined;
      return taken === undefined ? undefined : formatWarning(taken, hasTty);
    },
    explain: (reason) => formatFarewell(reason, hasTty),
    async close(end) {
      closing.abort();
      // One that could not be opened is none.
      await opened.promise.catch(() => {});
      await finish(end);
    },
    delivered: async () => recording?.delivered(),
  };
}

/** What is there of it stays where it is, and is delivered. */
function toFailed(state: RecordingState, error: AppError): RecordingState {
  if (state.kind === 'off' || state.kind === 'failed') return state;
  if (state.kind === 'none') return { kind: 'failed', error };
  const { recordingId, delivery } = state;
  return { kind: 'failed', recordingId, error, ...(delivery && { delivery }) };
}
