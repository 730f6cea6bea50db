import * as v from 'valibot';
import { expect, test } from 'vitest';
import { podInfoSchema } from '../../../main/kube/pod-info.ts';
import { createContainerStatus, createPod, type PodChanges } from '../../fakes/kube-pods.ts';

const parse = (changes: PodChanges = {}) => v.parse(podInfoSchema, createPod('web', changes));

test('a pod is reduced to what lists show', () => {
  expect(parse()).toEqual({
    uid: 'uid-web',
    name: 'web',
    namespace: 'shop',
    phase: 'Running',
    status: 'Running',
    readyContainers: 1,
    totalContainers: 1,
    restarts: 0,
    createdAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    node: 'node-1',
    containers: [{ name: 'app', kind: 'container', image: 'app:1', state: 'running' }],
    defaultContainer: 'app',
  });
});

test('containers come before init and ephemeral ones, each with its state', () => {
  const { containers } = parse({
    spec: {
      containers: ['app', 'log', 'new'].map((name) => ({ name, image: 'i' })),
      initContainers: [{ name: 'setup', image: 'i' }],
      ephemeralContainers: [{ name: 'debugger', image: 'i' }],
    },
    status: {
      containerStatuses: [
        createContainerStatus('log', { waiting: { reason: 'ContainerCreating' } }),
        createContainerStatus('app', { running: {} }),
      ],
      initContainerStatuses: [createContainerStatus('setup', { terminated: { exitCode: 0 } })],
      ephemeralContainerStatuses: [createContainerStatus('debugger', { running: {} })],
    },
  });
  expect(containers.map(({ name, kind, state }) => `${name} ${kind} ${state}`)).toEqual([
    'app container running',
    'log container waiting',
    'new container unknown',
    'setup init terminated',
    'debugger ephemeral running',
  ]);
});

test('the annotation chooses the default container', () => {
  const metadata = { annotations: { 'kubectl.kubernetes.io/default-container': 'log' } };
  expect(parse({ metadata }).defaultContainer).toBe('log');
});

test('a pod that is nowhere yet has no node', () => {
  expect(parse({ spec: { nodeName: undefined } }).node).toBeNull();
});

test('a phase that is not known is Unknown', () => {
  expect(parse({ status: { phase: 'Dreaming' } }).phase).toBe('Unknown');
});
