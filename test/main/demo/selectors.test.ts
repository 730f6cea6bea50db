import { expect, test } from 'vitest';
import { POD_PLANS } from '../../../main/demo/demo-pods.ts';
import { buildNamespace, buildPod } from '../../../main/demo/pod-builder.ts';
import { parseSelectors } from '../../../main/demo/selectors.ts';

const PODS = POD_PLANS.map((plan) => buildPod(plan, 0));

function select(query: string): string[] {
  const selector = parseSelectors(new URLSearchParams(query));
  return PODS.filter(selector).map(({ metadata }) => metadata.name.split('-')[0] ?? '');
}

const ALL = select('');

test.each([
  ['labelSelector=app=web', ['web']],
  ['labelSelector=app==web', ['web']],
  ['labelSelector=app in (web, checkout)', ['web', 'checkout']],
  ['labelSelector=app notin (web),app', ALL.filter((name) => !['web', 'catalog', 'coredns'].includes(name))],
  ['labelSelector=app!=web', ALL.filter((name) => name !== 'web')],
  ['labelSelector=!app', ['catalog', 'coredns']],
  ['labelSelector=k8s-app', ['coredns']],
  ['labelSelector=app=web,pod-template-hash=nosuch', []],
  ['fieldSelector=metadata.name=postgres-0', ['postgres']],
  ['fieldSelector=status.phase!=Running', ['catalog']],
  ['fieldSelector=metadata.namespace=data,spec.nodeName=node-a', ['postgres']],
  ['fieldSelector=spec.restartPolicy=Never', ['catalog']],
  ['labelSelector=app&fieldSelector=metadata.namespace=data', ['postgres', 'orders', 'nightly']],
])('%s', (query, names) => {
  expect(select(query)).toEqual(names);
});

test.each([
  ['labelSelector==web', 'unable to parse requirement'],
  ['labelSelector=a b', 'unable to parse requirement'],
  ['fieldSelector=status.phase', 'invalid selector'],
  ['fieldSelector=spec.color=red', 'field label not supported: spec.color'],
])('%s is refused', (query, words) => {
  expect(() => select(query)).toThrow(words);
});

test('selects namespaces as well', () => {
  const selector = parseSelectors(new URLSearchParams('fieldSelector=metadata.name=shop'));
  expect(selector(buildNamespace('shop', 1, 0))).toBe(true);
  expect(selector(buildNamespace('data', 1, 0))).toBe(false);
});
