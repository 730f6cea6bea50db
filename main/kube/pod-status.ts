import type { Container, ContainerStatus, Pod, TerminatedState } from './pod-schema.ts';

/** What `kubectl get pods` shows of a pod in READY, STATUS and RESTARTS. */
export interface PodStatusColumns {
  readonly status: string;
  readonly readyContainers: number;
  readonly totalContainers: number;
  readonly restarts: number;
}

interface InitProgress {
  /** What to show while an init container is not done; undefined when all are. */
  readonly waitingFor: string | undefined;
  readonly readySidecars: number;
  readonly restarts: number;
}

/** The server's own columns, computed as it does (kubernetes, pkg/printers/internalversion, printPod). */
export function describePod(pod: Pod): PodStatusColumns {
  const { spec, status } = pod;
  const sidecars = new Set(spec.initContainers.filter(isSidecar).map(({ name }) => name));
  const init = describeInit(pod, sidecars);
  const totalContainers = spec.containers.length + sidecars.size;
  const isInitialized = init.waitingFor === undefined || hasCondition(pod, 'Initialized');
  const started = isInitialized ? status.containerStatuses : [];
  const ready = started.filter((container) => container.ready && container.state.running);
  const sidecarRestarts = status.initContainerStatuses.filter(({ name }) => sidecars.has(name));
  return {
    status: describeStatus(pod, init.waitingFor, isInitialized, ready.length > 0),
    readyContainers: ready.length + init.readySidecars,
    totalContainers,
    restarts: isInitialized ? sumRestarts([...sidecarRestarts, ...started]) : init.restarts,
  };
}

function describeStatus(
  pod: Pod,
  waitingFor: string | undefined,
  isInitialized: boolean,
  hasReady: boolean,
): string {
  const { metadata, status } = pod;
  if (metadata.deletionTimestamp !== '') {
    if (status.reason === 'NodeLost') return 'Unknown';
    if (status.phase !== 'Succeeded' && status.phase !== 'Failed') return 'Terminating';
  }
  const isGated = status.conditions.some(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
  );
  const phase = isGated ? 'SchedulingGated' : status.reason || status.phase || 'Unknown';
  // The first container that has something to say decides.
  const words = isInitialized ? status.containerStatuses.map(describeContainer).find(Boolean) : undefined;
  const reason = words ?? waitingFor ?? phase;
  if (reason !== 'Completed' || !hasReady) return reason;
  return hasCondition(pod, 'Ready') ? 'Running' : 'NotReady';
}

function describeContainer({ state }: ContainerStatus): string | undefined {
  if (state.waiting?.reason) return state.waiting.reason;
  return state.terminated ? describeEnd(state.terminated) : undefined;
}

/** Up to the first init container that is neither done nor, as a sidecar, started. */
function describeInit({ spec, status }: Pod, sidecars: ReadonlySet<string>): InitProgress {
  let readySidecars = 0;
  let restarts = 0;
  for (const [index, container] of status.initContainerStatuses.entries()) {
    restarts += container.restartCount;
    if (container.state.terminated?.exitCode === 0) continue;
    if (sidecars.has(container.name) && container.started) {
      if (container.ready) readySidecars += 1;
      continue;
    }
    const waitingFor = `Init:${describeUnfinished(container) ?? `${index}/${spec.initContainers.length}`}`;
    return { waitingFor, readySidecars, restarts };
  }
  return { waitingFor: undefined, readySidecars, restarts };
}

function describeUnfinished({ state }: ContainerStatus): string | undefined {
  if (state.terminated) return describeEnd(state.terminated);
  const reason = state.waiting?.reason;
  return reason === 'PodInitializing' ? undefined : reason || undefined;
}

function describeEnd({ reason, exitCode, signal }: TerminatedState): string {
  if (reason !== '') return reason;
  return signal === 0 ? `ExitCode:${exitCode}` : `Signal:${signal}`;
}

/** An init container that goes on running beside the others once it has started. */
function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always';
}

function sumRestarts(containers: readonly ContainerStatus[]): number {
  return containers.reduce((sum, { restartCount }) => sum + restartCount, 0);
}

function hasCondition({ status }: Pod, wanted: string): boolean {
  return status.conditions.some((condition) => condition.type === wanted && condition.status === 'True');
}
