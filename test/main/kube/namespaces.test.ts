import { afterEach, expect, test } from 'vitest';
import { listNamespaces } from '../../../main/kube/namespaces.ts';
import { createStatus, type FakeApiServer, sendJson, startApiServer } from '../../fakes/api-server.ts';
import { openTransport } from '../../fakes/kube-access.ts';

const signal = new AbortController().signal;
let server: FakeApiServer;
afterEach(() => server.close());

async function list(status: number, answer: unknown): Promise<readonly string[]> {
  server = await startApiServer({ answer: (_request, response) => sendJson(response, status, answer) });
  return listNamespaces({ transport: openTransport(server.address) }, { signal });
}

test('names come in the server’s order', async () => {
  const items = ['default', 'kube-system', 'shop'].map((name) => ({ metadata: { name, uid: 'x' } }));
  expect(await list(200, { items })).toEqual(['default', 'kube-system', 'shop']);
  expect(server.requests[0]?.url).toBe('/api/v1/namespaces');
});

test('a user who may not list them is told so', async () => {
  await expect(list(403, createStatus(403, 'Forbidden', 'namespaces is forbidden'))).rejects.toMatchObject({
    code: 'forbidden',
  });
});
