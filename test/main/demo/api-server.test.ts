import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DemoCluster } from '../../../main/demo/demo-cluster.ts';
import { type Answer, askDemo, type DemoAccess, readAccess } from '../../fakes/demo-client.ts';
import { startTestDemo } from '../../fakes/demo-start.ts';

let demo: DemoCluster;
let access: DemoAccess;
beforeAll(async () => {
  demo = await startTestDemo();
  access = await readAccess(demo);
});
afterAll(() => demo.stop());

const REVIEW = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

function post(
  path: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return askDemo(access, path, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json', ...headers },
  });
}

test('serves TLS on 127.0.0.1 that its authority vouches for', async () => {
  expect(demo.server).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  expect((await askDemo(access, '/readyz')).text).toBe('ok');
});

test.each(['/version', '/api', '/api/v1/pods', '/nosuch'])(
  '%s without the token is 401 with a Status',
  async (path) => {
    for (const token of ['', 'wrong', `${access.token}x`]) {
      expect(await askDemo({ ...access, token }, path)).toMatchObject({
        code: 401,
        json: { kind: 'Status', reason: 'Unauthorized', code: 401 },
      });
    }
  },
);

test.each([
  ['/nosuch', 404, 'NotFound'],
  ['/openapi/v3', 404, 'NotFound'],
  ['/api/v1/namespaces/shop/secrets', 403, 'Forbidden'],
  ['/apis/apps/v1/deployments', 403, 'Forbidden'],
  ['/api/v1/namespaces/shop/pods/web/log', 403, 'Forbidden'],
  ['/api/v2/pods', 404, 'NotFound'],
  ['/api/v1/namespaces/shop/pods/%ZZ', 404, 'NotFound'],
])('%s is %i with a Status', async (path, code, reason) => {
  expect(await askDemo(access, path)).toMatchObject({
    code,
    headers: { 'content-type': 'application/json' },
    json: { kind: 'Status', status: 'Failure', reason, code },
  });
});

test('a document is read, not written', async () => {
  expect(await post('/version', '{}')).toMatchObject({ code: 405, json: { reason: 'MethodNotAllowed' } });
});

test('a client that asks for aggregated discovery gets the plain one', async () => {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
  const answer = await askDemo(access, '/apis', { headers: { Accept: accept } });
  expect(answer.json).toMatchObject({ kind: 'APIGroupList' });
  expect(answer.headers['content-type']).toBe('application/json');
});

test('reviews answer what the user may do and who the user is', async () => {
  const resourceAttributes = { namespace: 'shop', verb: 'get', resource: 'pods', subresource: 'exec' };
  expect(await post(REVIEW, JSON.stringify({ spec: { resourceAttributes } }))).toMatchObject({
    code: 201,
    json: { kind: 'SelfSubjectAccessReview', status: { allowed: true } },
  });
  expect(await post('/apis/authentication.k8s.io/v1/selfsubjectreviews', '{}')).toMatchObject({
    code: 201,
    json: { kind: 'SelfSubjectReview', status: { userInfo: { username: 'demo' } } },
  });
  expect(await post(REVIEW, 'no json')).toMatchObject({ code: 400, json: { reason: 'BadRequest' } });
});

test('a body that is too large is refused', async () => {
  const answer = await post(REVIEW, Buffer.alloc(65 * 1024, ' '));
  expect(answer).toMatchObject({ code: 413, json: { reason: 'RequestEntityTooLarge' } });
});

test('deleting a pod ends with its absence', async () => {
  const path = '/api/v1/namespaces/shop/pods/web-5d9c7b6f4-x2kqp';
  const deleted = await askDemo(access, path, { method: 'DELETE' });
  expect(deleted).toMatchObject({ code: 200, json: { metadata: { deletionGracePeriodSeconds: 1 } } });
  await expect.poll(async () => (await askDemo(access, path)).code).toBe(404);
  const system = '/api/v1/namespaces/kube-system/pods/coredns-7db6d8ff4d-8xw5h';
  expect((await askDemo(access, system, { method: 'DELETE' })).code).toBe(403);
});

test('a client that goes away in the middle of its request harms nobody', async () => {
  const { hostname, port } = new URL(demo.server);
  for (const start of [
    'GET / HT',
    `POST ${REVIEW} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${access.token}\r\nContent-Length: 99\r\n\r\n{`,
  ]) {
    await new Promise<void>((resolve) => {
      const socket = connect({ host: hostname, port: Number(port), ca: access.authority }, () => {
        socket.write(start, () => socket.destroy());
      });
      socket.once('close', () => resolve());
    });
  }
  expect((await askDemo(access, '/readyz')).code).toBe(200);
});
