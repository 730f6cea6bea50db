import type { Clock } from '../base/clock.ts';
import type { Lifetime } from '../base/lifetime.ts';
import type { PodPlan } from './demo-pods.ts';
import type { DemoStore } from './demo-store.ts';
import { parseEphemeralPatch, withEphemeralContainers, withEphemeralState } from './ephemeral-containers.ts';
import type { Pod } from './kube-objects.ts';
import { parseNodePod } from './node-pods.ts';
import { buildPod, formatTime, withContainerStatuses } from './pod-builder.ts';
import { alreadyExists, notFound, StatusError } from './status.ts';

/** What debugging changes in the cluster. Each throws the status of its refusal. */
export interface DebugChanges {
  /** `PATCH …/ephemeralcontainers` */
  addContainers(place: PodPlace, body: Uint8Array, contentType: string | undefined): Pod;
  /** `POST …/pods` */
  createPod(namespace: string, body: Uint8Array, contentType: string | undefined): Pod;
}

interface PodPlace {
  readonly namespace: string;
  readonly name: string;
}

/** Long enough to be seen, and shorter than any image takes. */
const START_MS = 400;

export function createDebugChanges(
  needs: {
    readonly clock: Clock;
    readonly store: DemoStore;
    /** Made pods are added, and taken out with their end. */
    readonly plans: PodPlan[];
  },
  life: Lifetime,
): DebugChanges {
  const { clock, store, plans } = needs;
  life.own(
    store.onChanged(({ type, object }) => {
      if (type !== 'DELETED' || object.kind !== 'Pod') return;
      const { namespace, name } = object.metadata;
      const index = plans.findIndex((plan) => plan.namespace === namespace && plan.name === name);
      if (index >= 0 && plans[index]?.owner === undefined) plans.splice(index, 1);
    }),
  );

  /** The pod may be gone by then, or going. */
  function changeSoon(place: PodPlace, change: (pod: Pod) => Pod): void {
    clock
      .sleep(START_MS, { signal: life.signal })
      .then(() => {
        const pod = store.get('pods', place);
        if (pod) store.put('pods', change(pod));
      })
      // The cluster has stopped.
      .catch(() => {});
  }

  return {
    addContainers(place, body, contentType) {
      const pod = store.get('pods', place);
      if (!pod) throw new StatusError(notFound('pods', place.name));
      const added = parseEphemeralPatch(pod, body, contentType);
      changeSoon(place, (current) => {
        const running = { running: { startedAt: formatTime(clock.nowMs()) } };
        return added.reduce((changed, { name }) => withEphemeralState(changed, name, running), current);
      });
      return store.put('pods', withEphemeralContainers(pod, added));
    },
    createPod(namespace, body, contentType) {
      const plan = parseNodePod(namespace, body, contentType);
      if (store.get('pods', plan)) throw new StatusError(alreadyExists('pods', plan.name));
      const running = buildPod(plan, clock.nowMs());
      const waiting = running.status.containerStatuses.map((status) => ({
        ...status,
        ready: false,
        started: false,
        state: { waiting: { reason: 'ContainerCreating' } },
      }));
      plans.push(plan);
      changeSoon(plan, (pod) => withContainerStatuses(pod, running.status.containerStatuses, clock.nowMs()));
      const pod = withContainerStatuses(running, waiting, clock.nowMs());
      return store.put('pods', { ...pod, status: { ...pod.status, phase: 'Pending' } });
    },
  };
}
