import { AppError, toAppError } from '../base/errors.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import type { Core, RecordingWish } from '../compose.ts';
import { escapeControls } from '../credentials/visible-text.ts';
import type { ExecEnd, ExecStream } from '../exec/exec-stream.ts';
import type { RecordingDetails, RecordingEnd } from '../recording/recording.ts';
import { openSessionRecording, type SessionRecording } from '../session/session-recording.ts';
import type { CommandTerms } from './command-terms.ts';
import type { CommandIo } from './io.ts';

/** A remote command that is open, and what its record says of it. */
export interface RecordedWork {
  readonly stream: ExecStream;
  readonly details: RecordingDetails;
  readonly size: TerminalSize;
  readonly hasInput: boolean;
  readonly hasTty: boolean;
  readonly wish?: RecordingWish;
  /** As `agreeOnCommand` told before it was opened. */
  readonly terms: CommandTerms;
}

/** What a shell reports after Ctrl-C. */
const INTERRUPTED_EXIT_CODE = 130;

/**
 * Ties a remote command to the terminal or the pipes that we were started with, on the record. Resolves with its
 * exit code, or 130 after `signal`; rejects with how it failed.
 */
export async function relayRecorded(
  core: Core,
  { stream, details, size, hasInput, hasTty, wish, terms }: RecordedWork,
  io: CommandIo,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  const { settings } = (await core.settings()).current();
  const recording = await openSessionRecording(
    {
      clock: core.clock,
      newCastWriter: (what, start, options) =>
        core.newCastWriter(what, start, {
          ...wish,
          ...options,
          isRedacted: options.isRedacted || wish?.isRedacted === true,
        }),
      onChanged: () => {},
      // Of what is no terminal nothing is a prompt.
      markChoices: () => ({ promptMarkers: hasTty && settings.promptMarkers, mayPause: false }),
    },
    details,
    size,
    terms.answer,
    terms.start,
  ).catch(async (error: unknown) => {
    await stream.close();
    await terms.start?.cancel();
    throw error;
  });
  await tellUnrecorded(recording, io);
  recording.follow((label) => {
    const timeMicros = core.clock.nowMicros();
    // Neither rejects, but where nobody reads our words any more.
    void recording.take({ kind: 'marker', timeMicros, label });
    const line = escapeControls(`warning: ${label}`);
    // A remote screen has its cursor anywhere, and line feeds are as it writes them.
    io.writeError(hasTty ? `\r\n${line}\r\n` : `${line}\n`).catch(() => {});
  });
  const restore = hasTty ? useTerminal(stream, recording, io, core) : () => {};
  try {
    const input = hasInput ? sendInput(stream, recording, io) : undefined;
    const end = await relay(core, stream, recording, io, signal);
    io.closeInput();
    await input;
    await recording.close(toRecordingEnd(end));
    // Whose terminal it is gets it back while a recorder confirms.
    restore();
    if (recording.state.kind !== 'off') await tellUnrecorded(recording, io);
    await recording.delivered();
    await tellUndelivered(recording, io);
    if (end.kind === 'exited') return tellExit(end.exitCode, io);
    if (end.kind === 'closed') return INTERRUPTED_EXIT_CODE;
    throw end.error;
  } finally {
    restore();
  }
}

/** Recorded before shown: the record takes each chunk first, then the terminal or the pipe. */
async function relay(
  core: Core,
  stream: ExecStream,
  recording: SessionRecording,
  io: CommandIo,
  signal: AbortSignal,
): Promise<ExecEnd> {
  const startMicros = core.clock.nowMicros();
  // Its end is awaited below, as the stream's.
  const { hold, stopped } = recording;
  const close = (): void => void stream.close();
  const interrupt = (): void => {
    hold?.release();
    close();
  };
  signal.addEventListener('abort', interrupt, { once: true });
  stopped.addEventListener('abort', close, { once: true });
  // While the recording was being begun nobody listened to either.
  if (signal.aborted) interrupt();
  if (stopped.aborted) close();
  try {
    for await (const { channel, bytes } of stream.output) {
      const timeMicros = core.clock.nowMicros() - startMicros;
      // Never rejects; a disk that is slow does not hold up what is shown, only what comes after it.
      const taken = recording.take({ kind: 'output', timeMicros, bytes, isStderr: channel === 'stderr' });
      if (hold) await taken;
      if (stopped.aborted) break;
      await (channel === 'stderr' ? io.writeError(bytes) : io.write(bytes));
      await taken;
    }
  } catch {
    // Nobody reads our output any more (`| head`): the remote command ends as it would with kubectl.
    await stream.close();
  }
  signal.removeEventListener('abort', interrupt);
  const end = await stream.ended;
  if (!stopped.aborted || signal.aborted) return end;
  return { kind: 'failed', error: toAppError(stopped.reason) };
}

function useTerminal(stream: ExecStream, recording: SessionRecording, io: CommandIo, core: Core): () => void {
  const restoreInput = io.rawInput();
  const startMicros = core.clock.nowMicros();
  const stopResizing = io.onResize((size) => {
    stream.resize(size);
    // Cannot fail: taking a record never rejects.
    void recording.take({ kind: 'resize', timeMicros: core.clock.nowMicros() - startMicros, size });
  });
  return () => {
    stopResizing();
    restoreInput();
  };
}

async function sendInput(stream: ExecStream, recording: SessionRecording, io: CommandIo): Promise<void> {
  const { hold } = recording;
  try {
    for await (const bytes of io.input) {
      await hold?.room();
      const { state } = recording;
      // Before its echo. Never rejects.
      if (state.kind === 'recording' && state.inputOn) void recording.typed(bytes);
      await stream.write(bytes);
    }
    await stream.closeInput();
  } catch (error) {
    // The command has ended, or our own input was closed because it did.
    const hasEnded = (await Promise.race([stream.ended, Promise.resolve(undefined)])) !== undefined;
    if (!hasEnded && error instanceof AppError && error.code === 'exec-refused') {
      await io.writeError(`error: ${error.message}\n`);
      await stream.close();
    }
  }
}

async function tellExit(exitCode: number, io: CommandIo): Promise<number> {
  if (exitCode !== 0) await io.writeError(`command terminated with exit code ${exitCode}\n`);
  return exitCode;
}

async function tellUnrecorded(recording: SessionRecording, io: CommandIo): Promise<void> {
  const { state } = recording;
  if (state.kind === 'failed') {
    await io.writeError(`warning: this command is not on record: ${state.error.message}\n`);
  } else if (state.kind === 'off') {
    await io.writeError(escapeControls(`warning: this command is not on record. ${state.reason}\n`));
  } else if (state.kind === 'stored' && state.lostBytes > 0) {
    await io.writeError(`warning: ${state.lostBytes} bytes of output are missing in the record\n`);
  }
}

/** What is owed is delivered by the app, or by hand. */
async function tellUndelivered({ state }: SessionRecording, io: CommandIo): Promise<void> {
  if (state.kind !== 'stored' && state.kind !== 'failed') return;
  const { delivery, recordingId } = state;
  if (delivery?.kind !== 'owed') return;
  const why = delivery.attempts.at(-1)?.error.message ?? 'no recorder has confirmed it yet';
  const remedy = `The app delivers it later, and so does: kubereel uploads retry ${recordingId}`;
  await io.writeError(escapeControls(`warning: this recording is owed to a recorder: ${why}\n  ${remedy}\n`));
}

function toRecordingEnd(end: ExecEnd): RecordingEnd {
  if (end.kind === 'exited' || end.kind === 'closed') return end;
  return { kind: 'failed', note: end.error.message };
}
