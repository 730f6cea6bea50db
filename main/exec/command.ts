import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import { type ContainerInfo, describeContainer, type PodDetails } from '../kube/pod-info.ts';
import { getPod } from '../kube/pods.ts';
import type { KubeTransport } from '../kube/transport.ts';
import { type ExecStream, openExecStream } from './exec-stream.ts';
import type { ShellFacts } from './shell-facts.ts';

/** A command in a pod, as a person or `kubectl exec` names it. */
export interface CommandTarget {
  readonly namespace: string;
  readonly pod: string;
  /** Absent: kubectl's choice, the annotation or else the first. */
  readonly container?: string;
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
}

export interface OpenedCommand {
  readonly stream: ExecStream;
  readonly container: string;
  /** All of the pod's containers, as kubectl lists them, where the first of several was taken; else empty. */
  readonly choices: string;
  /** Empty where the pod did not have to be asked. */
  readonly facts: ShellFacts;
}

/**
 * Opens a command in the container that was named, or in kubectl's choice. Asks the server about the pod only
 * where the choice needs it.
 */
export async function openCommand(
  needs: { readonly transport: KubeTransport; readonly clock: Clock },
  target: CommandTarget,
  size: TerminalSize,
  options: { signal: AbortSignal },
): Promise<OpenedCommand> {
  const { namespace, pod, command, stdin, tty } = target;
  const chosen = target.container
    ? { container: target.container, choices: '', facts: {} }
    : choose(await getPod(needs, { namespace, pod }, options));
  const request = { kind: 'exec', namespace, pod, container: chosen.container, command, stdin, tty } as const;
  const stream = await openExecStream(needs, request, { ...options, size });
  return { stream, ...chosen };
}

function choose(pod: PodDetails): Omit<OpenedCommand, 'stream'> {
  const chosen = chooseContainer(pod);
  return { ...chosen, facts: describeContainer(pod, chosen.container) };
}

/** kubectl's choice, with what else there was. Throws `pod-completed` or `container-unknown`. */
export function chooseContainer(pod: PodDetails): { container: string; choices: string } {
  refuseCompleted(pod);
  if (!pod.containers.some(({ name }) => name === pod.defaultContainer)) {
    // kubectl's words from 1.36 on; older ones take the first container instead.
    throw new AppError(
      'container-unknown',
      `container ${pod.defaultContainer} is not valid for pod ${pod.name} out of: ${describeAll(pod)}`,
      { hint: 'The pod’s annotation names it as the default. Choose one of the others.' },
    );
  }
  const isChosenForUs = !pod.hasDefaultAnnotation && pod.containers.length > 1;
  return { container: pod.defaultContainer, choices: isChosenForUs ? describeAll(pod) : '' };
}

/** In kubectl's words (exec.go); the server would only say that the container is not found. */
export function refuseCompleted({ phase }: PodDetails): void {
  if (phase !== 'Succeeded' && phase !== 'Failed') return;
  throw new AppError(
    'pod-completed',
    `cannot exec into a container in a completed pod; current phase is ${phase}`,
    { hint: 'A completed pod runs nothing any more; its logs may still be there.' },
  );
}

/** As kubectl lists them (podcmd.go, AllContainerNames): `app, debugger (ephem), setup (init)`. */
function describeAll({ containers }: PodDetails): string {
  const inOrder = (['container', 'ephemeral', 'init'] as const).flatMap((kind) =>
    containers.filter((container) => container.kind === kind),
  );
  return inOrder.map(nameContainer).join(', ');
}

function nameContainer({ name, kind }: ContainerInfo): string {
  const notes = { container: '', init: ' (init)', ephemeral: ' (ephem)' } as const;
  return `${name}${notes[kind]}`;
}
