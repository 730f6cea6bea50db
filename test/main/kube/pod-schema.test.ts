import * as v from 'valibot';
import { expect, test } from 'vitest';
import { podSchema } from '../../../main/kube/pod-schema.ts';

test('what is absent or null is empty', () => {
  const empty = {
    metadata: {
      uid: '',
      name: 'p',
      namespace: '',
      creationTimestamp: '',
      deletionTimestamp: '',
      annotations: {},
    },
    spec: {
      nodeName: '',
      nodeSelector: {},
      os: { name: '' },
      containers: [],
      initContainers: [],
      ephemeralContainers: [],
    },
    status: {
      phase: '',
      reason: '',
      containerStatuses: [],
      initContainerStatuses: [],
      ephemeralContainerStatuses: [],
      conditions: [],
    },
  };
  expect(v.parse(podSchema, { metadata: { name: 'p' } })).toEqual(empty);
  const nulls = {
    metadata: { name: 'p', annotations: null },
    spec: null,
    status: { containerStatuses: null },
  };
  expect(v.parse(podSchema, nulls)).toEqual(empty);
});

test('what a later Kubernetes adds is left aside', () => {
  const pod = v.parse(podSchema, { metadata: { name: 'p', brandNew: 1 }, brandNew: {} });
  expect(JSON.stringify(pod)).not.toContain('brandNew');
});

test('a pod without a name is none', () => {
  expect(v.safeParse(podSchema, { metadata: {} }).success).toBe(false);
});
