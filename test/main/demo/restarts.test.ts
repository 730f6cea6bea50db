import { expect, test } from 'vitest';
import { POD_PLANS, type PodPlan } from '../../../main/demo/demo-pods.ts';
import { createDemoStore, type DemoStore } from '../../../main/demo/demo-store.ts';
import type { ContainerStatus } from '../../../main/demo/kube-objects.ts';
import { buildPod } from '../../../main/demo/pod-builder.ts';
import { keepCrashing } from '../../../main/demo/restarts.ts';
import { createManualClock, type ManualClock } from '../../fakes/manual-clock.ts';

const PLAN = POD_PLANS.find(({ life }) => life.kind === 'crashing') as PodPlan;

interface Stage {
  readonly clock: ManualClock;
  readonly store: DemoStore;
  readonly crashes: string[];
  readonly ended: Promise<void>;
  stop(): void;
  status(): ContainerStatus | undefined;
}

function startStage(): Stage {
  const clock = createManualClock();
  const store = createDemoStore();
  store.put('pods', buildPod(PLAN, clock.nowMs()));
  const stop = new AbortController();
  const crashes: string[] = [];
  const onCrashed = async (): Promise<void> => {
    crashes.push(Object.keys(stage.status()?.state ?? {}).join());
  };
  const stage: Stage = {
    clock,
    store,
    crashes,
    ended: keepCrashing({ clock, store, onCrashed }, PLAN, stop).catch(() => {}),
    stop: () => stop.abort(),
    status: () => store.get('pods', PLAN)?.status.containerStatuses[0],
  };
  return stage;
}

test('runs, fails, waits and is started again, counting', async () => {
  const stage = startStage();
  expect(stage.status()).toMatchObject({ restartCount: 15, ready: true, state: { running: {} } });
  const firstRun = stage.status()?.containerID;

  await stage.clock.advance(40_000);
  expect(stage.status()).toMatchObject({
    ready: false,
    state: { terminated: { exitCode: 1, reason: 'Error' } },
  });

  await stage.clock.advance(2_000);
  expect(stage.status()).toMatchObject({
    restartCount: 15,
    state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: { terminated: { exitCode: 1, containerID: firstRun } },
  });

  await stage.clock.advance(18_000);
  expect(stage.status()).toMatchObject({ restartCount: 16, ready: true, state: { running: {} } });
  expect(stage.status()?.containerID).not.toBe(firstRun);
  stage.stop();
  await stage.ended;
});

test('what ran in the container is ended once it is shown as terminated', async () => {
  const stage = startStage();
  await stage.clock.advance(40_000);
  expect(stage.crashes).toEqual(['terminated']);
  stage.stop();
  await stage.ended;
});

test('ends with the pod, which it does not bring back', async () => {
  const stage = startStage();
  stage.store.remove('pods', PLAN);
  await stage.clock.advance(40_000);
  await stage.ended;
  expect(stage.status()).toBeUndefined();
  expect(stage.clock.sleepers).toBe(0);
});

test('ends with the signal', async () => {
  const stage = startStage();
  stage.stop();
  await stage.ended;
  expect(stage.clock.sleepers).toBe(0);
});
