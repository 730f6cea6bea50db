import { expect, test } from 'vitest';
import { createLifetime } from '../../../main/base/lifetime.ts';
import { createLog } from '../../../main/base/log.ts';
import type { ContainerRuntime } from '../../../main/demo/container-runtime.ts';
import { POD_PLANS, type PodPlan } from '../../../main/demo/demo-pods.ts';
import { createDemoStore, type DemoStore } from '../../../main/demo/demo-store.ts';
import type { Pod } from '../../../main/demo/kube-objects.ts';
import { buildPod } from '../../../main/demo/pod-builder.ts';
import { createPodDeletion } from '../../../main/demo/pod-deletion.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const PLAN = POD_PLANS[0] as PodPlan;

interface Stage {
  readonly store: DemoStore;
  readonly events: string[];
  readonly life: ReturnType<typeof createLifetime>;
  deletePod(pod: Pod): Pod;
  finishPrograms(error?: Error): void;
}

/** A pod whose programs end when the test says so. */
function startStage(): Stage {
  const clock = createManualClock();
  const store = createDemoStore();
  const events: string[] = [];
  store.put('pods', buildPod(PLAN, clock.nowMs()));
  store.onChanged(({ type }) => events.push(type));
  const programs = Promise.withResolvers<void>();
  const runtime = { endPod: () => programs.promise } as unknown as ContainerRuntime;
  const life = createLifetime('test');
  return {
    store,
    events,
    life,
    deletePod: createPodDeletion(
      { clock, log: createLog({ level: 'silent' }), store, plans: POD_PLANS, runtime },
      life,
    ),
    finishPrograms: (error) => (error ? programs.reject(error) : programs.resolve()),
  };
}

const podOf = (stage: Stage): Pod => stage.store.get('pods', PLAN) as Pod;

test('a pod is marked at once and removed when its programs have ended', async () => {
  const stage = startStage();
  const marked = stage.deletePod(podOf(stage));
  expect(marked.metadata).toMatchObject({
    deletionTimestamp: '2026-01-02T03:04:06Z',
    deletionGracePeriodSeconds: 1,
  });
  expect(podOf(stage)).toEqual(marked);
  stage.finishPrograms();
  await stage.life.end();
  expect(podOf(stage)).toBeUndefined();
  expect(stage.events).toEqual(['MODIFIED', 'DELETED']);
});

test('deleting it twice is one deletion', async () => {
  const stage = startStage();
  const marked = stage.deletePod(podOf(stage));
  expect(stage.deletePod(podOf(stage))).toEqual(marked);
  stage.finishPrograms();
  await stage.life.end();
  expect(stage.events).toEqual(['MODIFIED', 'DELETED']);
});

test('a program that cannot be ended does not keep the pod', async () => {
  const stage = startStage();
  stage.deletePod(podOf(stage));
  stage.finishPrograms(new Error('stuck'));
  await stage.life.end();
  expect(podOf(stage)).toBeUndefined();
});
