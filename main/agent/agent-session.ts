import { AppError, toAppError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import type { CommandTarget, OpenedCommand } from '../exec/command.ts';
import type { ExecStream, OutputChunk } from '../exec/exec-stream.ts';
import { toLabel } from '../recording/label.ts';
import type { DeliveryStart } from '../session/delivery-duty.ts';
import type { TappedSession, TappedSnapshot } from '../session/elsewhere.ts';
import {
  openSessionRecording,
  type SessionRecording,
  type SessionRecordingNeeds,
} from '../session/session-recording.ts';
import { type SessionEnd, toRecordingEnd, toSessionEnd, toToldEnd } from '../session/session-state.ts';
import { createShellTerms, type ShellTermsNeeds } from '../session/shell-terms.ts';
import type { AgentPeer } from './agent-peer.ts';
import type { ByteRate } from './byte-rate.ts';
import { createTextReader, createTextWriter } from './frame-text.ts';
import { type AgentFrame, type ExecInit, parseExecInit, parsePageFrame } from './frames.ts';

/** `onChanged`: something in `snapshot()` is new. */
export interface AgentSessionNeeds extends SessionRecordingNeeds {
  readonly log: Log;
  readonly terms: ShellTermsNeeds;
  hasContext(context: string): boolean;
  openCommand(
    context: string,
    target: CommandTarget,
    size: TerminalSize,
    options: { readonly signal: AbortSignal },
  ): Promise<OpenedCommand>;
}

export interface AgentSessionStart {
  readonly sessionId: string;
  readonly origin: string;
  readonly peer: AgentPeer;
  /** Of its page, both ways. */
  readonly rate: ByteRate;
  readonly limits: AgentSessionLimits;
}

export interface AgentSessionLimits {
  /** How long the first frame may take. */
  readonly initMs: number;
  /** How long a page that does not read may hold up the end of its command, where we end it. */
  readonly goodbyeMs: number;
}

/** What is open, and what stands on its record. */
interface Opened {
  readonly init: ExecInit;
  readonly container: string;
  readonly stream: ExecStream;
  readonly recording: SessionRecording;
  readonly startedAtMs: number;
}

/** A page prints them into its terminal, and servers and recorders have written some of them. */
const MAX_WORDS_CHARACTERS = 2_000;
/** Of output in one frame. */
const PIECE_BYTES = 64 * 1024;

/** One command of a page, from its first frame to its goodbye: recorded before it is shown, as those of the app. */
export function openAgentSession(
  needs: AgentSessionNeeds,
  { sessionId, origin, peer, rate, limits }: AgentSessionStart,
): TappedSession {
  const { clock, log } = needs;
  const closing = new AbortController();
  const signal = AbortSignal.any([closing.signal, peer.gone]);
  let opened: Opened | undefined;

  async function run(): Promise<void> {
    const frames = peer.messages[Symbol.asyncIterator]();
    let end: SessionEnd;
    try {
      opened = await open(await readInit(frames));
      needs.onChanged();
      end = toToldEnd(await relay(opened, frames), closing.signal);
      await opened.recording.close(toRecordingEnd(end));
    } catch (error) {
      end = { kind: 'failed', error: toAppError(signal.aborted ? signal.reason : error) };
      log.info({ session: sessionId, origin, code: end.error.code }, 'a page opened no command');
    }
    await sayGoodbye(end);
  }

  async function readInit(frames: AsyncIterator<string>): Promise<ExecInit> {
    const over = new AbortController();
    const late = clock.sleep(limits.initMs, { signal: AbortSignal.any([signal, over.signal]) }).then(() => {
      throw new AppError('timed-out', `no exec_init came within ${limits.initMs / 1_000} s`);
    });
    const next = frames.next();
    // For the one that loses the race nobody waits.
    for (const promise of [late, next]) promise.catch(() => {});
    try {
      const first = await Promise.race([next, late]);
      signal.throwIfAborted();
      return parseExecInit(first.done ? '' : first.value);
    } finally {
      over.abort();
    }
  }

  /** Asks the policy and the recorders first, the cluster next and the disk last. */
  async function open(init: ExecInit): Promise<Opened> {
    const { context, namespace, pod, container, command, hasTty, size } = init;
    if (!needs.hasContext(context)) {
      throw new AppError('context-unknown', 'the kubeconfig has no context of the name that "cluster" gives');
    }
    const place = { context, namespace, pod, ...(container !== undefined && { container }) };
    const terms = createShellTerms(needs.terms, place);
    const answer = await terms.agree({});
    let start: DeliveryStart | undefined;
    let stream: ExecStream | undefined;
    try {
      start = await terms.connect(size, { signal });
      const target = { ...place, command, stdin: true, tty: hasTty };
      const found = await needs.openCommand(context, target, size, { signal });
      ({ stream } = found);
      const door = { kind: 'browser', client: origin } as const;
      const details = {
        ...place,
        container: found.container,
        command,
        ...found.facts,
        sessionId,
        hasTty,
        door,
      };
      const recording = await openSessionRecording(needs, details, size, answer, start);
      return { init, container: found.container, stream, recording, startedAtMs: clock.nowMs() };
    } catch (error) {
      await stream?.close();
      await start?.cancel();
      throw error;
    }
  }

  async function relay(session: Opened, frames: AsyncIterator<string>): Promise<SessionEnd> {
    const { stream, recording } = session;
    const { stopped, hold } = recording;
    let failure: AppError | undefined;
    const close = (): void => {
      hold?.release();
      void stream.close();
    };
    const cuts = AbortSignal.any([signal, stopped]);
    if (cuts.aborted) close();
    cuts.addEventListener('abort', close, { once: true });
    await peer.send({ type: 'exec_started' });
    recording.follow((label) => {
      // Neither rejects.
      void recording.take({ kind: 'marker', timeMicros: 0, label });
      void warn(session, label);
    });
    await warnUnrecorded(session);
    // Not awaited: it ends with the command, or ends it.
    sendInput(session, frames).catch((error: unknown) => {
      // Of a page that has gone its last frame may be half a word.
      if (signal.aborted) return;
      failure = toAppError(error);
      close();
    });
    await showOutput(session);
    const end = await stream.ended;
    cuts.removeEventListener('abort', close);
    if (stopped.aborted) return { kind: 'failed', error: toAppError(stopped.reason) };
    return failure && end.kind === 'closed' ? { kind: 'failed', error: failure } : toSessionEnd(end);
  }

  /** Recorded before shown; and no faster than the page takes it. */
  async function showOutput({ stream, recording }: Opened): Promise<void> {
    const { hold, stopped } = recording;
    const readers = { stdout: createTextReader(), stderr: createTextReader() };
    for await (const { channel, bytes } of stream.output) {
      const taken = recording.take({ kind: 'output', timeMicros: 0, bytes, isStderr: channel === 'stderr' });
      if (hold) await taken;
      if (stopped.aborted) return;
      for (const piece of split(bytes)) await show(channel, readers[channel].read(piece), piece.byteLength);
      await taken;
    }
    for (const channel of ['stdout', 'stderr'] as const) await show(channel, readers[channel].end(), 0);
  }

  async function show(channel: OutputChunk['channel'], data: string, bytes: number): Promise<void> {
    // Where the page has gone, what the command still says is recorded and shown to nobody.
    await rate.take(bytes, { signal }).catch(() => {});
    if (data !== '') await peer.send({ type: channel, data });
  }

  async function sendInput({ stream, recording }: Opened, frames: AsyncIterator<string>): Promise<void> {
    const writer = createTextWriter();
    for (let next = await frames.next(); !next.done; next = await frames.next()) {
      const frame = parsePageFrame(next.value);
      if (frame.type === 'resize') resize(frame.size);
      else await type(writer.write(frame.data));
    }

    function resize(size: TerminalSize | undefined): void {
      if (!size) return;
      stream.resize(size);
      void recording.take({ kind: 'resize', timeMicros: 0, size });
    }

    async function type(bytes: Uint8Array): Promise<void> {
      await recording.hold?.room();
      const { state } = recording;
      // Before its echo.
      if (state.kind === 'recording' && state.inputOn) void recording.typed(bytes);
      await rate.take(bytes.byteLength, { signal });
      // What comes for a command that has ended is dropped with it.
      await stream.write(bytes).catch(() => {});
    }
  }

  async function warnUnrecorded(session: Opened): Promise<void> {
    const { state } = session.recording;
    if (state.kind === 'failed') await warn(session, `this command is not on record: ${state.error.message}`);
    if (state.kind === 'off') await warn(session, `this command is not on record. ${state.reason}`);
  }

  /** In the terminal, since a frame for it there is none. */
  async function warn({ init }: Opened, words: string): Promise<void> {
    const line = `warning: ${toLabel(words, MAX_WORDS_CHARACTERS)}`;
    await peer.send({ type: 'stderr', data: init.hasTty ? `\r\n${line}\r\n` : `${line}\n` });
  }

  async function sayGoodbye(end: SessionEnd): Promise<void> {
    const { frame, code } = describeEnd(end);
    // A shell that was told to go may go in order: its exit code alone would not say that it was us.
    if (opened && end.kind === 'exited' && closing.signal.aborted) {
      await warn(opened, toAppError(closing.signal.reason).message);
    }
    await peer.send(frame);
    await peer.close(code);
  }

  async function cutAfterGoodbye(): Promise<void> {
    try {
      await clock.sleep(limits.goodbyeMs, { signal: peer.gone });
      peer.cut();
    } catch {
      // It has gone by itself.
    }
  }

  const ended = run();
  const delivered = ended.then(() => opened?.recording.delivered());

  return {
    sessionId,
    snapshot: () => opened && describe(opened),
    async close(failure) {
      closing.abort(failure ?? new AppError('cancelled', 'this command was ended in Kubereel'));
      void cutAfterGoodbye();
      await ended;
    },
    ended,
    delivered: () => delivered,
  };

  function describe({ init, container, recording, startedAtMs }: Opened): TappedSnapshot {
    const { context, namespace, pod, command } = init;
    const what = { context, namespace, pod, container, command, kind: 'exec' } as const;
    return { sessionId, door: 'browser', client: origin, ...what, startedAtMs, recording: recording.state };
  }
}

function* split(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += PIECE_BYTES) {
    yield bytes.subarray(start, start + PIECE_BYTES);
  }
}

function describeEnd(end: SessionEnd): { readonly frame: AgentFrame; readonly code: 1000 | 1008 | 1011 } {
  switch (end.kind) {
    case 'exited':
      return { frame: { type: 'exit', exitCode: end.exitCode }, code: 1000 };
    case 'closed':
      return { frame: { type: 'error', data: 'this command was ended in Kubereel' }, code: 1000 };
    case 'failed': {
      const { code, message, hint } = end.error;
      const isRefused = code === 'bad-input' || code === 'policy-refused' || code === 'context-unknown';
      const words = hint === undefined ? message : `${message}. ${hint}`;
      return {
        frame: { type: 'error', data: toLabel(words, MAX_WORDS_CHARACTERS) },
        code: isRefused ? 1008 : 1011,
      };
    }
  }
}
