import type { Clock } from '../base/clock.ts';
import type { PodPlan } from './demo-pods.ts';
import type { DemoStore } from './demo-store.ts';
import type { ContainerState, ContainerStatus, Pod } from './kube-objects.ts';
import { containerId, formatTime, terminatedState, withContainerStatuses } from './pod-builder.ts';

/** Shorter than in a real cluster, so that somebody who looks for a minute sees all of it. */
const RUNNING_MS = 40_000;
const ERROR_MS = 2_000;
const BACK_OFF_MS = 18_000;
const CRASH_EXIT_CODE = 1;

/**
 * Lets the first container of a pod fail and start again for ever. Ends with the signal, or when the pod is gone.
 * `onCrashed` ends what else runs in the container and is awaited before the container is shown as waiting.
 */
export async function keepCrashing(
  needs: { readonly clock: Clock; readonly store: DemoStore; onCrashed(pod: Pod): Promise<void> },
  plan: PodPlan,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  const { clock, store } = needs;
  const container = plan.containers[0];
  if (!container) return;

  function change(
    next: (status: ContainerStatus, nowMs: number) => Partial<ContainerStatus>,
  ): Pod | undefined {
    const pod = store.get('pods', plan);
    if (!pod || pod.metadata.deletionTimestamp !== undefined) return undefined;
    const nowMs = clock.nowMs();
    const statuses = pod.status.containerStatuses.map((status) =>
      status.name === container?.name ? { ...status, ...next(status, nowMs) } : status,
    );
    return store.put('pods', withContainerStatuses(pod, statuses, nowMs));
  }

  while (true) {
    const isStillThere = change((status, nowMs) => ({
      restartCount: status.restartCount + 1,
      containerID: containerId(plan, container, status.restartCount + 1),
      ready: true,
      started: true,
      state: { running: { startedAt: formatTime(nowMs) } },
    }));
    if (!isStillThere) return;
    await clock.sleep(RUNNING_MS, { signal });

    const crashed = change((status, nowMs) => ({
      ready: false,
      started: false,
      state: crashedState(status, nowMs),
    }));
    if (!crashed) return;
    await needs.onCrashed(crashed);
    await clock.sleep(ERROR_MS, { signal });

    const waiting = change((status) => ({
      state: { waiting: { reason: 'CrashLoopBackOff', message: backOffMessage(plan, container.name) } },
      lastState: status.state,
    }));
    if (!waiting) return;
    await clock.sleep(BACK_OFF_MS, { signal });
  }
}

function crashedState(status: ContainerStatus, nowMs: number): ContainerState {
  const startedMs = Date.parse(status.state.running?.startedAt ?? formatTime(nowMs));
  return terminatedState(CRASH_EXIT_CODE, 'Error', startedMs, nowMs, status.containerID);
}

function backOffMessage(plan: PodPlan, containerName: string): string {
  return `back-off ${BACK_OFF_MS / 1_000}s restarting failed container=${containerName} pod=${plan.name}_${plan.namespace}`;
}
