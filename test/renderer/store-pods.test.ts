import { describe, expect, test } from 'vitest';
import type { PodsChange } from '../../preload/contract.ts';
import {
  applyPodsChange,
  containerRefusal,
  defaultRefusal,
  filterPods,
  newPodWatch,
  podRefusal,
  podSign,
  sortPods,
} from '../../renderer/store-pods.ts';
import { containerNamed, podNamed } from '../fakes/page-things.ts';

const live: PodsChange = { watchId: 'w', state: { kind: 'live' }, reset: false, upserted: [], removed: [] };
const problem = { code: 'unreachable', message: 'no route to host' };

describe('changes of a watch', () => {
  const listed = applyPodsChange(newPodWatch('prod', 'shop'), {
    ...live,
    reset: true,
    upserted: [podNamed('a'), podNamed('b')],
  });

  test('an empty list is a list only once one has come', () => {
    expect(newPodWatch('prod', null).isLoaded).toBe(false);
    expect(applyPodsChange(newPodWatch('prod', null), live).isLoaded).toBe(false);
    expect(applyPodsChange(newPodWatch('prod', null), { ...live, reset: true }).isLoaded).toBe(true);
  });

  test('pods come, change and go', () => {
    const next = applyPodsChange(listed, {
      ...live,
      upserted: [podNamed('c'), podNamed('b', { restarts: 3 })],
      removed: ['uid-a'],
    });
    expect([...next.pods.values()].map((pod) => [pod.name, pod.restarts])).toEqual([
      ['b', 3],
      ['c', 0],
    ]);
  });

  test('a reset forgets what it does not name', () => {
    const next = applyPodsChange(listed, { ...live, reset: true, upserted: [podNamed('z')] });
    expect([...next.pods.keys()]).toEqual(['uid-z']);
  });

  test('a lost connection keeps the pods and says so', () => {
    const next = applyPodsChange(listed, { ...live, state: { kind: 'retrying', problem } });
    expect(next.pods).toBe(listed.pods);
    expect(next.state.kind).toBe('retrying');
  });

  test('a pod that is removed and named anew in one change stays', () => {
    const next = applyPodsChange(listed, { ...live, upserted: [podNamed('a')], removed: ['uid-a'] });
    expect(next.pods.has('uid-a')).toBe(true);
  });
});

test('order is by namespace, then name, whatever the order of arrival', () => {
  const pods = [podNamed('b'), podNamed('z', { namespace: 'a' }), podNamed('a')];
  expect(sortPods(pods).map((pod) => pod.name)).toEqual(['z', 'a', 'b']);
});

describe('the filter', () => {
  const pods = [podNamed('web-1'), podNamed('api-1', { status: 'CrashLoopBackOff', namespace: 'pay' })];

  test('wants every word somewhere, in any case', () => {
    expect(filterPods(pods, 'API crash').map((pod) => pod.name)).toEqual(['api-1']);
    expect(filterPods(pods, 'pay web')).toEqual([]);
  });

  test('lets all through while it is empty', () => {
    expect(filterPods(pods, '  ')).toBe(pods);
  });
});

describe('where no shell can be opened', () => {
  const waiting = containerNamed('app', { state: 'waiting' });
  const ended = containerNamed('init', { state: 'terminated', kind: 'init' });

  test('a completed pod says so', () => {
    expect(podRefusal(podNamed('a', { phase: 'Succeeded' }))).toContain('completed');
    expect(podRefusal(podNamed('a', { phase: 'Failed' }))).toContain('failed');
  });

  test('a pod of which nothing runs says its status', () => {
    const pod = podNamed('a', { containers: [waiting, ended], status: 'ContainerCreating' });
    expect(podRefusal(pod)).toContain('ContainerCreating');
  });

  test('a pod whose default container waits can still be entered by another one', () => {
    const pod = podNamed('a', { containers: [waiting, containerNamed('proxy')] });
    expect(podRefusal(pod)).toBeUndefined();
    expect(defaultRefusal(pod)).toBe('Its container app has not started');
  });

  test('a running pod and a state that nobody knows are let through', () => {
    expect(defaultRefusal(podNamed('a'))).toBeUndefined();
    expect(containerRefusal(containerNamed('app', { state: 'unknown' }))).toBeUndefined();
  });
});

test('signs differ in shape, not in colour alone', () => {
  const signs = [
    podNamed('a'),
    podNamed('a', { readyContainers: 0 }),
    podNamed('a', { phase: 'Pending', status: 'Pending' }),
    podNamed('a', { status: 'CrashLoopBackOff' }),
  ].map((pod) => podSign(pod).shape);
  expect(signs).toEqual(['full', 'half', 'ring', 'cross']);
});
