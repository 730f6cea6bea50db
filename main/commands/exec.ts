import { AppError } from '../base/errors.ts';
import type { Core } from '../compose.ts';
import type { ExecEnd, ExecStream, TerminalSize } from '../exec/exec-stream.ts';
import type { RecordingEnd } from '../recording/recording.ts';
import { openSessionRecording, type SessionRecording } from '../session/session-recording.ts';
import type { CommandIo } from './io.ts';

export interface ExecOptions {
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container?: string;
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
}

const SIZE_WITHOUT_TERMINAL: TerminalSize = { cols: 80, rows: 24 };
/** What a shell reports after Ctrl-C. */
const INTERRUPTED_EXIT_CODE = 130;

/**
 * `kubectl exec`, recorded. Resolves with the exit code: the remote command's, 1 for everything else.
 * `signal` is Ctrl-C where there is no TTY: it ends the remote command and closes the record.
 */
export async function runExec(
  core: Core,
  options: ExecOptions,
  io: CommandIo,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  const hasTty = options.tty && options.stdin && io.isInputTerminal;
  if (options.tty && !hasTty) {
    await io.writeError('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  }
  const size = io.size() ?? SIZE_WITHOUT_TERMINAL;
  const shell = await core.openCommand(options.context, { ...options, tty: hasTty }, size, { signal });
  if (shell.choices.length > 0) {
    const names = shell.choices.join(', ');
    await io.writeError(`Defaulted container "${shell.container}" out of: ${names}\n`);
  }
  const { context, namespace, pod, command } = options;
  const recording = await openSessionRecording(
    { clock: core.clock, newCastWriter: core.newCastWriter, onChanged: () => {} },
    { context, namespace, pod, container: shell.container, command },
    size,
  );
  await tellUnrecorded(recording, io);
  const restore = hasTty ? useTerminal(shell.stream, recording, io, core) : () => {};
  try {
    const input = options.stdin ? sendInput(shell.stream, io) : undefined;
    const end = await relay(core, shell.stream, recording, io, signal);
    io.closeInput();
    await input;
    await recording.close(toRecordingEnd(end));
    await tellUnrecorded(recording, io);
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
  const close = (): void => void stream.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    for await (const { channel, bytes } of stream.output) {
      await recording.take({ kind: 'output', timeMicros: core.clock.nowMicros() - startMicros, bytes });
      await (channel === 'stderr' ? io.writeError(bytes) : io.write(bytes));
    }
  } catch {
    // Nobody reads our output any more (`| head`): the remote command ends as it would with kubectl.
    await stream.close();
  }
  signal.removeEventListener('abort', close);
  return stream.ended;
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

async function sendInput(stream: ExecStream, io: CommandIo): Promise<void> {
  try {
    for await (const bytes of io.input) await stream.write(bytes);
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
  } else if (state.kind === 'stored' && state.lostBytes > 0) {
    await io.writeError(`warning: ${state.lostBytes} bytes of output are missing in the record\n`);
  }
}

function toRecordingEnd(end: ExecEnd): RecordingEnd {
  if (end.kind === 'exited' || end.kind === 'closed') return end;
  return { kind: 'failed', note: end.error.message };
}
