import { expect, test } from 'vitest';
import { HOME_NAMESPACE, NAMESPACES, nodeAddress, POD_PLANS } from '../../../main/demo/demo-pods.ts';

test('every pod stands in a namespace that exists, under a name of its own', () => {
  const namespaces = NAMESPACES.map(({ name }) => name);
  expect(POD_PLANS.filter(({ namespace }) => !namespaces.includes(namespace))).toEqual([]);
  expect(new Set(POD_PLANS.map(({ namespace, name }) => `${namespace}/${name}`)).size).toBe(POD_PLANS.length);
  expect(new Set(POD_PLANS.map(({ ip }) => ip)).size).toBe(POD_PLANS.length);
  expect(namespaces).toContain(HOME_NAMESPACE);
});

test('the pods are in three namespaces and cover each case that a client must get right', () => {
  expect(new Set(POD_PLANS.map(({ namespace }) => namespace)).size).toBe(3);
  const has = (isCase: (plan: (typeof POD_PLANS)[number]) => boolean): boolean => POD_PLANS.some(isCase);
  expect(has((plan) => plan.containers.length > 1 && plan.defaultContainer === undefined)).toBe(true);
  expect(has((plan) => (plan.initContainers?.length ?? 0) > 0)).toBe(true);
  expect(has((plan) => plan.life.kind === 'completed')).toBe(true);
  expect(has((plan) => plan.life.kind === 'crashing')).toBe(true);
  expect(has((plan) => plan.name.length > 63)).toBe(true);
  expect(has((plan) => plan.containers.some((container) => !container.hasPrograms))).toBe(true);
  expect(has((plan) => plan.containers.some((container) => container.isInteractive === true))).toBe(true);
});

test('an annotated default container exists and is not simply the first', () => {
  const annotated = POD_PLANS.filter(({ defaultContainer }) => defaultContainer !== undefined);
  expect(annotated.length).toBeGreaterThan(0);
  for (const { containers, defaultContainer } of annotated) {
    expect(containers.findIndex(({ name }) => name === defaultContainer)).toBeGreaterThan(0);
  }
});

test('names are such as Kubernetes allows', () => {
  for (const { name } of POD_PLANS) expect(name).toMatch(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/);
});

test('every node has an address', () => {
  for (const { node } of POD_PLANS) expect(nodeAddress(node)).toMatch(/^10\.20\.0\.1[12]$/);
});
