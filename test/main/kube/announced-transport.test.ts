import { expect, onTestFinished, test } from 'vitest';
import { announceRequests, type ComingRequest } from '../../../main/kube/announced-transport.ts';
import { startApiServer } from '../../fakes/api-server.ts';
import { openTransport } from '../../fakes/kube-access.ts';
import { until } from '../../fakes/until.ts';

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

async function* repeat(length: number, times: number): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < times; sent += 1) yield Buffer.alloc(length, 'x');
}

test('somebody else’s request is told as it stands, its body where that is asked for, and before', async () => {
  const told: string[] = [];
  const { seen, transport } = await openStage(async ({ body, info: { verb, fieldSelector } }) => {
    told.push(`${verb} ${fieldSelector} ${typeof body === 'string' ? body : await body()}`);
  });
  const target = '/api/v1/namespaces/shop/pods?fieldSelector=a%3Db&x';
  for (const request of [
    { method: 'GET', target },
    { method: 'POST', target, body: repeat(2, 2) },
  ]) {
    for await (const _ of (await transport.forward({ ...request, headers: [], signal })).body) {
      // Read to its end.
    }
  }
  const upgrade = [
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Version', '13'],
    ['Sec-WebSocket-Key', 'AAAAAAAAAAAAAAAAAAAAAA=='],
  ] as const;
  const tunnel = await transport.openTunnel({
    method: 'GET',
    target: `${EXEC}?command=ls`,
    headers: upgrade,
    signal,
  });
  expect(tunnel).toMatchObject({ kind: 'open', status: 101 });
  if (tunnel.kind === 'open') tunnel.socket.destroy();
  const sent = [`GET /k8s/c-1${target}`, `POST /k8s/c-1${target}`, `GET /k8s/c-1${EXEC}?command=ls`];
  expect(seen).toEqual(sent.flatMap((line) => [`told of ${line}`, line]));
  expect(told).toEqual(['list a=b ', 'create undefined xxxx', 'get undefined ']);
});

test('whose request it is, is told with it', async () => {
  const told: (string | undefined)[] = [];
  const { transport } = await openStage(async ({ userAgent }) => void told.push(userAgent));
  const headers = [['User-Agent', 'kubectl/v1.32']] as const;
  for await (const _ of (await transport.forward({ method: 'GET', target: '/api', headers, signal })).body) {
    // Read to its end.
  }
  await transport.request({ method: 'GET', path: '/api', signal });
  expect(told).toEqual(['kubectl/v1.32', undefined]);
});

test('a body that was told is sent whole', async () => {
  const bodies: string[] = [];
  const server = await startApiServer({
    answer(request, response) {
      let body = '';
      request.on('data', (bytes) => {
        body += String(bytes);
      });
      request.on('end', () => {
        bodies.push(body);
        response.end();
      });
    },
  });
  onTestFinished(server.close);
  const transport = announceRequests(openTransport(server.address), async ({ body }) => {
    if (typeof body === 'function') bodies.push(String(await body()));
  });
  onTestFinished(transport.close);
  const request = { method: 'POST', target: '/api', headers: [], body: repeat(3, 3), signal };
  for await (const _ of (await transport.forward(request)).body) {
    // Read to its end.
  }
  await until(() => bodies.length === 2);
  expect(bodies).toEqual(['xxxxxxxxx', 'xxxxxxxxx']);
});

test('what is too long to be told is not sent', async () => {
  const { seen, transport } = await openStage(async ({ body }) => {
    if (typeof body === 'function') await body();
  });
  const request = { method: 'POST', target: '/api', headers: [], body: repeat(1024 ** 2, 9), signal };
  await expect(transport.forward(request)).rejects.toMatchObject({
    code: 'bad-input',
    message: 'the body of a request is longer than the 8 MiB that a recorder can be told',
  });
  expect(seen).toEqual([]);
});

test('somebody else’s request that may not be sent is not sent', async () => {
  const { seen, transport } = await openStage(() => Promise.reject(new Error('not told')));
  const request = { method: 'GET', target: EXEC, headers: [], signal };
  await expect(transport.forward(request)).rejects.toThrow('not told');
  await expect(transport.openTunnel(request)).rejects.toThrow('not told');
  expect(seen).toEqual([]);
});
