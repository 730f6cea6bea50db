import type { Clock } from '../base/clock.ts';
import { toAppError } from '../base/errors.ts';
import type { Lifetime } from '../base/lifetime.ts';
import type { Log } from '../base/log.ts';
import type { ContainerRuntime } from './container-runtime.ts';
import type { PodPlan } from './demo-pods.ts';
import type { DemoStore } from './demo-store.ts';
import type { Pod } from './kube-objects.ts';
import { formatTime, TERMINATION_GRACE_SECONDS } from './pod-builder.ts';

export interface DeletionNeeds {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: DemoStore;
  readonly plans: readonly PodPlan[];
  readonly runtime: ContainerRuntime;
}

/**
 * Deletes pods as a cluster does: the pod is marked at once, its programs are ended, then it is removed.
 * The function returned answers with the marked pod; deleting one that is marked already changes nothing.
 */
export function createPodDeletion(needs: DeletionNeeds, life: Lifetime): (pod: Pod) => Pod {
  const { clock, log, store, runtime } = needs;
  const running = new Set<Promise<void>>();
  life.own(async () => {
    await Promise.all(running);
  });

  async function finish(pod: Pod): Promise<void> {
    const { name, namespace } = pod.metadata;
    const plan = needs.plans.find((other) => other.name === name && other.namespace === namespace);
    try {
      if (plan) await runtime.endPod(plan);
    } catch (error) {
      log.warn({ pod: name, error: toAppError(error).message }, 'demo pod did not end cleanly');
    }
    store.remove('pods', pod.metadata);
  }

  return (pod) => {
    if (pod.metadata.deletionTimestamp !== undefined) return pod;
    const marked = store.put('pods', {
      ...pod,
      metadata: {
        ...pod.metadata,
        deletionTimestamp: formatTime(clock.nowMs() + TERMINATION_GRACE_SECONDS * 1_000),
        deletionGracePeriodSeconds: TERMINATION_GRACE_SECONDS,
      },
    });
    const finished = finish(marked).finally(() => running.delete(finished));
    running.add(finished);
    return marked;
  };
}
