import { createHash } from 'node:crypto';
import { type ContainerPlan, nodeAddress, type PodPlan } from './demo-pods.ts';
import type {
  ContainerSpec,
  ContainerState,
  ContainerStatus,
  Namespace,
  OwnerReference,
  Pod,
  PodCondition,
  PodPhase,
} from './kube-objects.ts';

/** `kubectl exec` and its relatives start in this container when they are told none. */
const DEFAULT_CONTAINER_ANNOTATION = 'kubectl.kubernetes.io/default-container';
const MINUTE_MS = 60_000;
const STARTUP_MS = 3_000;
/** Short, since a demo pod's shells have nothing to save and people wait for the deletion. */
export const TERMINATION_GRACE_SECONDS = 1;

/** A pod as the API server shows it at `nowMs`, as old as its plan says. Its resource version is set by the store. */
export function buildPod(plan: PodPlan, nowMs: number): Pod {
  const createdMs = nowMs - plan.ageMinutes * MINUTE_MS;
  const startedMs = createdMs + STARTUP_MS;
  const containerStatuses = plan.containers.map((container) => buildStatus(plan, container, startedMs));
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name: plan.name,
      namespace: plan.namespace,
      uid: makeUid(`pod/${plan.namespace}/${plan.name}`),
      resourceVersion: '',
      creationTimestamp: formatTime(createdMs),
      labels: plan.labels,
      ...(plan.defaultContainer
        ? { annotations: { [DEFAULT_CONTAINER_ANNOTATION]: plan.defaultContainer } }
        : {}),
      ...(plan.owner ? { ownerReferences: [buildOwner(plan.namespace, plan.owner)] } : {}),
    },
    spec: {
      containers: plan.containers.map(buildContainer),
      ...(plan.initContainers ? { initContainers: plan.initContainers.map(buildContainer) } : {}),
      nodeName: plan.node,
      restartPolicy: plan.life.kind === 'completed' ? 'Never' : 'Always',
      serviceAccountName: 'default',
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      terminationGracePeriodSeconds: TERMINATION_GRACE_SECONDS,
    },
    status: {
      phase: plan.life.kind === 'completed' ? 'Succeeded' : 'Running',
      hostIP: nodeAddress(plan.node),
      podIP: plan.ip,
      podIPs: [{ ip: plan.ip }],
      startTime: formatTime(createdMs),
      qosClass: 'Burstable',
      conditions: buildConditions(containerStatuses, startedMs, plan.life.kind === 'completed'),
      containerStatuses,
      ...(plan.initContainers
        ? {
            initContainerStatuses: plan.initContainers.map((container) => ({
              ...buildStatus(plan, container, createdMs),
              ready: true,
              started: false,
              state: terminatedState(0, 'Completed', createdMs, startedMs, containerId(plan, container, 0)),
            })),
          }
        : {}),
    },
  };
}

export function buildNamespace(name: string, ageMinutes: number, nowMs: number): Namespace {
  return {
    kind: 'Namespace',
    apiVersion: 'v1',
    metadata: {
      name,
      uid: makeUid(`namespace/${name}`),
      resourceVersion: '',
      creationTimestamp: formatTime(nowMs - ageMinutes * MINUTE_MS),
      labels: { 'kubernetes.io/metadata.name': name },
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}

/** The pod with another state of its containers, and the conditions and phase that follow from it. */
export function withContainerStatuses(
  pod: Pod,
  containerStatuses: readonly ContainerStatus[],
  atMs: number,
): Pod {
  const phase: PodPhase = containerStatuses.every((status) => status.state.terminated?.exitCode === 0)
    ? 'Succeeded'
    : 'Running';
  const conditions = buildConditions(containerStatuses, atMs, phase === 'Succeeded').map((condition) => {
    const before = pod.status.conditions.find((other) => other.type === condition.type);
    return before?.status === condition.status ? before : condition;
  });
  return { ...pod, status: { ...pod.status, phase, conditions, containerStatuses } };
}

export function terminatedState(
  exitCode: number,
  reason: string,
  startedMs: number,
  finishedMs: number,
  containerID: string,
): ContainerState {
  return {
    terminated: {
      exitCode,
      reason,
      startedAt: formatTime(startedMs),
      finishedAt: formatTime(finishedMs),
      containerID,
    },
  };
}

export function formatTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** The identity of one run of a container: each restart is another one. */
export function containerId(plan: PodPlan, container: ContainerPlan, run: number): string {
  return `containerd://${hash(`${plan.namespace}/${plan.name}/${container.name}/${run}`)}`;
}

function buildOwner(namespace: string, { kind, name }: NonNullable<PodPlan['owner']>): OwnerReference {
  return {
    apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
    kind,
    name,
    uid: makeUid(`owner/${namespace}/${name}`),
    controller: true,
    blockOwnerDeletion: true,
  };
}

function buildContainer(plan: ContainerPlan): ContainerSpec {
  return {
    name: plan.name,
    image: plan.image,
    imagePullPolicy: 'IfNotPresent',
    ...(plan.port ? { ports: [{ containerPort: plan.port, protocol: 'TCP' }] } : {}),
    ...(plan.isInteractive ? { stdin: true, tty: true } : {}),
  };
}

function buildStatus(plan: PodPlan, container: ContainerPlan, startedMs: number): ContainerStatus {
  const restartCount = plan.life.kind === 'crashing' ? plan.life.restarts : 0;
  const containerID = containerId(plan, container, restartCount);
  const isCompleted = plan.life.kind === 'completed';
  const finishedMs = startedMs + (plan.life.kind === 'completed' ? plan.life.tookSeconds * 1_000 : 0);
  return {
    name: container.name,
    image: container.image,
    imageID: `${container.image.split(':')[0]}@sha256:${hash(container.image)}`,
    containerID,
    ready: !isCompleted,
    started: !isCompleted,
    restartCount,
    state: isCompleted
      ? terminatedState(0, 'Completed', startedMs, finishedMs, containerID)
      : { running: { startedAt: formatTime(startedMs) } },
    lastState: {},
  };
}

function buildConditions(
  statuses: readonly ContainerStatus[],
  atMs: number,
  isCompleted: boolean,
): PodCondition[] {
  const isReady = statuses.every((status) => status.ready);
  const condition = (type: PodCondition['type'], isTrue: boolean, reason: string): PodCondition => ({
    type,
    status: isTrue ? 'True' : 'False',
    ...(isTrue ? {} : { reason }),
    lastProbeTime: null,
    lastTransitionTime: formatTime(atMs),
  });
  const unready = isCompleted ? 'PodCompleted' : 'ContainersNotReady';
  return [
    condition('Initialized', true, ''),
    condition('Ready', isReady, unready),
    condition('ContainersReady', isReady, unready),
    condition('PodScheduled', true, ''),
  ];
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The same name has the same identity in each run, so that screenshots and tests can compare. */
function makeUid(text: string): string {
  const digits = hash(text);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `a${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-');
}
