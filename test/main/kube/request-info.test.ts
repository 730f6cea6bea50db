import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeRequest, type RequestInfo } from '../../../main/kube/request-info.ts';
import { anyCharacter } from '../../fakes/any-text.ts';

function describeUri(method: string, uri: string): RequestInfo {
  const [path = '', query = ''] = uri.split('?');
  return describeRequest(method, path, new URLSearchParams(query));
}

type Expected = Omit<RequestInfo, 'isResourceRequest' | 'path'>;
const CORE = { apiPrefix: 'api', apiVersion: 'v1' } as const;
const PODS = { ...CORE, namespace: 'x', resource: 'pods', parts: ['pods'] } as const;
const POD = { ...PODS, name: 'y', parts: ['pods', 'y'] } as const;
const APPS = { apiPrefix: 'apis', apiGroup: 'apps', apiVersion: 'v1' } as const;

/** As a server describes them in its own tests and documentation. */
const RESOURCES: readonly (readonly [method: string, uri: string, expected: Expected])[] = [
  ['GET', '/api/v1/namespaces', { ...CORE, verb: 'list', resource: 'namespaces', parts: ['namespaces'] }],
  [
    'GET',
    '/api/v1/namespaces/x',
    {
      ...CORE,
      verb: 'get',
      namespace: 'x',
      resource: 'namespaces',
      name: 'x',
      parts: ['namespaces', 'x'],
    },
  ],
  [
    'PUT',
    '/api/v1/namespaces/x/finalize',
    {
      ...CORE,
      verb: 'update',
      namespace: 'x',
      resource: 'namespaces',
      name: 'x',
      subresource: 'finalize',
      parts: ['namespaces', 'x', 'finalize'],
    },
  ],
  ['GET', '/api/v1/namespaces/x/pods', { ...PODS, verb: 'list' }],
  ['HEAD', '/api/v1/namespaces/x/pods/', { ...PODS, verb: 'list' }],
  ['GET', '/api/v1/pods', { ...CORE, verb: 'list', resource: 'pods', parts: ['pods'] }],
  ['POST', '/api/v1/namespaces/x/pods', { ...PODS, verb: 'create' }],
  ['DELETE', '/api/v1/namespaces/x/pods', { ...PODS, verb: 'deletecollection' }],
  ['GET', '/api/v1/namespaces/x/pods/y', { ...POD, verb: 'get' }],
  ['PUT', '/api/v1/namespaces/x/pods/y', { ...POD, verb: 'update' }],
  ['PATCH', '/api/v1/namespaces/x/pods/y', { ...POD, verb: 'patch' }],
  ['DELETE', '/api/v1/namespaces/x/pods/y', { ...POD, verb: 'delete' }],
  ['OPTIONS', '/api/v1/namespaces/x/pods/y', { ...POD, verb: '' }],
  [
    'PATCH',
    '/api/v1/namespaces/x/pods/y/ephemeralcontainers',
    {
      ...POD,
      verb: 'patch',
      subresource: 'ephemeralcontainers',
      parts: ['pods', 'y', 'ephemeralcontainers'],
    },
  ],
  [
    'POST',
    '/api/v1/namespaces/x/pods/y/exec?command=sh',
    { ...POD, verb: 'create', subresource: 'exec', parts: ['pods', 'y', 'exec'] },
  ],
  // The upgrade to a WebSocket is a GET.
  [
    'GET',
    '/api/v1/namespaces/x/pods/y/exec?command=sh',
    { ...POD, verb: 'get', subresource: 'exec', parts: ['pods', 'y', 'exec'] },
  ],
  [
    'GET',
    '/api/v1/namespaces/x/pods/y/proxy/a/b',
    { ...POD, verb: 'get', subresource: 'proxy', parts: ['pods', 'y', 'proxy', 'a', 'b'] },
  ],
  [
    'GET',
    '/apis/apps/v1/namespaces/x/deployments/y/scale',
    {
      ...APPS,
      verb: 'get',
      namespace: 'x',
      resource: 'deployments',
      name: 'y',
      subresource: 'scale',
      parts: ['deployments', 'y', 'scale'],
    },
  ],
  [
    'POST',
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    {
      apiPrefix: 'apis',
      apiGroup: 'authorization.k8s.io',
      apiVersion: 'v1',
      verb: 'create',
      resource: 'selfsubjectaccessreviews',
      parts: ['selfsubjectaccessreviews'],
    },
  ],
  ['GET', '/api/v1/watch/namespaces/x/pods', { ...PODS, verb: 'watch' }],
  ['GET', '/api/v1/proxy/namespaces/x/pods/y/a/b', { ...POD, verb: 'proxy', parts: ['pods', 'y', 'a', 'b'] }],
  ['GET', '/api/v1/watch', { ...CORE, verb: 'get' }],
  ['GET', '/api/v1/namespaces/x/pods?watch=true', { ...PODS, verb: 'watch' }],
  ['GET', '/api/v1/namespaces/x/pods?watch', { ...PODS, verb: 'watch' }],
  ['GET', '/api/v1/namespaces/x/pods?watch=False', { ...PODS, verb: 'list' }],
  ['GET', '/api/v1/namespaces/x/pods?watch=0', { ...PODS, verb: 'list' }],
  [
    'GET',
    '/api/v1/namespaces/x/pods?labelSelector=app%3Dweb&fieldSelector=spec.nodeName%3Dn',
    { ...PODS, verb: 'list', labelSelector: 'app=web', fieldSelector: 'spec.nodeName=n' },
  ],
  [
    'GET',
    '/api/v1/namespaces/x/pods?watch=1&fieldSelector=status.phase!%3DFailed,metadata.name%3Dy',
    { ...PODS, verb: 'watch', name: 'y', fieldSelector: 'status.phase!=Failed,metadata.name=y' },
  ],
  [
    'GET',
    '/api/v1/namespaces/x/pods?fieldSelector=metadata.name%3Da%2Fb',
    { ...PODS, verb: 'list', fieldSelector: 'metadata.name=a/b' },
  ],
  ['GET', '/api/v1/namespaces/x/pods/y?fieldSelector=metadata.name%3Dz', { ...POD, verb: 'get' }],
  ['GET', '/api/v1/namespaces/x/pods/%79', { ...POD, verb: 'get' }],
];

