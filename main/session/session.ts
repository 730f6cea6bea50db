import { AppError, toAppError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import { createTurns } from '../base/turns.ts';
import type { ExecEnd, ExecStream } from '../exec/exec-stream.ts';
import type { OpenedShell, ShellOptions } from '../exec/shell.ts';
import { type Reconnection, reconnect } from './reconnection.ts';
import { startRecordedShell } from './recorded-start.ts';
import type { RecordingDecision } from './recording-marks.ts';
import type { SessionRecord } from './session-record.ts';
import type { SessionRecording, SessionRecordingNeeds } from './session-recording.ts';
import {
  createEndedError,
  createReconnectingError,
  isBroken,
  isReopenable,
  type SessionEnd,
  type SessionSnapshot,
  type SessionState,
  type ShellTarget,
  toPlace,
  toRecordingEnd,
  toSessionEnd,
  toToldEnd,
} from './session-state.ts';
import { type StartedShell, startShell } from './shell-start.ts';
import { createShellTerms, type ShellConsent, type ShellTerms, type ShellTermsNeeds } from './shell-terms.ts';
import { describeGap, describeLoss, LEAVE_PROGRAM } from './terminal-gap.ts';
import { createViewers, limitStalls, type ViewerSink } from './viewers.ts';

/** `onChanged`: something in `snapshot()` is new. */
export interface SessionNeeds extends SessionRecordingNeeds {
  readonly log: Log;
  /** At least 0 and below 1; spreads the tries of shells that were lost together. */
  random(): number;
  openShell(target: ShellTarget, size: TerminalSize, options: ShellOptions): Promise<OpenedShell>;
  /** Without it everything is allowed, and nothing asked for. */
  readonly terms?: ShellTermsNeeds;
}

/** One live terminal, from opening to ended: shell, record and viewers tied together by one loop. */
export interface Session {
  snapshot(): SessionSnapshot;
  /** Shows the session to one viewer from its first byte on. Resolves when the viewer has left; ends its sink. */
  view(sink: ViewerSink, options: { signal: AbortSignal }): Promise<void>;
  /**
   * Sends input to the shell; waits while the shell does not read. Rejects with `session-ended`, or with
   * `session-reconnecting`: what was typed for one shell is not kept for the next.
   */
  write(bytes: Uint8Array): Promise<void>;
  /** The size for all viewers and for the record. Ignored once ended. */
  resize(size: TerminalSize): void;
  /** Tries to open the lost shell now, as somebody asked for it. Ignored unless it is reconnecting. */
  reconnect(): void;
  /** Marks, pauses, records what is typed. Rejects where there is no record, or where it is not allowed. */
  decide(decision: RecordingDecision): Promise<void>;
  readonly terms: ShellTerms;
  /** Ends the remote shell; resolves when all is written and told. `failure`: of ours, which it ends for. */
  close(failure?: AppError): Promise<void>;
  /** Never rejects. */
  readonly ended: Promise<void>;
  /** After that: resolves within a few seconds, when a recorder has its recording or it is owed. Never rejects. */
  delivered(): Promise<void>;
}

/** A shell that was lost sooner has not come back: what cuts it at once is not asked every second. */
const STEADY_MICROS = 60 * 1_000_000;

export function createSession(
  needs: SessionNeeds,
  sessionId: string,
  target: ShellTarget,
  initialSize: TerminalSize,
  consent: ShellConsent = {},
): Session {
  const { clock, log } = needs;
  const turns = createTurns();
  const viewers = createViewers({ onCountChanged: () => needs.onChanged() });
  const closing = new AbortController();
  const opened = Promise.withResolvers<void>();
  const terms = createShellTerms(needs.terms, toPlace(target));
  let shownTarget = { ...target, container: target.container ?? '' };
  let size = initialSize;
  let state: SessionState = { kind: 'opening' };
  let stream: ExecStream | undefined;
  let reconnection: Reconnection<StartedShell> | undefined;
  let recording: SessionRecording | undefined;
  let startMicros = clock.nowMicros();

  async function run(): Promise<void> {
    let end: SessionEnd;
    try {
      end = await runShells();
    } catch (error) {
      end = { kind: 'failed', error: toAppError(error) };
      log.info({ session: sessionId, code: end.error.code }, 'session could not be opened');
    }
    end = toToldEnd(end, closing.signal);
    await turns.take(async () => {
      await recording?.close(toRecordingEnd(end));
      const startedAt =
        state.kind === 'live' || state.kind === 'reconnecting' ? { startedAtMs: state.startedAtMs } : {};
      if (end.kind === 'exited') {
        viewers.push({ kind: 'exit', timeMicros: sinceStart(), exitCode: end.exitCode });
      }
      state = { kind: 'ended', ...startedAt, endedAtMs: clock.nowMs(), end };
    });
    opened.resolve();
    needs.onChanged();
    await viewers.end();
  }

  /** One shell and, as long as it is our own choice of one, those that follow where its connection is lost. */
  async function runShells(): Promise<SessionEnd> {
    const { signal } = closing;
    const answer = await terms.agree({ ...target, ...consent });
    signal.throwIfAborted();
    const work = { sessionId, target, terms, size: () => size, onProgress: tellProgress, onOpened };
    const started = await startRecordedShell(needs, work, answer, { signal });
    let { shell } = started;
    ({ recording } = started);
    startMicros = clock.nowMicros();
    const startedAtMs = clock.nowMs();
    let tries = 0;
    recording.stopped.addEventListener('abort', () => void stream?.close(), { once: true });
    recording.follow((label) => void show({ kind: 'marker', timeMicros: sinceStart(), label }));
    while (true) {
      goLive(shell, startedAtMs);
      const liveMicros = clock.nowMicros();
      const end = await runShell(shell);
      if (!isBroken(end) || !isReopenable(target) || signal.aborted) return toSessionEnd(end);
      if (clock.nowMicros() - liveMicros > STEADY_MICROS) tries = 0;
      ({ shell, tries } = await openAgain(shell, end.error, startedAtMs, tries + 1));
    }
  }

  function tellProgress(note?: string): void {
    if (state.kind !== 'opening') return;
    state = { kind: 'opening', ...(note === undefined ? {} : { note }) };
    needs.onChanged();
  }

  function onOpened(shown: SessionSnapshot['target']): void {
    shownTarget = shown;
  }

  function goLive(shell: StartedShell, startedAtMs: number): void {
    stream = shell.stream;
    // What was asked for while the shell was opening. That it has closed is told by its end.
    stream.resize(size);
    if (closing.signal.aborted || recording?.stopped.aborted) void stream.close();
    state = { kind: 'live', startedAtMs };
    opened.resolve();
    needs.onChanged();
  }

  async function runShell({ stream: { ended: end }, output, first }: StartedShell): Promise<ExecEnd> {
    const stopped = recording?.stopped;
    for (let chunk = await first; !chunk.done; chunk = await output.next()) {
      await show({ kind: 'output', timeMicros: sinceStart(), bytes: chunk.value.bytes });
      if (stopped?.aborted) break;
      await viewers.room();
    }
    return stopped?.aborted ? { kind: 'failed', error: toAppError(stopped.reason) } : end;
  }

  async function openAgain(
    before: OpenedShell,
    lost: AppError,
    startedAtMs: number,
    firstAttempt: number,
  ): Promise<{ readonly shell: StartedShell; readonly tries: number }> {
    const lostAtMs = clock.nowMs();
    stream = undefined;
    log.info({ session: sessionId, reason: lost.detail }, 'session lost its connection');
    await show({ kind: 'marker', timeMicros: sinceStart(), label: describeLoss(lost) });
    const { place } = before;
    const attempts = reconnect<StartedShell>(
      {
        clock,
        random: needs.random,
        async open(options) {
          await recording?.hold?.room();
          recording?.stopped.throwIfAborted();
          return startShell(needs, needs.openShell(shownTarget, size, { ...options, place }), options);
        },
        onWait(wait) {
          state = { kind: 'reconnecting', startedAtMs, lostAtMs, ...wait };
          needs.onChanged();
        },
      },
      lost,
      { firstAttempt, signal: closing.signal },
    );
    reconnection = attempts;
    try {
      const shell = await attempts.result;
      await show({ kind: 'output', timeMicros: sinceStart(), bytes: LEAVE_PROGRAM });
      await show({ kind: 'marker', timeMicros: sinceStart(), label: describeGap(clock.nowMs() - lostAtMs) });
      return { shell, tries: attempts.attempt };
    } finally {
      reconnection = undefined;
    }
  }

  /** Recorded before shown; and in turn with resizes and joining viewers. */
  function show(record: SessionRecord): Promise<void> {
    return turns.take(async () => {
      await recording?.take(record);
      if (!recording?.stopped.aborted) viewers.push(record);
    });
  }

  function sinceStart(): number {
    return Math.max(0, clock.nowMicros() - startMicros);
  }

  async function view(sink: ViewerSink, { signal }: { signal: AbortSignal }): Promise<void> {
    const patient = limitStalls(sink);
    try {
      await opened.promise;
      // The bulk is sent while the session goes on, the remainder while it waits for us.
      const bulk = await recording?.replay(patient, 0, { signal });
      const joined = await turns.take(async () => {
        const remainder = await recording?.replay(patient, bulk?.offset ?? 0, { signal });
        if (!remainder?.offset) await patient.write({ kind: 'resize', timeMicros: 0, size });
        for (const record of remainder?.rest ?? []) await patient.write(record);
        if (state.kind === 'ended') return undefined;
        await patient.write({ kind: 'caught-up', timeMicros: sinceStart() });
        return { left: viewers.add(sink, { signal }) };
      });
      if (joined) await joined.left;
      else sink.end();
    } catch (error) {
      sink.end(toAppError(error));
    }
  }

  const ended = run();
  const delivered = ended.then(() => recording?.delivered());

  return {
    snapshot: () => ({
      sessionId,
      target: shownTarget,
      size,
      state,
      recording: recording?.state ?? { kind: 'none' },
      ...(terms.answer && { answer: terms.answer }),
      viewers: viewers.count,
    }),
    terms,
    view,
    async write(bytes) {
      await opened.promise;
      await recording?.hold?.room();
      if (state.kind === 'ended') throw createEndedError(shownTarget.pod);
      recording?.stopped.throwIfAborted();
      if (!stream) throw createReconnectingError(shownTarget.pod);
      const records = recording;
      if (records?.state.kind === 'recording' && records.state.inputOn) {
        // Before its echo, which comes in turn.
        void turns.take(() => records.typed(bytes));
      }
      try {
        await stream.write(bytes);
      } catch (error) {
        // Lost on its way, as the shell was.
        throw isReopenable(target) ? createReconnectingError(shownTarget.pod) : error;
      }
    },
    resize(next) {
      if (state.kind === 'ended' || (next.cols === size.cols && next.rows === size.rows)) return;
      size = next;
      stream?.resize(next);
      // Cannot fail: taking a record and pushing it never reject.
      if (recording) void show({ kind: 'resize', timeMicros: sinceStart(), size: next });
      needs.onChanged();
    },
    reconnect: () => reconnection?.tryNow(),
    async decide(decision) {
      await turns.take(async () => {
        if (state.kind === 'ended') throw createEndedError(shownTarget.pod);
        if (!recording) throw new AppError('bad-input', `the shell in ${shownTarget.pod} is not open yet`);
        await terms.check(decision);
        await recording.decide(decision);
      });
      needs.onChanged();
    },
    async close(failure) {
      closing.abort(failure ?? new AppError('cancelled', 'the session was closed'));
      recording?.hold?.release();
      await stream?.close();
      await ended;
    },
    ended,
    delivered: () => delivered,
  };
}
