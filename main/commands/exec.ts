import type { Core } from '../compose.ts';
import type { TerminalSize } from '../exec/exec-stream.ts';
import type { CommandIo } from './io.ts';
import { relayRecorded } from './recorded-relay.ts';

export interface ExecOptions {
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container?: string;
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** Of a command whose output is no terminal. */
export const SIZE_WITHOUT_TERMINAL: TerminalSize = { cols: 80, rows: 24 };

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
  const { context, namespace, pod, command, stdin } = options;
  const { stream, container } = shell;
  const details = { context, namespace, pod, container, command };
  return relayRecorded(core, { stream, details, size, hasInput: stdin, hasTty }, io, { signal });
}
