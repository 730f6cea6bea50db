/** What is asked before a debug container is added or a shell on a node is opened. All pure. */
import type { DebugWish, PodInfo, ShellTarget } from '../../preload/contract.ts';

/** A debug container in this pod. */
export interface ContainerQuestion {
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  /** Those that it can look at. */
  readonly containers: readonly string[];
  /** The one that is offered first. */
  readonly container: string;
}

/** A shell on this node. */
export interface NodeQuestion {
  readonly context: string;
  /** Where the pod for it is offered to be made. */
  readonly namespace: string;
  readonly node: string;
}

export type DebugQuestion =
  | { readonly kind: 'debug'; readonly question: ContainerQuestion }
  | { readonly kind: 'node-shell'; readonly question: NodeQuestion };

export function askAboutPod(
  context: string,
  pod: PodInfo,
  container: string = pod.defaultContainer,
): ContainerQuestion {
  const { namespace, name } = pod;
  const own = pod.containers.filter(({ kind }) => kind === 'container').map((one) => one.name);
  // An init or debug container cannot be looked at.
  const offered = own.includes(container) ? container : (own[0] ?? container);
  return { context, namespace, pod: name, containers: own.length > 0 ? own : [offered], container: offered };
}

/** Of a session whose pod may have left the list, or is in none. */
export function askAboutTarget(target: ShellTarget, pods: Iterable<PodInfo>): ContainerQuestion {
  const { context, namespace, pod, container = '' } = target;
  for (const known of pods) {
    if (known.namespace === namespace && known.name === pod) return askAboutPod(context, known, container);
  }
  return { context, namespace, pod, containers: [container], container };
}

/** What has to be asked before this is opened; undefined: it adds nothing to the cluster. */
export function questionOf(target: ShellTarget, pods: Iterable<PodInfo>): DebugQuestion | undefined {
  const { context, namespace, node, debug } = target;
  if (node) return { kind: 'node-shell', question: { context, namespace, node: node.name } };
  return debug && { kind: 'debug', question: askAboutTarget(target, pods) };
}

/** What a debug container may do, each with its words; the first is the one that is offered. */
export const PROFILES: readonly { readonly name: DebugProfile; readonly label: string }[] = [
  { name: 'general', label: 'Trace processes (general)' },
  { name: 'baseline', label: 'No more than the pod (baseline)' },
  { name: 'restricted', label: 'As restricted namespaces demand (restricted)' },
  { name: 'netadmin', label: 'Change the pod’s network (netadmin)' },
  { name: 'sysadmin', label: 'Everything, as root of the node (sysadmin)' },
];

export type DebugProfile = NonNullable<DebugWish['profile']>;

/** Why nothing can be debugged in this pod; a container that does not run is no reason. */
export function debugRefusal({ phase }: PodInfo): string | undefined {
  if (phase === 'Succeeded') return 'it has completed';
  return phase === 'Failed' ? 'it has failed' : undefined;
}

export function containerTarget(
  question: ContainerQuestion,
  container: string,
  { image, ...may }: DebugWish,
): ShellTarget {
  const { context, namespace, pod } = question;
  return {
    context,
    namespace,
    pod,
    ...(container === '' ? {} : { container }),
    debug: { image: image.trim(), ...may },
  };
}

export function nodeTarget({ context, node }: NodeQuestion, namespace: string, image: string): ShellTarget {
  return { context, namespace: namespace.trim(), pod: node, node: { name: node, image: image.trim() } };
}
