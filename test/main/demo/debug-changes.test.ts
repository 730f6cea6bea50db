import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLifetime, type Lifetime } from '../../../main/base/lifetime.ts';
import { createDebugChanges, type DebugChanges } from '../../../main/demo/debug-changes.ts';
import { POD_PLANS, type PodPlan } from '../../../main/demo/demo-pods.ts';
import { createDemoStore, type DemoStore } from '../../../main/demo/demo-store.ts';
import { buildPod } from '../../../main/demo/pod-builder.ts';
import { createManualClock, type ManualClock } from '../../fakes/manual-clock.ts';

const WEB = { namespace: 'shop', name: 'web-5d9c7b6f4-x2kqp' };
const NODE_POD = {
  metadata: { name: 'node-debugger-node-a-x' },
  spec: { nodeName: 'node-a', restartPolicy: 'Never', containers: [{ name: 'debugger', image: 'busybox' }] },
};

let life: Lifetime;
let clock: ManualClock;
let store: DemoStore;
let plans: PodPlan[];
let changes: DebugChanges;
beforeEach(() => {
  life = createLifetime('test');
  clock = createManualClock();
  store = createDemoStore();
  plans = [...POD_PLANS];
  for (const plan of plans) store.put('pods', buildPod(plan, clock.nowMs()));
  changes = createDebugChanges({ clock, store, plans }, life);
});
afterEach(() => life.end());

function bytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function addContainer(name: string, place = WEB): object {
  const body = bytes({ spec: { ephemeralContainers: [{ name, image: 'busybox' }] } });
  return changes.addContainers(place, body, 'application/strategic-merge-patch+json');
}

function createPod(): object {
  return changes.createPod('shop', bytes(NODE_POD), 'application/json');
}

test('a debug container waits for its image, then runs', async () => {
  expect(addContainer('debugger-x')).toMatchObject({
    status: { ephemeralContainerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }] },
  });
  await clock.advance(500);
  expect(store.get('pods', WEB)?.status.ephemeralContainerStatuses).toMatchObject([
    { name: 'debugger-x', state: { running: {} } },
  ]);
});

test('a pod that is not there takes none', () => {
  expect(() => addContainer('debugger-x', { namespace: 'shop', name: 'nosuch' })).toThrow(
    'pods "nosuch" not found',
  );
});

test('a pod for a node is pending, then runs, and has its plan for as long as it is there', async () => {
  expect(createPod()).toMatchObject({ status: { phase: 'Pending' } });
  expect(() => createPod()).toThrow('already exists');
  await clock.advance(500);
  const place = { namespace: 'shop', name: NODE_POD.metadata.name };
  expect(store.get('pods', place)).toMatchObject({
    spec: { nodeName: 'node-a' },
    status: { phase: 'Running', containerStatuses: [{ ready: true, state: { running: {} } }] },
  });
  expect(plans).toHaveLength(POD_PLANS.length + 1);
  store.remove('pods', place);
  expect(plans).toEqual(POD_PLANS);
});

test('a pod that goes before its container has started stays gone', async () => {
  createPod();
  store.remove('pods', { namespace: 'shop', name: NODE_POD.metadata.name });
  await clock.advance(500);
  expect(store.get('pods', { namespace: 'shop', name: NODE_POD.metadata.name })).toBeUndefined();
});
