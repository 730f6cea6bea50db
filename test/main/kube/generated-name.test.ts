import { expect, test } from 'vitest';
import { generateName } from '../../../main/kube/generated-name.ts';

test('a name keeps its start and ends in five characters of Kubernetes’ alphabet', () => {
  const names = Array.from({ length: 200 }, () => generateName('debugger-'));
  for (const name of names) expect(name).toMatch(/^debugger-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  expect(new Set(names).size).toBeGreaterThan(190);
});

test('a long start is cut, so that the name can be a host’s', () => {
  const name = generateName(`node-debugger-${'ip-10-0-0-1.'.repeat(20)}-`);
  expect(name).toHaveLength(63);
  expect(name).toMatch(/^node-debugger-ip-10/);
});
