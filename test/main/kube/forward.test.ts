// covers: main/kube/http-client.ts
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Credential, CredentialProvider } from '../../../main/credentials/credential.ts';
import { type ForwardRequestWithBody, flattenLines, pairLines } from '../../../main/kube/forward.ts';
import type { ClusterSettings, ResolvedContext } from '../../../main/kube/kubeconfig.ts';
import { createTransport, type KubeTransport } from '../../../main/kube/transport.ts';
import { type FakeApiBehaviour, type FakeApiServer, startApiServer } from '../../fakes/api-server.ts';
import { createContext, createCredentials, createDialNeeds } from '../../fakes/kube-access.ts';
import { startHttpProxy, startSocksProxy } from '../../fakes/proxies.ts';
import { createTestAuthority, type KeyPair, type TestAuthority } from '../../fakes/tls.ts';
import { until } from '../../fakes/until.ts';

const MIB = 1024 * 1024;
const signal = new AbortController().signal;
const opened: { close(): Promise<void> }[] = [];
let authority: TestAuthority;
let serverPair: KeyPair;

beforeAll(async () => {
  authority = await createTestAuthority();
  serverPair = await authority.issue({ commonName: 'api', names: ['127.0.0.1'] });
});

afterEach(async () => {
  for (const { close } of opened.splice(0)) await close();
});

async function startServer(behaviour: FakeApiBehaviour = {}): Promise<FakeApiServer> {
  const tls = { cert: serverPair.certificate, key: serverPair.privateKey };
  const server = await startApiServer({ ...behaviour, tls });
  opened.push(server);
  return server;
}

function connect(
  server: string,
  {
    credentials = createCredentials(),
    cluster = {},
    impersonation,
    answerMs,
  }: {
    credentials?: CredentialProvider;
    cluster?: Partial<ClusterSettings>;
    impersonation?: ResolvedContext['impersonation'];
    answerMs?: number;
  } = {},
): KubeTransport {
  const context = createContext(server, { certificateAuthority: authority.certificate, ...cluster });
  const transport = createTransport(
    { ...createDialNeeds(), ...(answerMs === undefined ? {} : { answerMs }) },
    { ...context, ...(impersonation ? { impersonation } : {}) },
    credentials,
  );
  opened.push(transport);
  return transport;
}

function asking(request: Partial<ForwardRequestWithBody> = {}): ForwardRequestWithBody {
  return { method: 'GET', target: '/api', headers: [], signal, ...request };
}

async function* repeat(length: number, times: number): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < times; sent += 1) yield Buffer.alloc(length, sent);
}

async function read(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('header lines keep order, case and repetition, there and back', async () => {
  const server = await startServer({
    answer(_request, response) {
      response.sendDate = false;
      response.writeHead(299, 'As It Were', ['Warning', '299 - "a"', 'X-b', '1', 'Warning', '299 - "\xfc"']);
      response.end();
    },
  });
  const headers = [
    ['Accept', 'application/json;as=Table'],
    ['X-Stream', 'a'],
    ['User-Agent', 'kubectl/v1.32'],
    ['X-Stream', 'b'],
  ] as const;
  const answer = await connect(server.address).forward(asking({ headers }));
  await read(answer.body);
  const sent = pairLines(server.requests[0]?.rawHeaders ?? []);
  expect(sent.filter(([name]) => !['host', 'connection'].includes(name.toLowerCase()))).toEqual(headers);
  expect(answer).toMatchObject({ status: 299, statusText: 'As It Were' });
  expect(answer.headers.slice(0, 3)).toEqual([
    ['Warning', '299 - "a"'],
    ['X-b', '1'],
    ['Warning', '299 - "\xfc"'],
  ]);
});

test('pairs of header lines are flattened and found again', () => {
  expect(
    pairLines(
      flattenLines([
        ['a', '1'],
        ['A', '2'],
      ]),
    ),
  ).toEqual([
    ['a', '1'],
    ['A', '2'],
  ]);
});

test('path and query go as they came, below the path of the server', async () => {
  const server = await startServer();
  const target = '/api/v1/namespaces/a/services/https:b:1/proxy/x%2Fy//z?a=%20+&&b';
  const { body } = await connect(`${server.address}/k8s/c-1`).forward(asking({ target }));
  await read(body);
  expect(server.requests[0]?.url).toBe(`/k8s/c-1${target}`);
});

test('what is packed stays packed', async () => {
  const packed = gzipSync('pods '.repeat(10_000));
  const server = await startServer({
    answer(_request, response) {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length });
      response.end(packed);
    },
  });
  const { headers, body } = await connect(server.address).forward(asking());
  expect(await read(body)).toEqual(packed);
  expect(headers).toContainEqual(['content-encoding', 'gzip']);
});

