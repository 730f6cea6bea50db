import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import { describeContainer, type PodDetails } from '../kube/pod-info.ts';
import { getPod } from '../kube/pods.ts';
import type { KubeTransport } from '../kube/transport.ts';
import { chooseContainer, refuseCompleted } from './command.ts';
import { type ExecStream, openExecStream } from './exec-stream.ts';
import { createNoShell, isWindowsRefusal } from './no-shell.ts';
import { createPodGone, guardPod } from './pod-guard.ts';
import { SHELL_COMMAND, WINDOWS_SHELL_COMMAND } from './shell-choice.ts';
import type { ShellFacts } from './shell-facts.ts';
import type { ShellMemory } from './shell-memory.ts';

/** A terminal in a pod, as the page asks for it. */
export interface ShellWish {
  readonly namespace: string;
  readonly pod: string;
  /** Absent: kubectl's choice, the annotation or else the first. */
  readonly container?: string;
  /** Absent: the best shell that the image has. */
  readonly command?: readonly string[];
}

/** Where a shell was opened, for the next one in its place: not in another pod or cluster of the same name. */
export interface ShellPlace {
  readonly server: string;
  /** Absent where the user may not read pods. */
  readonly podUid?: string;
}

/** An open shell, with what was chosen for it. */
export interface OpenedShell {
  readonly stream: ExecStream;
  readonly container: string;
  readonly command: readonly string[];
  readonly place: ShellPlace;
  readonly facts?: ShellFacts;
  /** How its target is shown and opened again, where that is not where it runs. */
  readonly shown?: { readonly pod?: string; readonly container: string };
}

export interface ShellNeeds {
  readonly transport: KubeTransport;
  readonly clock: Clock;
  readonly memory: ShellMemory;
}

export interface ShellOptions {
  /** The shell takes the place of one that was lost there: elsewhere it is refused with `pod-gone`. */
  readonly place?: ShellPlace;
  /** As of a credential. */
  readonly isUnattended?: boolean;
  /** What it waits for, in words, where that takes long. */
  onProgress?(words: string): void;
  readonly signal: AbortSignal;
}

/**
 * Opens a terminal in one exec. The pod is asked first: for its default container, its operating system and the
 * image, of which we may know better; who may exec and not read pods has to name the container.
 */
export async function openShell(
  needs: ShellNeeds,
  wish: ShellWish,
  size: TerminalSize,
  { place, ...options }: ShellOptions,
): Promise<OpenedShell> {
  const { transport, memory } = needs;
  const { namespace, pod } = wish;
  const details = await readPod(needs, wish, place, options);
  if (place) checkPlace(transport, wish, place, details);
  if (details) refuseCompleted(details);
  const container = wish.container ?? (details ? chooseContainer(details).container : '');
  const image = details?.imageIds.get(container);
  const finding = image === undefined ? undefined : memory.recall(image);
  const isWindows = details?.os === 'windows' || finding === 'windows';
  const command = wish.command ?? (isWindows ? WINDOWS_SHELL_COMMAND : SHELL_COMMAND);
  const request = { kind: 'exec', namespace, pod, container, command, stdin: true, tty: true } as const;
  if (!wish.command && finding === 'no-shell') {
    throw createNoShell(request, `found a moment ago in ${image}`, transport.context);
  }
  const stream = await openExecStream(needs, request, { ...options, size });
  const podUid = details ? { podUid: details.uid } : {};
  const guard = guardPod(needs, { namespace, pod, container, ...podUid }, stream);
  if (!wish.command && image !== undefined) void remember(memory, image, stream);
  const facts = details ? describeContainer(details, container) : {};
  const explained = { ...stream, ended: stream.ended.then(guard.explain) };
  return { stream: explained, container, command, place: { server: transport.server, ...podUid }, facts };
}

/** Undefined where the user may not read it and needs not. */
async function readPod(
  needs: ShellNeeds,
  wish: ShellWish,
  place: ShellPlace | undefined,
  options: { readonly isUnattended?: boolean; readonly signal: AbortSignal },
): Promise<PodDetails | undefined> {
  try {
    return await getPod(needs, wish, options);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'forbidden' && wish.container !== undefined) return undefined;
    throw place && error.code === 'pod-not-found' ? createPodGone(wish.namespace, wish.pod) : error;
  }
}

/** A kubeconfig may have changed meanwhile, and a StatefulSet's new pod has the old one's name. */
function checkPlace(
  { server, context }: KubeTransport,
  { namespace, pod }: ShellWish,
  place: ShellPlace,
  details: PodDetails | undefined,
): void {
  if (place.podUid !== undefined && details && details.uid !== place.podUid) {
    throw new AppError('pod-gone', `pod ${namespace}/${pod} was replaced by another one of that name`, {
      hint: 'Open a shell in the new one.',
    });
  }
  if ((place.podUid === undefined || !details) && server !== place.server) {
    throw new AppError('pod-gone', `context ${context} leads to ${server} now, and not to ${place.server}`, {
      hint: 'Whether its pod is the same cannot be told. Open a shell there by yourself.',
    });
  }
}

/** Never rejects. */
async function remember(memory: ShellMemory, image: string, stream: ExecStream): Promise<void> {
  const end = await stream.ended;
  if (end.kind !== 'failed' || end.error.code !== 'no-shell') return;
  memory.note(image, isWindowsRefusal(end.error) ? 'windows' : 'no-shell');
}
