import { expect, test } from 'vitest';
import { findApiRoute } from '../../../main/demo/api-routes.ts';
import { parseRequestInfo } from '../../../main/demo/request-info.ts';

test.each([
  ['GET', '/version', 'documents'],
  ['GET', '/nosuch', 'documents'],
  ['GET', '/api/v1/namespaces/shop/pods/web/exec', 'remote commands'],
  ['POST', '/api/v1/namespaces/shop/pods/web/attach', 'remote commands'],
  ['PATCH', '/api/v1/namespaces/shop/pods/web/ephemeralcontainers', 'debug containers'],
  ['POST', '/api/v1/namespaces/shop/pods', 'debugging pods'],
  ['GET', '/api/v1/pods?watch=1', 'pods'],
  ['DELETE', '/api/v1/namespaces/shop/pods/web', 'pods'],
  ['GET', '/api/v1/namespaces', 'namespaces'],
  ['POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', 'access reviews'],
  ['POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', 'identity reviews'],
  ['GET', '/api/v2/pods', undefined],
  ['GET', '/api/v1/secrets', undefined],
  ['GET', '/apis/apps/v1/deployments', undefined],
])('%s %s', (method, path, name) => {
  expect(findApiRoute(parseRequestInfo(method, new URL(path, 'https://127.0.0.1')))?.name).toBe(name);
});