test.each([
  ['in chunks', []],
  ['of a length that is said', [['Content-Length', String(5 * MIB)]]],
] as const)('a body of 5 MiB %s arrives as it is', async (_how, headers) => {
  const received: Buffer[] = [];
  const server = await startServer({
    answer(request, response) {
      request.on('data', (bytes: Buffer) => received.push(bytes));
      request.on('end', () => response.end(request.headers['content-length'] ?? 'chunked'));
    },
  });
  const { body } = await connect(server.address).forward(
    asking({ method: 'PATCH', headers, body: repeat(64 * 1024, 80) }),
  );
  expect(String(await read(body))).toBe(headers[0]?.[1] ?? 'chunked');
  expect(Buffer.concat(received)).toEqual(await read(repeat(64 * 1024, 80)));
});

test('an answer that begins late and pauses for longer than others may is no failure', async () => {
  const going = Promise.withResolvers<void>();
  const server = await startServer({
    answer(request, response) {
      if (!request.url?.includes('watch')) return;
      void going.promise.then(() => response.end('late'));
    },
  });
  const transport = connect(server.address, { answerMs: 100 });
  const watching = transport.forward(asking({ target: '/watch' }));
  // Its limit ends this one, which was asked later.
  await expect(transport.request({ method: 'GET', path: '/', signal })).rejects.toMatchObject({
    code: 'cluster-unreachable',
  });
  going.resolve();
  expect(String(await read((await watching).body))).toBe('late');
});

test('a body is taken no faster than the server takes it', async () => {
  const server = await startServer({ answer: (request) => void request.pause() });
  const ending = new AbortController();
  let taken = 0;
  const stalled = Promise.withResolvers<void>();
  async function* flood(): AsyncGenerator<Uint8Array> {
    for (; taken < 256 * MIB; taken += MIB) {
      yield Buffer.alloc(MIB);
      clearTimeout(timer);
      timer = setTimeout(stalled.resolve, 500);
    }
    stalled.reject(new Error('all of it was taken'));
  }
  let timer = setTimeout(() => {}, 0);
  const sending = connect(server.address).forward(
    asking({ method: 'POST', body: flood(), signal: ending.signal }),
  );
  await stalled.promise;
  ending.abort(new Error('enough'));
  await expect(sending).rejects.toThrow('enough');
});

test('leaving the body ends the request at the server', async () => {
  const server = await startServer({ answer: (_request, response) => void response.write('first') });
  const { body } = await connect(server.address).forward(asking());
  for await (const bytes of body) {
    expect(String(bytes)).toBe('first');
    break;
  }
  await until(() => server.connections[0]?.closed);
});

test('an answer that breaks off is told as a lost connection', async () => {
  const server = await startServer({
    answer(_request, response) {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    },
  });
  const { body } = await connect(server.address).forward(asking());
  await expect(read(body)).rejects.toMatchObject({ code: 'cluster-unreachable' });
});

test('the identity is the context’s, or the one that the request names instead', async () => {
  const server = await startServer();
  const transport = connect(server.address, {
    credentials: createCredentials({ authorization: 'Bearer t' }),
    impersonation: { user: 'ann', groups: ['a', 'b'], extra: new Map() },
  });
  await read((await transport.forward(asking())).body);
  const impersonation = { user: 'auditor', groups: [], extra: new Map([['why', ['x']]]) };
  await read((await transport.forward(asking({ impersonation }))).body);
  const identities = server.requests.map(({ rawHeaders }) =>
    pairLines(rawHeaders).filter(([name]) => /^(impersonate|authorization)/i.test(name)),
  );
  expect(identities).toEqual([
    [
      ['authorization', 'Bearer t'],
      ['impersonate-user', 'ann'],
      ['impersonate-group', 'a'],
      ['impersonate-group', 'b'],
    ],
    [
      ['authorization', 'Bearer t'],
      ['impersonate-user', 'auditor'],
      ['impersonate-extra-why', 'x'],
    ],
  ]);
});

