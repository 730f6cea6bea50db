import { AppError } from '../base/errors.ts';
import type { Core } from '../compose.ts';
import { SHELL_COMMAND } from '../exec/shell-choice.ts';
import type { DebugProfile } from '../kube/debug-profile.ts';
import { LONGEST_REASON, toLabel } from '../recording/label.ts';
import type { ShellPlace } from '../session/shell-terms.ts';
import { agreeOnCommand, openAgreed } from './command-terms.ts';
import { SIZE_WITHOUT_TERMINAL } from './exec.ts';
import type { CommandIo } from './io.ts';
import { parsePod } from './options.ts';
import { relayRecorded } from './recorded-relay.ts';

export interface DebugOptions {
  readonly context: string;
  readonly namespace: string;
  readonly target:
    | { readonly kind: 'pod'; readonly pod: string; readonly container?: string }
    | { readonly kind: 'node'; readonly node: string };
  readonly image: string;
  readonly profile: DebugProfile;
  /** Empty: in a pod what the image runs by itself, on a node the best shell. */
  readonly command: readonly string[];
  /** The question before a node's shell is answered already. */
  readonly isConfirmed: boolean;
  /** Why it is run, for the record. */
  readonly reason?: string;
  /** The context's or the namespace's name, where the policy has it typed. */
  readonly confirmation?: string;
}

/** `POD`, `pod/POD` or `node/NODE`, as kubectl takes them. */
export function parseDebugTarget(text: string, container: string | undefined): DebugOptions['target'] {
  const [, node] = /^(?:nodes?|no)\/(.+)$/.exec(text) ?? [];
  if (node === undefined) {
    return { kind: 'pod', pod: parsePod(text), ...(container === undefined ? {} : { container }) };
  }
  if (container === undefined) return { kind: 'node', node };
  throw new AppError('bad-input', 'a node has no container to look at', { hint: 'Leave -c out.' });
}

/** `kubectl debug`, recorded. Resolves with the exit code of the debug container's program. */
export async function runDebug(
  core: Core,
  options: DebugOptions,
  io: CommandIo,
  { signal }: { signal: AbortSignal },
): Promise<number> {
  const { context, namespace, target, image, profile } = options;
  const hasTty = io.isInputTerminal && io.isOutputTerminal;
  const size = io.size() ?? SIZE_WITHOUT_TERMINAL;
  const wanted = { namespace, image, stdin: true, tty: hasTty };
  const opening = {
    // Not awaited: what cannot be told is no reason to stop.
    onProgress: (words: string) => void io.writeError(`${words}\n`).catch(() => {}),
    signal,
  };
  if (target.kind === 'node' && !options.isConfirmed) await confirmNode(target.node, context, io);
  const terms = await agreeOnCommand(core, toPlace(options), options, io, { size, signal });
  const reason = terms.reason === undefined ? {} : { reason: toLabel(terms.reason, LONGEST_REASON) };
  const work = { size, hasInput: true, hasTty, terms };
  if (target.kind === 'node') {
    const { node } = target;
    const command = options.command.length > 0 ? options.command : SHELL_COMMAND;
    const onNode = { ...wanted, node, command };
    const { stream, pod, container, facts } = await openAgreed(terms, () =>
      core.debugShells.openNode(context, onNode, size, opening),
    );
    const details = { context, namespace, pod, container, command, ...facts, hasTty, ...reason };
    return relayRecorded(core, { ...work, stream, details }, io, { signal });
  }
  const { kind: _kind, ...place } = target;
  const { command } = options;
  const beside = { ...wanted, ...place, command, profile };
  const { stream, container, facts } = await openAgreed(terms, () =>
    core.debugShells.openContainer(context, beside, size, opening),
  );
  const details = { context, namespace, pod: place.pod, container, command, ...facts, hasTty, ...reason };
  return relayRecorded(core, { ...work, stream, details }, io, { signal });
}

/** A debug container is asked about as the one it looks at. */
function toPlace({ context, namespace, target }: DebugOptions): ShellPlace {
  if (target.kind === 'node') return { context, namespace, pod: `node/${target.node}` };
  const { pod, container } = target;
  return { context, namespace, pod, ...(container === undefined ? {} : { container }) };
}

async function confirmNode(node: string, context: string, io: CommandIo): Promise<void> {
  if (!io.isInputTerminal) {
    throw new AppError('bad-input', `a shell on node ${node} is root there, and nobody can be asked`, {
      hint: 'Give --yes to open it without a question.',
    });
  }
  const answer = await io.ask(`Open a shell as root on node ${node} of context ${context}? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new AppError('cancelled', 'no shell was opened');
}
