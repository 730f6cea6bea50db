import type { Clock } from '../base/clock.ts';
import { AppError, toAppError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { createTurns } from '../base/turns.ts';
import type { ExecEnd, ExecStream, TerminalSize } from '../exec/exec-stream.ts';
import type { CastWriter } from '../recording/cast-writer.ts';
import type { RecordingDetails, RecordingEnd } from '../recording/recording.ts';
import type { SessionRecord } from './session-record.ts';
import { openSessionRecording, type RecordingState, type SessionRecording } from './session-recording.ts';
import { createViewers, limitStalls, type ViewerSink } from './viewers.ts';

/** What to open. */
export interface ShellTarget {
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  /** Absent: the pod's default container. */
  readonly container?: string;
  /** Absent: the best shell that the image has. */
  readonly command?: readonly string[];
}

/** An open shell, with what was chosen for it. */
export interface OpenedShell {
  readonly stream: ExecStream;
  readonly container: string;
  readonly command: readonly string[];
}

export interface SessionNeeds {
  readonly clock: Clock;
  readonly log: Log;
  openShell(target: ShellTarget, size: TerminalSize, options: { signal: AbortSignal }): Promise<OpenedShell>;
  newCastWriter(details: RecordingDetails, size: TerminalSize): Promise<CastWriter>;
  /** Something in `snapshot()` is new. */
  onChanged(): void;
}

export type SessionState =
  | { readonly kind: 'opening' }
  | { readonly kind: 'live'; readonly startedAtMs: number }
  | {
      readonly kind: 'ended';
      readonly startedAtMs?: number;
      readonly endedAtMs: number;
      readonly end: SessionEnd;
    };

export type SessionEnd =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly error: AppError };

export interface SessionSnapshot {
  readonly sessionId: string;
  readonly target: ShellTarget & { readonly container: string };
  readonly size: TerminalSize;
  readonly state: SessionState;
  readonly recording: RecordingState;
  readonly viewers: number;
}

/** One live terminal, from opening to ended: shell, record and viewers tied together by one loop. */
export interface Session {
  snapshot(): SessionSnapshot;
  /** Shows the session to one viewer from its first byte on. Resolves when the viewer has left; ends its sink. */
  view(sink: ViewerSink, options: { signal: AbortSignal }): Promise<void>;
  /** Sends input to the shell; waits while the shell does not read. Rejects with `session-ended`. */
  write(bytes: Uint8Array): Promise<void>;
  /** The size for all viewers and for the record. Ignored once ended. */
  resize(size: TerminalSize): void;
  /** Ends the remote shell; resolves when all is written and told. */
  close(): Promise<void>;
  /** Never rejects. */
  readonly ended: Promise<void>;
}

const FIRST_SIGN_MS = 300;

