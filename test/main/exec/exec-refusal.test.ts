import { afterEach, describe, expect, test } from 'vitest';
import { openExecStream } from '../../../main/exec/exec-stream.ts';
import { createStatus, type FakeApiServer, refuseUpgrade, startApiServer } from '../../fakes/api-server.ts';
import { answerAsCluster, type ClusterManners } from '../../fakes/doctor-report.ts';
import { openTransport } from '../../fakes/kube-access.ts';
import { SHELL_REQUEST } from '../../fakes/remote-command.ts';

let server: FakeApiServer;
afterEach(() => server.close());

const RBAC_WORDS =
  'pods "web" is forbidden: User "anna" cannot create resource "pods/exec" in API group "" in the namespace "shop"';

/** Opens a shell where the upgrade is refused and reviews are answered as the cluster is told to. */
async function refusedBy(
  manners: ClusterManners,
  { status = 403, reason = 'Forbidden', message = RBAC_WORDS } = {},
): Promise<unknown> {
  server = await startApiServer({
    answer: (request, response) => void answerAsCluster(manners, request, response),
    refuse: (_request, socket) =>
      refuseUpgrade(socket, status, JSON.stringify(createStatus(status, reason, message))),
  });
  const { signal } = new AbortController();
  return openExecStream({ transport: openTransport(server.address) }, SHELL_REQUEST, { signal }).catch(
    (error: unknown) => error,
  );
}

describe('db-preflight: a refused shell names the verb that is missing', () => {
  test('create allowed, get denied: a WebSocket needs get', async () => {
    expect(await refusedBy({ verbs: ['create'] })).toMatchObject({
      code: 'forbidden',
      message: RBAC_WORDS,
      hint: expect.stringMatching(
        /^create is allowed, get is denied, and a WebSocket needs get: ask for the verb get on pods\/exec in namespace shop\. kubectl gets in/,
      ),
      detail: expect.stringContaining('HTTP 403 Forbidden; get: denied, create: allowed'),
    });
  });

  test('get allowed, create denied: Kubernetes 1.35 checks both, also where its sentence is empty', async () => {
    expect(await refusedBy({ verbs: ['get'] }, { message: 'pods "web" is forbidden: ' })).toMatchObject({
      code: 'forbidden',
      hint: 'get is allowed, create is denied, and Kubernetes 1.35 and later check both: ask for the verb create on pods/exec in namespace shop.',
    });
  });

  test('both allowed: it was no role but a policy', async () => {
    const message = 'admission webhook "shells" denied the request: no shells on Friday';
    expect(await refusedBy({ verbs: ['get', 'create'] }, { message })).toMatchObject({
      message,
      hint: expect.stringContaining('a policy of the cluster refused it (admission)'),
    });
  });

  test.each<[string, ClusterManners]>([
    ['neither allowed', { verbs: [] }],
    ['a review that is refused too', { refuses: { status: 403, reason: 'Forbidden', message: 'no' } }],
    ['a review that fails', { refuses: { status: 401, reason: 'Unauthorized', message: 'no' } }],
  ])('%s: both verbs are asked for', async (_name, manners) => {
    expect(await refusedBy(manners)).toMatchObject({
      code: 'forbidden',
      message: RBAC_WORDS,
      hint: expect.stringContaining('Ask for the verbs get and create on pods/exec in namespace shop'),
    });
  });
});

test('what is no refusal of rights is not reviewed', async () => {
  const error = await refusedBy({}, { status: 404, reason: 'NotFound', message: 'pods "web" not found' });
  expect(error).toMatchObject({ code: 'pod-not-found' });
  expect(server.requests).toHaveLength(1);
});

test('a proxy’s page is not reviewed either', async () => {
  server = await startApiServer({
    refuse: (_request, socket) => refuseUpgrade(socket, 403, '<html>blocked'),
  });
  const { signal } = new AbortController();
  await expect(
    openExecStream({ transport: openTransport(server.address) }, SHELL_REQUEST, { signal }),
  ).rejects.toMatchObject({ code: 'forbidden', hint: expect.stringContaining('proxy') });
  expect(server.requests).toHaveLength(1);
});