describe('what is about a resource', () => {
  test.each(RESOURCES)('%s %s', (method, uri, expected) => {
    const path = decodeURIComponent(uri.split('?')[0] ?? '');
    expect(describeUri(method, uri)).toEqual({ isResourceRequest: true, path, ...expected });
  });
});

test.each([
  '/',
  '/version',
  '/healthz/etcd',
  '/api',
  '/api/v1',
  '/apis',
  '/apis/apps',
  '/apis/apps/v1',
  '/x/a/b/c',
])('%s is about no resource', (path) => {
  expect(describeUri('POST', path)).toEqual({ isResourceRequest: false, path, verb: 'post' });
});

test('whatever is asked for is described', () => {
  const word = fc.constantFrom(
    '/',
    'api',
    'apis',
    'v1',
    'namespaces',
    'watch',
    'proxy',
    'pods',
    '%',
    '%2F',
    '\\',
    ',',
  );
  const text = fc.array(fc.oneof(word, fc.string({ unit: anyCharacter }))).map((words) => words.join(''));
  const query = fc.array(fc.tuple(fc.oneof(fc.constantFrom('watch', 'fieldSelector'), text), text));
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom('GET', 'DELETE'), fc.string()),
      text,
      query,
      (method, path, pairs) => {
        const info = describeRequest(method, path, new URLSearchParams(pairs));
        expect(typeof info.verb).toBe('string');
        expect(info.isResourceRequest).toBe(info.apiVersion !== undefined);
      },
    ),
  );
});