export function createSession(
  needs: SessionNeeds,
  sessionId: string,
  target: ShellTarget,
  initialSize: TerminalSize,
): Session {
  const { clock, log } = needs;
  const turns = createTurns();
  const viewers = createViewers({ onCountChanged: () => needs.onChanged() });
  const closing = new AbortController();
  const opened = Promise.withResolvers<void>();
  let shownTarget = { ...target, container: target.container ?? '' };
  let size = initialSize;
  let state: SessionState = { kind: 'opening' };
  let stream: ExecStream | undefined;
  let recording: SessionRecording | undefined;
  let startMicros = clock.nowMicros();

  async function run(): Promise<void> {
    let end: SessionEnd;
    try {
      end = await runShell();
    } catch (error) {
      end = closing.signal.aborted ? { kind: 'closed' } : { kind: 'failed', error: toAppError(error) };
      log.info({ session: sessionId, code: toAppError(error).code }, 'session did not open');
    }
    await turns.take(async () => {
      await recording?.close(toRecordingEnd(end));
      const startedAt = state.kind === 'live' ? { startedAtMs: state.startedAtMs } : {};
      if (end.kind === 'exited') {
        viewers.push({ kind: 'exit', timeMicros: sinceStart(), exitCode: end.exitCode });
      }
      state = { kind: 'ended', ...startedAt, endedAtMs: clock.nowMs(), end };
    });
    opened.resolve();
    needs.onChanged();
    await viewers.end();
  }

  async function runShell(): Promise<SessionEnd> {
    const shell = await needs.openShell(target, size, { signal: closing.signal });
    stream = shell.stream;
    if (closing.signal.aborted) {
      await stream.close();
      closing.signal.throwIfAborted();
    }
    shownTarget = { ...shownTarget, container: shell.container };
    const output = stream.output[Symbol.asyncIterator]();
    const first = output.next();
    const early = await firstSign(stream, first);
    if (early) return toSessionEnd(early);
    const { context, namespace, pod } = target;
    const details = { context, namespace, pod, container: shell.container, command: shell.command };
    recording = await openSessionRecording(needs, details, size);
    startMicros = clock.nowMicros();
    state = { kind: 'live', startedAtMs: clock.nowMs() };
    // A size that was asked for while the shell was opening.
    stream.resize(size);
    opened.resolve();
    needs.onChanged();
    for (let chunk = await first; !chunk.done; chunk = await output.next()) {
      await show({ kind: 'output', timeMicros: sinceStart(), bytes: chunk.value.bytes });
      await viewers.room();
    }
    return toSessionEnd(await stream.ended);
  }

  /**
   * Servers open the stream before they try to start the program: one that cannot be started never was a shell.
   * Waits for output, for the end or, with a program that is silent, for as long as a refusal may take.
   */
  async function firstSign(
    opening: ExecStream,
    first: Promise<IteratorResult<unknown>>,
  ): Promise<ExecEnd | undefined> {
    const waiting = new AbortController();
    await Promise.race([first, clock.sleep(FIRST_SIGN_MS, { signal: waiting.signal }).catch(() => {})]);
    waiting.abort();
    const end = await Promise.race([opening.ended, Promise.resolve(undefined)]);
    // An exit code is worth a record, even of a program that said nothing.
    return end && end.kind !== 'exited' && (await first).done ? end : undefined;
  }

  /** Recorded before shown; and in turn with resizes and joining viewers. */
  function show(record: SessionRecord): Promise<void> {
    return turns.take(async () => {
      await recording?.take(record);
      viewers.push(record);
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
      let offset = (await recording?.replay(patient, 0, { signal })) ?? 0;
      const joined = await turns.take(async () => {
        offset = (await recording?.replay(patient, offset, { signal })) ?? 0;
        if (offset === 0) await patient.write({ kind: 'resize', timeMicros: 0, size });
        for (const record of recording?.rest() ?? []) await patient.write(record);
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

  return {
    snapshot: () => ({
      sessionId,
      target: shownTarget,
      size,
      state,
      recording: recording?.state ?? { kind: 'none' },
      viewers: viewers.count,
    }),
    view,
    async write(bytes) {
      if (!stream) await opened.promise;
      if (!stream || state.kind === 'ended') throw createEndedError(shownTarget.pod);
      await stream.write(bytes);
    },
    resize(next) {
      if (state.kind === 'ended' || (next.cols === size.cols && next.rows === size.rows)) return;
      size = next;
      stream?.resize(next);
      // Cannot fail: taking a record and pushing it never reject.
      if (recording) void show({ kind: 'resize', timeMicros: sinceStart(), size: next });
      needs.onChanged();
    },
    async close() {
      if (stream) await stream.close();
      else closing.abort(new AppError('cancelled', 'the session was closed'));
      await ended;
    },
    ended,
  };
}

function toSessionEnd(end: ExecEnd): SessionEnd {
  switch (end.kind) {
    case 'exited':
    case 'closed':
      return end;
    case 'failed':
    case 'lost':
      return { kind: 'failed', error: end.error };
  }
}

function toRecordingEnd(end: SessionEnd): RecordingEnd {
  return end.kind === 'failed' ? { kind: 'failed', note: end.error.message } : end;
}

function createEndedError(pod: string): AppError {
  return new AppError('session-ended', `the shell in ${pod} has ended`);
}
