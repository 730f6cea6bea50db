/** What kubectl does on the way to a cluster without proxies, and what its API server gets to see. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { fetchLines } from '../../main/kube/api-client.ts';
import { loadKubeconfig } from '../../main/kube/kubeconfig.ts';
import { resolveContext, toPluginCluster } from '../../main/kube/resolve-context.ts';
import { createTransport, type KubeTransport } from '../../main/kube/transport.ts';
import { type FakeApiBehaviour, type FakeApiServer, sendJson, startApiServer } from '../fakes/api-server.ts';
import { createTestCredentials } from '../fakes/credentials.ts';
import { kubectlPath, runKubectl } from '../fakes/demo-kubectl.ts';
import { kubeconfigFor } from '../fakes/doctor-report.ts';
import { createDialNeeds } from '../fakes/kube-access.ts';
import { runKubereel } from '../fakes/kubereel-cli.ts';
import { createTestAuthority, type KeyPair, type TestAuthority } from '../fakes/tls.ts';

const { signal } = new AbortController();
const opened: { close(): Promise<void> }[] = [];
let folder: string;
let authority: TestAuthority;
let pair: KeyPair;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubereel-transport-'));
  authority = await createTestAuthority();
  pair = await authority.issue({ commonName: 'api', names: ['127.0.0.1'] });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

afterEach(async () => {
  for (const { close } of opened.splice(0)) await close();
});

async function startServer(behaviour: FakeApiBehaviour = {}, keys = pair): Promise<FakeApiServer> {
  const tls = { cert: keys.certificate, key: keys.privateKey, ...behaviour.tls };
  const server = await startApiServer({ ...behaviour, tls });
  opened.push(server);
  return server;
}

/** From the kubeconfig to the wire, with all that stands between. */
async function connect(
  cluster: Record<string, unknown>,
  user: Record<string, unknown> = {},
  pauseMs?: number,
): Promise<KubeTransport> {
  const path = join(folder, 'config');
  await writeFile(path, JSON.stringify(kubeconfigFor(cluster, user)));
  const kubeconfig = await loadKubeconfig([path]);
  const context = await resolveContext(kubeconfig, kubeconfig.currentContext ?? '');
  const { credentials } = await createTestCredentials();
  const origin = { context: context.name, kubeconfigPath: path };
  const transport = createTransport(
    { ...createDialNeeds(), ...(pauseMs === undefined ? {} : { pauseMs }) },
    context,
    credentials.provider(context.user, toPluginCluster(context.cluster), origin),
  );
  opened.push(transport);
  return transport;
}

function trusting(server: FakeApiServer, more: Record<string, unknown> = {}): Record<string, unknown> {
  const data = Buffer.from(authority.certificate).toString('base64');
  return { server: server.address, 'certificate-authority-data': data, ...more };
}

