import { expect, test } from 'vitest';
import { isAllowed } from '../../../main/demo/access.ts';
import { discover } from '../../../main/demo/discovery.ts';

const ADDRESS = '127.0.0.1:6443';

interface ResourceList {
  readonly resources: { readonly name: string; readonly verbs: string[]; readonly shortNames?: string[] }[];
}

test('tells its version and that it lives', () => {
  expect(discover('/version', ADDRESS)).toMatchObject({ major: '1', minor: '33' });
  for (const path of ['/healthz', '/livez', '/readyz']) expect(discover(path, ADDRESS)).toBe('ok');
});

test('leads from the roots to every resource', () => {
  expect(discover('/api', ADDRESS)).toMatchObject({
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ serverAddress: ADDRESS }],
  });
  const groups = discover('/apis', ADDRESS) as {
    groups: { name: string; preferredVersion: { groupVersion: string } }[];
  };
  expect(groups.groups.map(({ name }) => name)).toEqual(['authentication.k8s.io', 'authorization.k8s.io']);
  for (const { name, preferredVersion } of groups.groups) {
    expect(discover(`/apis/${name}`, ADDRESS)).toMatchObject({ kind: 'APIGroup', name });
    expect(discover(`/apis/${preferredVersion.groupVersion}`, ADDRESS)).toMatchObject({
      kind: 'APIResourceList',
      groupVersion: preferredVersion.groupVersion,
    });
  }
});

test('names the short names that kubectl users type', () => {
  const { resources } = discover('/api/v1', ADDRESS) as ResourceList;
  expect(resources.find(({ name }) => name === 'pods')?.shortNames).toEqual(['po']);
  expect(resources.find(({ name }) => name === 'namespaces')?.shortNames).toEqual(['ns']);
});

test('promises no verb that the user is refused', () => {
  const { resources } = discover('/api/v1', ADDRESS) as ResourceList;
  for (const { name, verbs } of resources) {
    const [resource = '', subresource = ''] = name.split('/');
    for (const verb of verbs) {
      const question = { verb, group: '', resource, subresource, namespace: 'shop', name: 'x' };
      expect({ name, verb, isAllowed: isAllowed(question) }).toEqual({ name, verb, isAllowed: true });
    }
  }
});

test('a slash at the end changes nothing, and other paths are unknown', () => {
  expect(discover('/api/', ADDRESS)).toEqual(discover('/api', ADDRESS));
  for (const path of ['/', '/openapi/v3', '/apis/apps/v1', '/api/v2'])
    expect(discover(path, ADDRESS)).toBeUndefined();
});
