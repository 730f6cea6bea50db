import { afterEach, expect, test } from 'vitest';
import { fetchServerVersion } from '../../../main/kube/server-version.ts';
import { createStatus, type FakeApiServer, sendJson, startApiServer } from '../../fakes/api-server.ts';
import { openTransport } from '../../fakes/kube-access.ts';

let server: FakeApiServer;
afterEach(() => server.close());

async function fetchFrom(status: number, body: unknown) {
  server = await startApiServer({ answer: (_request, response) => sendJson(response, status, body) });
  const { signal } = new AbortController();
  return fetchServerVersion({ transport: openTransport(server.address) }, { signal });
}

test('a version, as vendors write it too', async () => {
  expect(await fetchFrom(200, { major: '1', minor: '35', gitVersion: 'v1.35.2' })).toEqual({
    text: 'v1.35.2',
    major: 1,
    minor: 35,
  });
  await server.close();
  expect(await fetchFrom(200, { major: '1', minor: '27+' })).toEqual({ text: 'v1.27', major: 1, minor: 27 });
});

test.each([
  ['a refusal', 403, createStatus(403, 'Forbidden', 'no')],
  ['an unknown path', 404, createStatus(404, 'NotFound', 'no')],
  ['what is no version', 200, { major: 'one' }],
])('%s is no version, and no failure', async (_name, status, body) => {
  expect(await fetchFrom(status, body)).toBeUndefined();
});

test('a credential that is not taken is a failure', async () => {
  await expect(fetchFrom(401, createStatus(401, 'Unauthorized', 'Unauthorized'))).rejects.toMatchObject({
    code: 'unauthorized',
  });
});
