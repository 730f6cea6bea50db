import { expect, onTestFinished, test } from 'vitest';
import { announceRequests, type ComingRequest } from '../../../main/kube/announced-transport.ts';
import { startApiServer } from '../../fakes/api-server.ts';
import { openTransport } from '../../fakes/kube-access.ts';

const { signal } = new AbortController();

async function openStage(announce: (request: ComingRequest) => Promise<void>) {
  const seen: string[] = [];
  const server = await startApiServer({
    answer(request, response) {
      seen.push(`${request.method} ${request.url}`);
      response.end('{}');
    },
    serve: (_socket, request) => void seen.push(`${request.method} ${request.url}`),
  });
  onTestFinished(server.close);
  // Behind a path of its own, as some clusters are.
  const transport = announceRequests(openTransport(`${server.address}/k8s/c-1`), async (request) => {
    await announce(request);
    seen.push(`told of ${request.method} ${request.uri}`);
  });
  onTestFinished(transport.close);
  return { seen, transport };
}

const EXEC = '/api/v1/namespaces/shop/pods/web-0/exec';

test('each request is told as it is sent, and before', async () => {
  const told: ComingRequest[] = [];
  const { seen, transport } = await openStage(async (request) => void told.push(request));
  const path = '/api/v1/namespaces/shop/pods';
  await transport.request({ method: 'POST', path, body: '{"kind":"Pod"}', signal });
  await transport.request({ method: 'GET', path, query: new URLSearchParams('labelSelector=a=b c'), signal });
  await transport.request({ method: 'GET', path, query: new URLSearchParams(), signal });
  const query = new URLSearchParams([
    ['command', 'echo'],
    ['command', 'ü &'],
  ]);
  const socket = await transport.openWebSocket({
    path: EXEC,
    query,
    protocols: ['v5.channel.k8s.io'],
    signal,
  });
  socket.terminate();
  const sent = [
    'POST /k8s/c-1/api/v1/namespaces/shop/pods',
    'GET /k8s/c-1/api/v1/namespaces/shop/pods?labelSelector=a%3Db+c',
    'GET /k8s/c-1/api/v1/namespaces/shop/pods',
    `GET /k8s/c-1${EXEC}?command=echo&command=%C3%BC+%26`,
  ];
  expect(seen).toEqual(sent.flatMap((line) => [`told of ${line}`, line]));
  expect(told.map(({ body }) => body)).toEqual(['{"kind":"Pod"}', '', '', '']);
  // An API server knows nothing of what stands before it.
  expect(told.map(({ info: { path, verb, labelSelector } }) => [path, verb, labelSelector])).toEqual([
    [path, 'create', undefined],
    [path, 'list', 'a=b c'],
    [path, 'list', undefined],
    [EXEC, 'get', undefined],
  ]);
});

test('what may not be sent is not sent', async () => {
  const { seen, transport } = await openStage(() => Promise.reject(new Error('not told')));
  await expect(transport.request({ method: 'GET', path: '/version', signal })).rejects.toThrow('not told');
  const upgrade = { path: EXEC, query: new URLSearchParams(), protocols: ['v5.channel.k8s.io'], signal };
  await expect(transport.openWebSocket(upgrade)).rejects.toThrow('not told');
  expect(seen).toEqual([]);
});
