import { expect, test } from 'vitest';
import { describeGrant, parseRbacRefusal } from '../../../main/kube/rbac-refusal.ts';

function grantFor(message: string): string | undefined {
  const refusal = parseRbacRefusal(message);
  return refusal && describeGrant(refusal);
}

test('a list in a namespace names verb, resource and namespace', () => {
  const message =
    'pods is forbidden: User "anna" cannot list resource "pods" in API group "" in the namespace "shop"';
  expect(parseRbacRefusal(message)).toEqual({
    kind: 'resource',
    user: 'anna',
    verb: 'list',
    resource: 'pods',
    group: '',
    namespace: 'shop',
  });
  expect(grantFor(message)).toBe(
    'Ask an administrator of the cluster to grant to anna the verb list on pods in namespace shop.',
  );
});

test('a cluster-wide refusal and a group are named', () => {
  expect(
    grantFor(
      'deployments.apps is forbidden: User "u" cannot watch resource "deployments" in API group "apps" at the cluster scope',
    ),
  ).toContain('the verb watch on deployments.apps in the whole cluster');
});

test('a path and an impersonation are named', () => {
  expect(grantFor('forbidden: User "anna" cannot get path "/metrics"')).toBe(
    'Ask an administrator of the cluster to grant to anna the verb get on the path /metrics, by nonResourceURLs of a ClusterRole.',
  );
  expect(
    grantFor(
      'users "bob" is forbidden: User "anna" cannot impersonate resource "users" in API group "" at the cluster scope',
    ),
  ).toContain('to anna the verb impersonate on users in the whole cluster');
});

test.each(['exec', 'attach'])('a refused %s asks for both verbs', (kind) => {
  const grant = grantFor(
    `pods "p" is forbidden: User "u" cannot create resource "pods/${kind}" in API group "" in the namespace "x"`,
  );
  expect(grant).toContain(`the verbs get and create (Kubernetes 1.35 and later check both) on pods/${kind}`);
});

test('a reason behind the sentence does no harm', () => {
  const message =
    'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "x": RBAC: role "r" not found';
  expect(parseRbacRefusal(message)).toMatchObject({ user: 'system:anonymous', namespace: 'x' });
});

test.each([
  'pods "p" is forbidden: ',
  'admission webhook "deny.exec" denied the request: no shells on Friday',
  'pods "p" is forbidden: violates PodSecurity "restricted:latest"',
  '',
])('%j is no refusal of a role', (message) => {
  expect(parseRbacRefusal(message)).toBeUndefined();
});
