import { expect, test } from 'vitest';
import type { PolicyRule, PolicyTarget } from '../../../main/policy/policy.ts';
import { judgeRule } from '../../../main/policy/rule-match.ts';

const TARGET: PolicyTarget = {
  context: 'prod-eu',
  cluster: 'eu',
  server: 'api.example.com:6443',
  namespace: 'payments',
  pod: 'web-1',
  user: 'jane',
};

function judge(rule: Pick<PolicyRule, 'match' | 'except'>, target: PolicyTarget = TARGET) {
  return judgeRule({ name: 'r', file: 'p', says: {}, lines: {}, ...rule }, target);
}

test('every key has to match, by any of its globs; no key is every shell', () => {
  expect(judge({ match: {} })).toBe('applies');
  expect(judge({ match: { context: ['dev', 'prod-*'], namespace: ['payments'] } })).toBe('applies');
  expect(judge({ match: { context: ['prod-*'], namespace: ['shop'] } })).toBe('applies-not');
  expect(judge({ match: { pod: ['web-?'], user: ['j*'] } })).toBe('applies');
});

test('a cluster is matched by its name and by its address, with and without the port', () => {
  for (const glob of ['eu', 'api.example.com', 'api.example.com:6443', '*.example.com']) {
    expect(judge({ match: { cluster: [glob] } })).toBe('applies');
  }
  expect(judge({ match: { cluster: ['api.example.com:443'] } })).toBe('applies-not');
});

test('what is excepted is taken out', () => {
  const rule = { match: { context: ['prod-*'] }, except: { namespace: ['sandbox', 'pay*'] } };
  expect(judge(rule)).toBe('applies-not');
  expect(judge(rule, { ...TARGET, namespace: 'shop' })).toBe('applies');
});

test('a name that nobody knows yet may match, and does for a star', () => {
  expect(judge({ match: { container: ['app'] } })).toBe('unknown');
  expect(judge({ match: { container: ['*'] } })).toBe('applies');
  expect(judge({ match: { container: ['app'], context: ['dev'] } })).toBe('applies-not');
  expect(judge({ match: {}, except: { container: ['app'] } })).toBe('unknown');
  expect(judge({ match: { container: ['app'] } }, { ...TARGET, container: 'sidecar' })).toBe('applies-not');
  const { cluster: _cluster, server: _server, ...nowhere } = TARGET;
  expect(judge({ match: { cluster: ['eu'] } }, nowhere)).toBe('unknown');
});