test('tr-disable-compression: with it nothing packed is asked for, whatever the client takes', async () => {
  const server = await startServer();
  const headers = [['Accept-Encoding', 'gzip']] as const;
  await read((await connect(server.address).forward(asking({ headers }))).body);
  const plain = connect(server.address, { cluster: { disableCompression: true } });
  await read((await plain.forward(asking({ headers }))).body);
  expect(server.requests.map((request) => request.headers['accept-encoding'])).toEqual(['gzip', undefined]);
});

test('kc-http-no-creds: to an http address no credential goes', async () => {
  const server = await startApiServer({});
  opened.push(server);
  const credentials = createCredentials({ authorization: 'Bearer t' });
  await read((await connect(server.address, { credentials }).forward(asking())).body);
  expect(server.requests[0]?.headers.authorization).toBeUndefined();
});

describe.each(['http', 'https', 'socks5'] as const)('tr-http-proxy: through a proxy of kind %s', (kind) => {
  const start = () =>
    kind === 'socks5' ? startSocksProxy() : startHttpProxy(kind === 'https' ? { tls: serverPair } : {});

  test('a request passes to servers with TLS and without', async () => {
    const proxy = await start();
    opened.push(proxy);
    for (const server of [await startServer(), await startApiServer({})]) {
      opened.push(server);
      const transport = connect(`${server.address}/k8s`, { cluster: { proxyUrl: proxy.url } });
      const answer = await transport.forward(asking({ method: 'POST', body: repeat(64 * 1024, 4) }));
      expect([answer.status, String(await read(answer.body))]).toEqual([200, '{}']);
      expect(server.requests[0]?.url).toBe('/k8s/api');
    }
    expect(proxy.requests).not.toHaveLength(0);
  });
});

describe('after a 401', () => {
  const stale: Credential = { authorization: 'Bearer old' };
  const fresh: Credential = { authorization: 'Bearer new' };

  /** Answers with how much came; a stale credential is refused when the body has ended, or at once. */
  function startPicky({ isHasty = false } = {}): Promise<FakeApiServer> {
    return startServer({
      answer(request, response) {
        const isFresh = request.headers.authorization === fresh.authorization;
        if (isHasty && !isFresh) return void response.writeHead(401).end('no');
        let length = 0;
        request.on('data', (bytes: Buffer) => {
          length += bytes.length;
        });
        request.on('end', () => response.writeHead(isFresh ? 200 : 401).end(String(length)));
      },
    });
  }

  test.each([{ isHasty: false }, { isHasty: true }])(
    'a body of at most 1 MiB is sent once more (%j)',
    async (how) => {
      const credentials = createCredentials(stale, fresh);
      const transport = connect((await startPicky(how)).address, { credentials });
      const { status, body } = await transport.forward(
        asking({ method: 'POST', body: repeat(64 * 1024, 16) }),
      );
      expect([status, String(await read(body))]).toEqual([200, String(MIB)]);
      expect(credentials.renewals).toBe(1);
    },
  );

  test('of a longer one the 401 is the answer, and the next request has the renewed credential', async () => {
    const transport = connect((await startPicky()).address, { credentials: createCredentials(stale, fresh) });
    const first = await transport.forward(asking({ method: 'POST', body: repeat(64 * 1024, 17) }));
    expect([first.status, String(await read(first.body))]).toEqual([401, String(17 * 64 * 1024)]);
    const next = await transport.forward(asking());
    expect(next.status).toBe(200);
    await read(next.body);
  });

  test('the 401 is the answer where there is nothing newer', async () => {
    const transport = connect((await startPicky()).address, { credentials: createCredentials(stale) });
    const { status, body } = await transport.forward(asking());
    expect([status, String(await read(body))]).toEqual([401, '0']);
  });
});
