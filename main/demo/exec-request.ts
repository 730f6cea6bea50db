import type { Clock } from '../base/clock.ts';
import { type ContainerRuntime, type ContainerWork, containerNotFound } from './container-runtime.ts';
import type { ContainerPlan, PodPlan } from './demo-pods.ts';
import type { DemoStore } from './demo-store.ts';
import { planEphemeral, withEphemeralState } from './ephemeral-containers.ts';
import type { ContainerStatus, Pod } from './kube-objects.ts';
import { withoutEntry } from './node-pods.ts';
import { containerId, terminatedState } from './pod-builder.ts';
import { isTrue } from './request-info.ts';
import { badRequest, notFound, StatusError } from './status.ts';

/** A granted exec or attach: what to run, and which of its streams the client wants. */
export interface ExecRequest {
  readonly kind: 'exec' | 'attach';
  readonly work: ContainerWork;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** What a container's own process does, for those who attach: it works, and tells of it. */
const BACKGROUND_COMMAND = [
  'sh',
  '-c',
  'count=0; while :; do count=$((count + 1)); echo "$(date -u +%H:%M:%S) request $count served"; sleep 2; done',
];
const INTERACTIVE_COMMAND = ['sh'];

/** Throws the status with which a real API server refuses before it upgrades. */
export function parseExecRequest(
  needs: { readonly store: DemoStore; readonly plans: readonly PodPlan[] },
  target: { readonly kind: 'exec' | 'attach'; readonly namespace: string; readonly name: string },
  query: URLSearchParams,
): ExecRequest {
  const pod = needs.store.get('pods', target);
  const plan = needs.plans.find(
    (other) => other.namespace === target.namespace && other.name === target.name,
  );
  if (!pod || !plan) throw new StatusError(notFound('pods', target.name));
  const container = chooseContainer(plan, pod, query.get('container') ?? '');
  const isExec = target.kind === 'exec';
  const tty = isExec ? isTrue(query.get('tty')) : container.isInteractive === true;
  const stdin = isTrue(query.get('stdin'));
  const stdout = isTrue(query.get('stdout'));
  // A terminal has one output: the kubelet drops the wish for a second.
  const stderr = isTrue(query.get('stderr')) && !tty;
  if (!stdin && !stdout && !stderr) {
    throw new StatusError(badRequest('you must specify at least 1 of stdin, stdout, stderr'));
  }
  const asked = query.getAll('command');
  const command = isExec ? (container.isNode ? withoutEntry(asked) : asked) : ownCommand(container);
  if (command.length === 0) {
    throw new StatusError(badRequest('you must specify at least one command for the container'));
  }
  return {
    kind: target.kind,
    work: { pod: plan, container, command, tty, hasInput: stdin },
    stdin,
    stdout,
    stderr,
  };
}

/** Starts it. Throws the status that a real server sends after it has upgraded, when the kubelet refuses. */
export async function startExec(
  needs: { readonly clock: Clock; readonly store: DemoStore; readonly runtime: ContainerRuntime },
  { kind, work }: ExecRequest,
): ReturnType<ContainerRuntime['start']> {
  const pod = needs.store.get('pods', work.pod);
  if (!pod || !findStatus(pod, work.container.name)?.state.running) {
    throw new StatusError(containerNotFound(work.container.name));
  }
  const process = await needs.runtime.start(work);
  if (kind === 'attach' && isEphemeral(pod, work.container.name)) {
    const startedMs = needs.clock.nowMs();
    // Not awaited: it never rejects. A real one runs from the first and lives on without whoever attached.
    void process.exited.then((exitCode) => endEphemeral(needs, work, exitCode, startedMs));
  }
  return process;
}

function isEphemeral(pod: Pod, name: string): boolean {
  return pod.spec.ephemeralContainers?.some((container) => container.name === name) === true;
}

function endEphemeral(
  { clock, store }: { readonly clock: Clock; readonly store: DemoStore },
  { pod: plan, container }: ContainerWork,
  exitCode: number,
  startedMs: number,
): void {
  const pod = store.get('pods', plan);
  if (!pod) return;
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  const id = containerId(plan, container, 0);
  const state = terminatedState(exitCode, reason, startedMs, clock.nowMs(), id);
  store.put('pods', withEphemeralState(pod, container.name, state));
}

function chooseContainer(plan: PodPlan, pod: Pod, name: string): ContainerPlan {
  const initContainers = plan.initContainers ?? [];
  if (name) {
    const ephemeral = (pod.spec.ephemeralContainers ?? []).map(planEphemeral);
    const named = [...plan.containers, ...initContainers, ...ephemeral].find(
      (container) => container.name === name,
    );
    if (named) return named;
    throw new StatusError(badRequest(`container ${name} is not valid for pod ${plan.name}`));
  }
  const [only, ...others] = plan.containers;
  if (only && others.length === 0) return only;
  const names = (containers: readonly ContainerPlan[]): string =>
    containers.map((container) => container.name).join(' ');
  const initNames =
    initContainers.length > 0 ? ` or one of the init containers: [${names(initContainers)}]` : '';
  throw new StatusError(
    badRequest(
      `a container name must be specified for pod ${plan.name}, choose one of: [${names(plan.containers)}]${initNames}`,
    ),
  );
}

function ownCommand(container: ContainerPlan): readonly string[] {
  if (container.command) return container.command;
  return container.isInteractive ? INTERACTIVE_COMMAND : BACKGROUND_COMMAND;
}

function findStatus(pod: Pod, containerName: string): ContainerStatus | undefined {
  const statuses = [
    ...pod.status.containerStatuses,
    ...(pod.status.initContainerStatuses ?? []),
    ...(pod.status.ephemeralContainerStatuses ?? []),
  ];
  return statuses.find((status) => status.name === containerName);
}
