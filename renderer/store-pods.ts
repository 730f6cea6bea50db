/** The pods of one context as a watch tells them: how changes apply, what is listed, what can be opened. All pure. */
import type { ContainerInfo, PodInfo, PodsChange } from '../preload/contract.ts';
import type { DotShape, Tone } from './ui/status-dot.tsx';

export interface PodWatch {
  readonly context: string;
  /** Null: all namespaces. */
  readonly namespace: string | null;
  readonly state: PodsChange['state'];
  /** By uid. */
  readonly pods: ReadonlyMap<string, PodInfo>;
  /** The first list has come. Until then an empty list means nothing. */
  readonly isLoaded: boolean;
}

export function newPodWatch(context: string, namespace: string | null): PodWatch {
  return { context, namespace, state: { kind: 'connecting' }, pods: new Map(), isLoaded: false };
}

export function applyPodsChange(watch: PodWatch, change: PodsChange): PodWatch {
  const { state, reset, upserted, removed } = change;
  const isLoaded = watch.isLoaded || reset;
  if (!reset && upserted.length === 0 && removed.length === 0) return { ...watch, state, isLoaded };
  const pods = new Map(reset ? [] : watch.pods);
  for (const uid of removed) pods.delete(uid);
  for (const pod of upserted) pods.set(pod.uid, pod);
  return { ...watch, state, pods, isLoaded };
}

/** By namespace, then name, so that a pod's place depends on nothing that changes. */
export function sortPods(pods: Iterable<PodInfo>): readonly PodInfo[] {
  return [...pods].sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name));
}

/** Pods that have every word of the filter in their name, namespace, status or node. */
export function filterPods(pods: readonly PodInfo[], filter: string): readonly PodInfo[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return pods;
  return pods.filter((pod) => {
    const text = `${pod.name} ${pod.namespace} ${pod.status} ${pod.node ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Why no shell can be opened in this pod at all; undefined where one can be tried. */
export function podRefusal(pod: PodInfo): string | undefined {
  if (pod.phase === 'Succeeded') return 'It has completed: a shell needs a running container';
  if (pod.phase === 'Failed') return 'It has failed: a shell needs a running container';
  if (pod.containers.length > 0 && pod.containers.every((one) => containerRefusal(one))) {
    return `No container of it is running (${pod.status})`;
  }
  return undefined;
}

/** Why no shell can be opened in this container. One in an unknown state may be tried. */
export function containerRefusal(container: ContainerInfo): string | undefined {
  if (container.state === 'waiting') return 'not started';
  if (container.state === 'terminated') return 'has ended';
  return undefined;
}

/** Why Enter opens no shell though the pod has containers that run: its default one does not. */
export function defaultRefusal(pod: PodInfo): string | undefined {
  const refusal = podRefusal(pod);
  if (refusal) return refusal;
  const container = pod.containers.find((one) => one.name === pod.defaultContainer);
  const reason = container && containerRefusal(container);
  return reason && `Its container ${container.name} ${reason === 'has ended' ? reason : `has ${reason}`}`;
}

/** The state of a pod as a sign; its status stands beside it in words. */
export function podSign(pod: PodInfo): { readonly shape: DotShape; readonly tone: Tone } {
  if (pod.phase === 'Failed') return { shape: 'cross', tone: 'lost' };
  if (pod.phase === 'Succeeded') return { shape: 'ring', tone: 'quiet' };
  if (/BackOff|Err|Failed|Invalid|OOM/.test(pod.status)) return { shape: 'cross', tone: 'lost' };
  if (pod.status === 'Running' && pod.readyContainers === pod.totalContainers) {
    return { shape: 'full', tone: 'live' };
  }
  return pod.phase === 'Running' ? { shape: 'half', tone: 'owed' } : { shape: 'ring', tone: 'owed' };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
