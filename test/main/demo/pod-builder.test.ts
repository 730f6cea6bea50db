import { expect, test } from 'vitest';
import { POD_PLANS, type PodPlan } from '../../../main/demo/demo-pods.ts';
import {
  buildNamespace,
  buildPod,
  formatTime,
  withContainerStatuses,
} from '../../../main/demo/pod-builder.ts';

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

function planOf(isMeant: (plan: PodPlan) => boolean): PodPlan {
  const plan = POD_PLANS.find(isMeant);
  if (!plan) throw new Error('no such pod');
  return plan;
}

const RUNNING = planOf((plan) => plan.containers.length === 2 && plan.defaultContainer === undefined);
const COMPLETED = planOf(({ life }) => life.kind === 'completed');
const CRASHING = planOf(({ life }) => life.kind === 'crashing');

test('times are RFC 3339 with whole seconds', () => {
  expect(formatTime(NOW_MS)).toBe('2026-01-02T03:04:05Z');
});

test('a pod is as old as its plan says', () => {
  const { creationTimestamp } = buildPod(RUNNING, NOW_MS).metadata;
  expect(Date.parse(creationTimestamp)).toBe(
    Math.floor((NOW_MS - RUNNING.ageMinutes * 60_000) / 1_000) * 1_000,
  );
});

test('a running pod is ready, with a status for each container', () => {
  const { spec, status } = buildPod(RUNNING, NOW_MS);
  expect(status.phase).toBe('Running');
  expect(status.containerStatuses.map(({ name }) => name)).toEqual(spec.containers.map(({ name }) => name));
  expect(status.containerStatuses.every(({ ready, state }) => ready && state.running)).toBe(true);
  expect(status.conditions.every((condition) => condition.status === 'True')).toBe(true);
});

test('a completed pod is not ready and says when it ended', () => {
  const { spec, status } = buildPod(COMPLETED, NOW_MS);
  expect(status.phase).toBe('Succeeded');
  expect(spec.restartPolicy).toBe('Never');
  expect(status.containerStatuses[0]?.state.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
  expect(status.conditions.find(({ type }) => type === 'Ready')).toMatchObject({
    status: 'False',
    reason: 'PodCompleted',
  });
});

test('init containers are listed as finished', () => {
  const pod = buildPod(
    planOf(({ initContainers }) => initContainers !== undefined),
    NOW_MS,
  );
  expect(pod.spec.initContainers?.map(({ name }) => name)).toEqual(['init-permissions']);
  expect(pod.status.initContainerStatuses?.[0]?.state.terminated?.exitCode).toBe(0);
});

test('the annotation names the default container, and is absent where there is none', () => {
  const name = 'kubectl.kubernetes.io/default-container';
  const annotated = planOf(({ defaultContainer }) => defaultContainer !== undefined);
  expect(buildPod(annotated, NOW_MS).metadata.annotations).toEqual({ [name]: annotated.defaultContainer });
  expect(buildPod(RUNNING, NOW_MS).metadata).not.toHaveProperty('annotations');
});

test('a pod that has restarted says how often', () => {
  expect(buildPod(CRASHING, NOW_MS).status.containerStatuses[0]?.restartCount).toBe(14);
});

test('identities are those of the name, the same in each run and different from each other', () => {
  expect(buildPod(RUNNING, NOW_MS).metadata.uid).toBe(buildPod(RUNNING, NOW_MS + 1).metadata.uid);
  const uids = POD_PLANS.map((plan) => buildPod(plan, NOW_MS).metadata.uid);
  expect(new Set(uids).size).toBe(uids.length);
  for (const uid of uids)
    expect(uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('a container that is not ready takes readiness from its pod, with the time of the change', () => {
  const pod = buildPod(RUNNING, NOW_MS);
  const statuses = pod.status.containerStatuses.map((status, index) =>
    index === 0 ? { ...status, ready: false } : status,
  );
  const { conditions } = withContainerStatuses(pod, statuses, NOW_MS + 60_000).status;
  expect(conditions.find(({ type }) => type === 'Ready')).toMatchObject({
    status: 'False',
    lastTransitionTime: formatTime(NOW_MS + 60_000),
  });
  const untouched = pod.status.conditions.find(({ type }) => type === 'PodScheduled');
  expect(conditions.find(({ type }) => type === 'PodScheduled')).toBe(untouched);
});

test('a namespace is active and labelled with its name', () => {
  expect(buildNamespace('shop', 60, NOW_MS)).toMatchObject({
    kind: 'Namespace',
    metadata: { name: 'shop', labels: { 'kubernetes.io/metadata.name': 'shop' } },
    status: { phase: 'Active' },
  });
});
