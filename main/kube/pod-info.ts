import * as v from 'valibot';
import { type Container, type ContainerStatus, type Pod, podSchema } from './pod-schema.ts';
import { describePod } from './pod-status.ts';

/** A pod as lists show it and shells need it. */
export interface PodInfo {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  /** What `kubectl get pods` shows in STATUS. */
  readonly status: string;
  readonly readyContainers: number;
  readonly totalContainers: number;
  readonly restarts: number;
  /** Unix milliseconds. */
  readonly createdAtMs: number;
  readonly node: string | null;
  /** In the pod's order; init and ephemeral containers after the others. */
  readonly containers: readonly ContainerInfo[];
  /** kubectl's choice: annotation, else the first. The annotation may name a container that there is not. */
  readonly defaultContainer: string;
}

export interface ContainerInfo {
  readonly name: string;
  readonly kind: 'container' | 'init' | 'ephemeral';
  readonly image: string;
  readonly state: 'running' | 'waiting' | 'terminated' | 'unknown';
}

/** What is asked of one pod before a shell is opened in it. */
export interface PodDetails extends PodInfo {
  /** Absent where the pod does not say it; nearly all such pods are Linux. */
  readonly os?: 'linux' | 'windows';
  /** Whether the default container was chosen by annotation, and not as the first. */
  readonly hasDefaultAnnotation: boolean;
  /** What runs in each container, by digest where the runtime knows it. */
  readonly imageIds: ReadonlyMap<string, string>;
}

/** What records say of a container. */
export interface ContainerFacts {
  readonly podUid: string;
  readonly node?: string;
  /** As the pod's specification names it. */
  readonly image?: string;
  /** By digest; absent where the runtime has not told it. */
  readonly imageId?: string;
}

/** kubectl, podcmd.go. */
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** Of nodes; in a mixed cluster a pod selects by it (kubernetes.io, labels-annotations-taints). */
const OS_LABEL = 'kubernetes.io/os';

/** A pod of the API, reduced to what we show. */
export const podInfoSchema: v.GenericSchema<unknown, PodInfo> = v.pipe(podSchema, v.transform(toPodInfo));

export const podDetailsSchema: v.GenericSchema<unknown, PodDetails> = v.pipe(
  podSchema,
  v.transform(toPodDetails),
);

export function describeContainer(
  { uid, node, containers, imageIds }: PodDetails,
  name: string,
): ContainerFacts {
  const image = containers.find((container) => container.name === name)?.image;
  const imageId = imageIds.get(name);
  return {
    podUid: uid,
    ...(node !== null && { node }),
    ...(image !== undefined && { image }),
    ...(imageId !== undefined && imageId !== image && { imageId }),
  };
}

function toPodDetails(pod: Pod): PodDetails {
  const { spec, status } = pod;
  const os = spec.os.name || spec.nodeSelector[OS_LABEL];
  const info = toPodInfo(pod);
  const statuses = [
    ...status.containerStatuses,
    ...status.initContainerStatuses,
    ...status.ephemeralContainerStatuses,
  ];
  const imageIds = new Map(info.containers.map(({ name, image }) => [name, image]));
  for (const { name, imageID } of statuses) if (imageID !== '') imageIds.set(name, imageID);
  const hasDefaultAnnotation = Boolean(pod.metadata.annotations[DEFAULT_CONTAINER]);
  return { ...info, ...(os === 'linux' || os === 'windows' ? { os } : {}), hasDefaultAnnotation, imageIds };
}

function toPodInfo(pod: Pod): PodInfo {
  const { metadata, spec, status } = pod;
  return {
    uid: metadata.uid,
    name: metadata.name,
    namespace: metadata.namespace,
    phase: toPhase(status.phase),
    ...describePod(pod),
    createdAtMs: Date.parse(metadata.creationTimestamp) || 0,
    node: spec.nodeName || null,
    containers: [
      ...listContainers('container', spec.containers, status.containerStatuses),
      ...listContainers('init', spec.initContainers, status.initContainerStatuses),
      ...listContainers('ephemeral', spec.ephemeralContainers, status.ephemeralContainerStatuses),
    ],
    defaultContainer: metadata.annotations[DEFAULT_CONTAINER] || spec.containers[0]?.name || '',
  };
}

function toPhase(phase: string): PodInfo['phase'] {
  return phase === 'Pending' || phase === 'Running' || phase === 'Succeeded' || phase === 'Failed'
    ? phase
    : 'Unknown';
}

function listContainers(
  kind: ContainerInfo['kind'],
  containers: readonly Container[],
  statuses: readonly ContainerStatus[],
): ContainerInfo[] {
  return containers.map(({ name, image }) => {
    const status = statuses.find((candidate) => candidate.name === name);
    return { name, kind, image, state: stateOf(status) };
  });
}

function stateOf(status: ContainerStatus | undefined): ContainerInfo['state'] {
  if (status?.state.running) return 'running';
  if (status?.state.waiting) return 'waiting';
  if (status?.state.terminated) return 'terminated';
  return 'unknown';
}
