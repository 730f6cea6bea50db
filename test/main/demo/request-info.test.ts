import { expect, test } from 'vitest';
import { isTrue, parseRequestInfo } from '../../../main/demo/request-info.ts';

function parse(method: string, path: string): ReturnType<typeof parseRequestInfo> {
  return parseRequestInfo(method, new URL(path, 'https://127.0.0.1'));
}

const RESOURCE = {
  kind: 'resource',
  verb: 'get',
  group: '',
  version: 'v1',
  resource: 'pods',
  subresource: '',
  namespace: '',
  name: '',
};

test.each([
  ['GET', '/api/v1/pods', { verb: 'list' }],
  ['GET', '/api/v1/pods?watch=true', { verb: 'watch' }],
  ['GET', '/api/v1/pods?watch=false', { verb: 'list' }],
  ['GET', '/api/v1/namespaces/shop/pods', { verb: 'list', namespace: 'shop' }],
  ['GET', '/api/v1/namespaces/shop/pods/web', { namespace: 'shop', name: 'web' }],
  ['GET', '/api/v1/namespaces/shop/pods/web?watch=1', { namespace: 'shop', name: 'web' }],
  ['DELETE', '/api/v1/namespaces/shop/pods/web', { verb: 'delete', namespace: 'shop', name: 'web' }],
  ['DELETE', '/api/v1/namespaces/shop/pods', { verb: 'deletecollection', namespace: 'shop' }],
  ['PUT', '/api/v1/namespaces/shop/pods/web', { verb: 'update', namespace: 'shop', name: 'web' }],
  ['PATCH', '/api/v1/namespaces/shop/pods/web', { verb: 'patch', namespace: 'shop', name: 'web' }],
  ['GET', '/api/v1/namespaces/shop/pods/web/exec', { namespace: 'shop', name: 'web', subresource: 'exec' }],
  [
    'POST',
    '/api/v1/namespaces/shop/pods/web/exec',
    { verb: 'create', namespace: 'shop', name: 'web', subresource: 'exec' },
  ],
  ['GET', '/api/v1/namespaces/a%2Fb/pods/p%3Fx', { namespace: 'a/b', name: 'p?x' }],
  ['GET', '/api/v1/namespaces', { verb: 'list', resource: 'namespaces' }],
  ['GET', '/api/v1/namespaces/shop', { resource: 'namespaces', namespace: 'shop', name: 'shop' }],
  [
    'POST',
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    { verb: 'create', group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' },
  ],
])('%s %s', (method, path, expected) => {
  expect(parse(method, path)).toEqual({ ...RESOURCE, ...expected });
});

test.each([
  '/',
  '/version',
  '/api',
  '/api/v1',
  '/apis',
  '/apis/authorization.k8s.io',
  '/apis/authorization.k8s.io/v1',
  '/api/v1/pods/%ZZ',
])('%s is no resource', (path) => {
  expect(parse('GET', path)).toEqual({ kind: 'path', path });
});

test('absent, 0 and false are false, everything else is true, also the empty text', () => {
  expect([null, '0', 'false', 'False'].map(isTrue)).toEqual([false, false, false, false]);
  expect(['', '1', 'true', 'no'].map(isTrue)).toEqual([true, true, true, true]);
});