async function get(transport: KubeTransport, path = '/api/v1/pods'): Promise<string> {
  const { body } = await transport.request({ method: 'GET', path, signal });
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function open(transport: KubeTransport, path = '/api/v1/namespaces/a/pods/b/exec'): Promise<WebSocket> {
  const query = new URLSearchParams({ command: 'sh' });
  return transport.openWebSocket({ path, query, protocols: ['v5.channel.k8s.io'], signal });
}

/** Values of a header as they came, one a line. */
function linesOf(request: IncomingMessage | undefined, name: string): string[] {
  const raw = request?.rawHeaders ?? [];
  return raw.filter((_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === name);
}

test('tr-connection-reuse: 50 lists in a row take at most two TLS connections', async () => {
  const server = await startServer();
  const transport = await connect(trusting(server));
  for (let i = 0; i < 50; i += 1) await get(transport);
  expect(server.requests).toHaveLength(50);
  // The second is made where the first is asked again before it is seen to be free.
  expect(server.connections.length).toBeLessThanOrEqual(2);
});

describe('tr-tls-server-name', () => {
  const start = async () =>
    startServer({}, await authority.issue({ commonName: 'api', names: ['kube.internal', 'kube.other'] }));

  test('tr-tls-server-name: with the right name a server is trusted under any address, and hears that name', async () => {
    const server = await start();
    const transport = await connect(trusting(server, { 'tls-server-name': 'kube.internal' }));
    await get(transport);
    expect((await open(transport)).readyState).toBe(1);
    const names = server.requests.map(
      ({ socket }) => (socket as TLSSocket & { servername: string }).servername,
    );
    expect(names).toEqual(['kube.internal', 'kube.internal']);
  });

  test('tr-tls-server-name: without it the error names both', async () => {
    const server = await start();
    const transport = await connect(trusting(server));
    const failure = {
      code: 'cluster-untrusted',
      message: `the certificate of ${server.address} is for kube.internal, kube.other, not for 127.0.0.1`,
      hint: expect.stringContaining('tls-server-name'),
      detail: expect.stringMatching(/^certificate: CN=api\nissued by: CN=test-ca\nvalid: [^\n]+ to [^\n]+\n/),
    };
    await expect(get(transport)).rejects.toMatchObject(failure);
    await expect(open(transport)).rejects.toMatchObject(failure);
    expect(server.requests).toEqual([]);
  });

  test('tr-tls-server-name: an address as name is compared with the certificate’s addresses', async () => {
    const server = await startServer();
    const cluster = trusting(server, { server: `https://localhost:${server.port}` });
    await expect(get(await connect(cluster))).rejects.toMatchObject({ code: 'cluster-untrusted' });
    expect(await get(await connect({ ...cluster, 'tls-server-name': '127.0.0.1' }))).toBe('{}');
  });
});

test('tr-tls-version: TLS below 1.2 is not spoken', async () => {
  const server = await startServer({
    tls: { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' },
  });
  await expect(get(await connect(trusting(server)))).rejects.toMatchObject({
    code: 'cluster-unreachable',
    message: expect.stringContaining('the TLS handshake failed: tlsv1 alert protocol version'),
    hint: expect.stringMatching(/^TLS 1\.2 or 1\.3 is needed/),
  });
  expect(server.requests).toEqual([]);
});

describe('tr-disable-compression', () => {
  const list = JSON.stringify({ items: 'pod '.repeat(100_000) });
  const packing: FakeApiBehaviour = {
    answer({ headers }, response) {
      if (headers['accept-encoding'] !== 'gzip') return void response.end(list);
      response.writeHead(200, { 'content-encoding': 'gzip' });
      return void response.end(gzipSync(list));
    },
  };

  test('tr-disable-compression: gzip is asked for and unpacked', async () => {
    const server = await startServer(packing);
    expect(await get(await connect(trusting(server)))).toBe(list);
    expect(linesOf(server.requests[0], 'accept-encoding')).toEqual(['gzip']);
  });

  test('tr-disable-compression: with it there is no Accept-Encoding', async () => {
    const server = await startServer(packing);
    expect(await get(await connect(trusting(server, { 'disable-compression': true })))).toBe(list);
    expect(linesOf(server.requests[0], 'accept-encoding')).toEqual([]);
  });
});

test.each(['/k8s/clusters/c-1', '/k8s/clusters/c-1/'])(
  'tr-path-prefix: REST and exec keep %s once',
  async (prefix) => {
    const server = await startServer();
    const transport = await connect(trusting(server, { server: `${server.address}${prefix}` }));
    await get(transport);
    await open(transport);
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/k8s/clusters/c-1/api/v1/pods',
      '/k8s/clusters/c-1/api/v1/namespaces/a/pods/b/exec?command=sh',
    ]);
  },
);

test('tr-quiet-watch: a watch outlasts the silence that ends another answer', async () => {
  const silence = Promise.withResolvers<void>();
  const server = await startServer({
    answer(request, response) {
      response.write('{"line":1}\n');
      // A minute in the app. The watch is silent for longer: it began before the list that this limit ends.
      if (request.url?.includes('watch')) void silence.promise.then(() => response.end('{"line":2}\n'));
    },
  });
  const transport = await connect(trusting(server), {}, 200);
  const lines = fetchLines(
    transport,
    { method: 'GET', path: '/api/v1/pods', query: new URLSearchParams({ watch: 'true' }), signal },
    v.object({ line: v.number() }),
  );
  expect((await lines.next()).value).toEqual({ line: 1 });
  await expect(get(transport)).rejects.toMatchObject({
    code: 'cluster-unreachable',
    message: expect.stringContaining('it stopped in the middle of its answer'),
  });
  silence.resolve();
  expect((await lines.next()).value).toEqual({ line: 2 });
  expect((await lines.next()).done).toBe(true);
});

describe('who asks', () => {
  test('kc-http-no-creds: an http server gets no credential, on REST and exec', async () => {
    const server = await startApiServer({});
    opened.push(server);
    const transport = await connect({ server: `127.0.0.1:${server.port}` }, { token: 'planted-token' });
    await get(transport);
    await open(transport);
    expect(server.requests).toHaveLength(2);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
  });

  test('kc-no-user: nobody asks, and the server’s certificate matters all the same', async () => {
    const server = await startServer();
    const transport = await connect(trusting(server));
    await get(transport);
    await open(transport);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
    const other = await createTestAuthority('other');
    const data = Buffer.from(other.certificate).toString('base64');
    await expect(
      get(await connect(trusting(server, { 'certificate-authority-data': data }))),
    ).rejects.toMatchObject({
      code: 'cluster-untrusted',
      detail: expect.stringContaining('trusted: CN=other'),
    });
  });

  test('kc-impersonation: each value is a line of its own, with an escaped key, on REST and exec', async () => {
    const server = await startServer();
    const transport = await connect(trusting(server), {
      token: 't',
      as: 'dörte',
      'as-uid': '7',
      'as-groups': ['dev', 'ops'],
      'as-user-extra': { 'Scopes/x y': ['a', 'b'], reason: ['on call'] },
    });
    await get(transport);
    await open(transport);
    expect(server.requests).toHaveLength(2);
    for (const request of server.requests) {
      const [user = ''] = linesOf(request, 'impersonate-user');
      expect(Buffer.from(user, 'latin1').toString()).toBe('dörte');
      expect(linesOf(request, 'impersonate-uid')).toEqual(['7']);
      expect(linesOf(request, 'impersonate-group')).toEqual(['dev', 'ops']);
      expect(linesOf(request, 'impersonate-extra-scopes%2fx%20y')).toEqual(['a', 'b']);
      expect(linesOf(request, 'impersonate-extra-reason')).toEqual(['on call']);
      expect(linesOf(request, 'authorization')).toEqual(['Bearer t']);
    }
  });
});

test('tr-rotation: a new client certificate is used from then on, old connections end, and a session lives on', async () => {
  const nameOf = ({ socket }: IncomingMessage): unknown =>
    (socket as TLSSocket).getPeerCertificate().subject?.CN;
  const server = await startServer({
    // It does not end idle connections itself: only we do.
    tls: { requestCert: true, rejectUnauthorized: true, ca: authority.certificate, keepAliveTimeout: 0 },
    answer: (request, response) => sendJson(response, 200, { user: nameOf(request) }),
    serve: (socket, request) => socket.on('message', (data) => socket.send(`${nameOf(request)}: ${data}`)),
  });
  const files = { 'client-certificate': join(folder, 'user.crt'), 'client-key': join(folder, 'user.key') };
  async function issue(commonName: string): Promise<void> {
    const { certificate, privateKey } = await authority.issue({ commonName });
    await writeFile(files['client-certificate'], certificate);
    await writeFile(files['client-key'], privateKey);
  }
  async function say(socket: WebSocket, words: string): Promise<string> {
    const heard = once(socket, 'message');
    socket.resume();
    socket.send(words);
    return String((await heard)[0]);
  }
  await issue('zoe');
  expect(await get(await connect(trusting(server), files))).toBe('{"user":"zoe"}');
  await issue('ann');
  const transport = await connect(trusting(server), files);
  expect(await get(transport)).toBe('{"user":"ann"}');
  const session = await open(transport);
  const [idleForLonger, restOfAnn] = server.connections;
  await issue('bob');
  const drained = restOfAnn && once(restOfAnn, 'close');
  expect(await get(transport)).toBe('{"user":"bob"}');
  await drained;
  // It was not for having been idle that it ended.
  expect(idleForLonger?.destroyed).toBe(false);
  expect(await say(session, 'still here')).toBe('ann: still here');
  expect(await say(await open(transport), 'new')).toBe('bob: new');
});

describe.skipIf(!kubectlPath)('kubectl and kubereel, by the same kubeconfig', () => {
  /** Both runs: exit code, answer, and the headers by which the server knows who asked, sorted. */
  async function compare(
    cluster: Record<string, unknown>,
    user: Record<string, unknown>,
    { server, environment = {} }: { server: FakeApiServer; environment?: Record<string, string> },
  ) {
    const path = join(folder, 'compared');
    await writeFile(path, JSON.stringify(kubeconfigFor(cluster, user)));
    const runs = [];
    for (const program of [
      () => runKubectl(path, ['get', '--raw', '/compared'], { environment }),
      () => runKubereel(path, ['raw', '/compared'], environment),
    ]) {
      const before = server.requests.length;
      const { code, stdout } = await program();
      // A kubectl that picks its own version asks for the server's first.
      const asked = server.requests.slice(before).filter(({ url }) => url === '/compared');
      runs.push({ code, stdout: stdout.toString(), asked: asked.map(identityOf) });
    }
    const [kubectl, kubereel] = runs;
    return { kubectl, kubereel };
  }

  function identityOf({ rawHeaders }: IncomingMessage): string[] {
    const lines = rawHeaders.flatMap((name, index) =>
      index % 2 === 0 ? [`${name.toLowerCase()}: ${rawHeaders[index + 1]}`] : [],
    );
    return lines.filter((line) => /^(authorization|impersonate-|accept-encoding)/.test(line)).toSorted();
  }

  const acting = {
    token: 't',
    as: 'dörte',
    'as-uid': '7',
    'as-groups': ['dev', 'ops'],
    'as-user-extra': { 'Scopes/x y': ['a', 'b'], '100%': ['c'], é: ['d'] },
  };

  test('kc-impersonation: they send the same lines', async () => {
    const server = await startServer();
    const outcome = await compare(trusting(server), acting, { server });
    expect(outcome.kubereel).toEqual(outcome.kubectl);
    expect(outcome.kubereel?.asked[0]).toContain('impersonate-extra-scopes%2fx%20y: b');
  });

  test('kc-http-no-creds: they tell an http server the same', async () => {
    const server = await startApiServer({});
    opened.push(server);
    const outcome = await compare({ server: server.address }, acting, { server });
    expect(outcome.kubereel).toEqual(outcome.kubectl);
    expect(outcome.kubereel?.asked[0]?.join()).not.toContain('authorization');
  });

  test('tr-disable-compression: they ask for the same', async () => {
    const server = await startServer();
    const outcome = await compare(
      trusting(server, { 'disable-compression': true }),
      { token: 't' },
      { server },
    );
    expect(outcome.kubereel).toEqual(outcome.kubectl);
    expect(outcome.kubereel).toMatchObject({ code: 0, asked: [['authorization: Bearer t']] });
  });

  test('tr-system-roots: without an authority in the kubeconfig both trust the machine’s, and only them', async () => {
    const server = await startServer();
    const file = join(folder, 'machine.pem');
    await writeFile(file, authority.certificate);
    const cluster = { server: server.address };
    const trusted = await compare(cluster, { token: 't' }, { server, environment: { SSL_CERT_FILE: file } });
    expect(trusted.kubereel).toEqual(trusted.kubectl);
    expect(trusted.kubereel).toMatchObject({ code: 0, stdout: '{}' });
    const untrusted = await compare(cluster, { token: 't' }, { server });
    expect(untrusted.kubereel).toEqual(untrusted.kubectl);
    expect(untrusted.kubereel).toMatchObject({ code: 1, asked: [] });
  });

  test('tr-tls-server-name: they fail and succeed alike', async () => {
    const server = await startServer(
      {},
      await authority.issue({ commonName: 'api', names: ['kube.internal'] }),
    );
    for (const name of ['kube.internal', 'kube.other']) {
      const outcome = await compare(
        trusting(server, { 'tls-server-name': name }),
        { token: 't' },
        { server },
      );
      expect(outcome.kubereel).toEqual(outcome.kubectl);
      expect(outcome.kubereel?.code).toBe(name === 'kube.internal' ? 0 : 1);
    }
  });
});
