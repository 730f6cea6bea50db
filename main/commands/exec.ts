import type { TerminalSize } from '../base/terminal-size.ts';
import type { Core, RecordingWish } from '../compose.ts';
import { findControllerPod } from '../kube/controller-pod.ts';
import { LONGEST_REASON, toLabel } from '../recording/label.ts';
import { agreeOnCommand, openAgreed } from './command-terms.ts';
import type { CommandIo } from './io.ts';
import { relayRecorded } from './recorded-relay.ts';

export interface ExecOptions {
  readonly context: string;
  readonly namespace: string;
  /** A pod's name, or TYPE/NAME of what has pods. */
  readonly pod: string;
  readonly container?: string;
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
  /** Says nothing about its own choices. */
  readonly isQuiet?: boolean;
  /** Of its record. */
  readonly wish?: RecordingWish;
  /** Why it is run, for the record. */
  readonly reason?: string;
  /** The context's or the namespace's name, where the policy has it typed. */
  readonly confirmation?: string;
  /** How long a pod of a controller may take to appear. */
  readonly podTimeoutMs: number;
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
  if (options.tty && options.stdin && !hasTty && !options.isQuiet) {
    await io.writeError('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  }
  const size = io.size() ?? SIZE_WITHOUT_TERMINAL;
  const pod = await findPod(core, options, signal);
  const { context, namespace, command, stdin, wish = {} } = options;
  const place = { context, namespace, pod, ...(options.container && { container: options.container }) };
  const terms = await agreeOnCommand(core, place, options, io, { size, wish, signal });
  const target = { ...options, pod, tty: hasTty };
  const shell = await openAgreed(terms, () => core.openCommand(context, target, size, { signal }));
  if (shell.choices !== '' && !options.isQuiet) {
    await io.writeError(`Defaulted container "${shell.container}" out of: ${shell.choices}\n`);
  }
  const { stream, container, facts } = shell;
  const reason = terms.reason === undefined ? {} : { reason: toLabel(terms.reason, LONGEST_REASON) };
  const details = { context, namespace, pod, container, command, ...facts, hasTty, ...reason };
  return relayRecorded(core, { stream, details, size, hasInput: stdin, hasTty, wish, terms }, io, {
    signal,
  });
}

async function findPod(core: Core, options: ExecOptions, signal: AbortSignal): Promise<string> {
  const { context, namespace, pod } = options;
  const [type = '', name] = pod.split('/');
  if (name === undefined) return pod;
  const transport = await core.contexts.transport(context);
  return findControllerPod(
    { transport, clock: core.clock },
    { type, name, namespace },
    { timeoutMs: options.podTimeoutMs, signal },
  );
}
