import * as v from 'valibot';

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
  /** kubectl's choice: annotation, else the first. */
  readonly defaultContainer: string;
}

export interface ContainerInfo {
  readonly name: string;
  readonly kind: 'container' | 'init' | 'ephemeral';
  readonly image: string;
  readonly state: 'running' | 'waiting' | 'terminated' | 'unknown';
}

/** kubectl, polymorphichelpers and podcmd.go. */
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

const text = v.optional(v.string(), '');
const containers = v.optional(
  v.nullable(v.array(v.object({ name: v.string(), image: text, restartPolicy: text }))),
);
const terminated = v.optional(
  v.nullable(
    v.object({ reason: text, exitCode: v.optional(v.number(), 0), signal: v.optional(v.number(), 0) }),
  ),
);
const statuses = v.optional(
  v.nullable(
    v.array(
      v.object({
        name: v.string(),
        ready: v.optional(v.boolean(), false),
        started: v.optional(v.nullable(v.boolean())),
        restartCount: v.optional(v.number(), 0),
        state: v.optional(
          v.object({
            running: v.optional(v.nullable(v.object({}))),
            waiting: v.optional(v.nullable(v.object({ reason: text }))),
            terminated,
          }),
          {},
        ),
      }),
    ),
  ),
);

const podSchema = v.object({
  metadata: v.object({
    uid: text,
    name: v.string(),
    namespace: text,
    resourceVersion: text,
    creationTimestamp: v.optional(v.nullable(v.string())),
    deletionTimestamp: v.optional(v.nullable(v.string())),
    annotations: v.optional(v.nullable(v.record(v.string(), v.string()))),
  }),
  spec: v.optional(
    v.object({
      nodeName: text,
      containers,
      initContainers: containers,
      ephemeralContainers: containers,
    }),
    {},
  ),
  status: v.optional(
    v.object({
      phase: text,
      reason: text,
      containerStatuses: statuses,
      initContainerStatuses: statuses,
      ephemeralContainerStatuses: statuses,
      conditions: v.optional(v.nullable(v.array(v.object({ type: v.string(), status: text, reason: text })))),
    }),
    {},
  ),
});

type Pod = v.InferOutput<typeof podSchema>;
type ContainerStatus = NonNullable<NonNullable<Pod['status']['containerStatuses']>>[number];

/** A pod of the API, reduced to what we show. */
export const podInfoSchema: v.GenericSchema<unknown, PodInfo> = v.pipe(podSchema, v.transform(toPodInfo));

function toPodInfo(pod: Pod): PodInfo {
  const { metadata, spec, status } = pod;
  const main = spec.containers ?? [];
  const annotated = metadata.annotations?.[DEFAULT_CONTAINER];
  const known = status.containerStatuses ?? [];
  return {
    uid: metadata.uid,
    name: metadata.name,
    namespace: metadata.namespace,
    phase: toPhase(status.phase),
    status: describeStatus(pod),
    readyContainers: known.filter((container) => container.ready && container.state.running).length,
    totalContainers: main.length,
    restarts: known.reduce((sum, container) => sum + container.restartCount, 0),
    createdAtMs: Date.parse(metadata.creationTimestamp ?? '') || 0,
    node: spec.nodeName || null,
    containers: [
      ...listContainers('container', main, status.containerStatuses),
      ...listContainers('init', spec.initContainers, status.initContainerStatuses),
      ...listContainers('ephemeral', spec.ephemeralContainers, status.ephemeralContainerStatuses),
    ],
    defaultContainer: annotated ?? main[0]?.name ?? '',
  };
}

function toPhase(phase: string): PodInfo['phase'] {
  return phase === 'Pending' || phase === 'Running' || phase === 'Succeeded' || phase === 'Failed'
    ? phase
    : 'Unknown';
}

function listContainers(
  kind: ContainerInfo['kind'],
  specs: Pod['spec']['containers'],
  known: Pod['status']['containerStatuses'],
): ContainerInfo[] {
  return (specs ?? []).map(({ name, image }) => ({
    name,
    kind,
    image,
    state: stateOf(known?.find((status) => status.name === name)),
  }));
}

function stateOf(status: ContainerStatus | undefined): ContainerInfo['state'] {
  if (status?.state.running) return 'running';
  if (status?.state.waiting) return 'waiting';
  if (status?.state.terminated) return 'terminated';
  return 'unknown';
}

/** The STATUS column (kubernetes, pkg/printers/internalversion/printers.go, printPod). */
function describeStatus({ metadata, spec, status }: Pod): string {
  let reason = status.reason || status.phase || 'Unknown';
  const init = describeInit(spec.initContainers ?? [], status.initContainerStatuses ?? []);
  if (init) {
    reason = init;
  } else {
    let hasRunning = false;
    for (const container of [...(status.containerStatuses ?? [])].reverse()) {
      const { waiting, terminated: ended } = container.state;
      if (waiting?.reason) reason = waiting.reason;
      else if (ended) reason = describeEnd(ended);
      else if (container.ready && container.state.running) hasRunning = true;
    }
    if (reason === 'Completed' && hasRunning) {
      const isReady = status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True');
      reason = isReady ? 'Running' : 'NotReady';
    }
  }
  if (metadata.deletionTimestamp) return status.reason === 'NodeLost' ? 'Unknown' : 'Terminating';
  return reason;
}

function describeInit(
  specs: readonly { readonly name: string; readonly restartPolicy: string }[],
  known: readonly ContainerStatus[],
): string | undefined {
  for (const [index, container] of known.entries()) {
    const { terminated: ended, waiting } = container.state;
    if (ended?.exitCode === 0) continue;
    // A sidecar: an init container that keeps running once it has started.
    const isSidecar = specs.find(({ name }) => name === container.name)?.restartPolicy === 'Always';
    if (isSidecar && container.started) continue;
    if (ended) return `Init:${describeEnd(ended)}`;
    if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
    return `Init:${index}/${specs.length}`;
  }
  return undefined;
}

function describeEnd({
  reason,
  exitCode,
  signal,
}: {
  reason: string;
  exitCode: number;
  signal: number;
}): string {
  if (reason) return reason;
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}
