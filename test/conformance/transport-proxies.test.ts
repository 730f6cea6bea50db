/** What kubectl does on the way to a cluster through proxies. The proxies are judged by curl, the answers by kubectl. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { loadKubeconfig } from '../../main/kube/kubeconfig.ts';
import { resolveContext } from '../../main/kube/resolve-context.ts';
import type { DialLimits } from '../../main/kube/route.ts';
import { createTransport, type KubeTransport } from '../../main/kube/transport.ts';
import { type FakeApiServer, sendJson, startApiServer } from '../fakes/api-server.ts';
import { kubectlPath, runKubectl } from '../fakes/demo-kubectl.ts';
import { kubeconfigFor } from '../fakes/doctor-report.ts';
import { createCredentials, createDialNeeds } from '../fakes/kube-access.ts';
import { runKubereel } from '../fakes/kubereel-cli.ts';
import { type FakeProxy, type ProxyBehaviour, startHttpProxy, startSocksProxy } from '../fakes/proxies.ts';
import { createTestAuthority, type KeyPair, type TestAuthority } from '../fakes/tls.ts';

const { signal } = new AbortController();
const opened: { close(): Promise<void> }[] = [];
let folder: string;
let kubeconfigPath: string;
let authority: TestAuthority;
let pair: KeyPair;
let server: FakeApiServer;

/** Only proxies know this name; nothing is listening at the address that a look-up elsewhere would have to find. */
const NAMES = { 'kube.internal': '127.0.0.1' };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubereel-proxies-'));
  kubeconfigPath = join(folder, 'config');
  authority = await createTestAuthority();
  await writeFile(join(folder, 'ca.pem'), authority.certificate);
  pair = await authority.issue({ commonName: 'api', names: ['127.0.0.1', 'kube.internal'] });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

afterEach(async () => {
  for (const { close } of opened.splice(0)) await close();
});

async function startServer(): Promise<string> {
  server = await startApiServer({
    tls: { cert: pair.certificate, key: pair.privateKey },
    answer: (_request, response) => sendJson(response, 200, { from: 'the server' }),
    serve: (socket) => socket.on('message', (data) => socket.send(data)),
  });
  opened.push(server);
  return `https://kube.internal:${server.port}`;
}

type Kind = 'http' | 'https' | 'socks5';
const KINDS: readonly Kind[] = ['http', 'https', 'socks5'];

async function startProxy(kind: Kind, behaviour: ProxyBehaviour = {}): Promise<FakeProxy> {
  const known = { names: NAMES, ...behaviour };
  const proxy =
    kind === 'socks5'
      ? await startSocksProxy(known)
      : await startHttpProxy(kind === 'https' ? { tls: pair, ...known } : known);
  opened.push(proxy);
  return proxy;
}

function withLogin(proxy: FakeProxy, login: string): string {
  return proxy.url.replace('://', `://${login}@`);
}

async function writeConfig(cluster: Record<string, unknown>): Promise<void> {
  const data = Buffer.from(authority.certificate).toString('base64');
  const trusting = String(cluster['server']).startsWith('http:')
    ? {}
    : { 'certificate-authority-data': data };
  await writeFile(kubeconfigPath, JSON.stringify(kubeconfigFor({ ...trusting, ...cluster }, { token: 't' })));
}

async function connect(
  cluster: Record<string, unknown>,
  environment: NodeJS.ProcessEnv = {},
  limits?: DialLimits,
): Promise<KubeTransport> {
  await writeConfig(cluster);
  const context = await resolveContext(await loadKubeconfig([kubeconfigPath]), 'staging');
  const credentials = createCredentials({ authorization: 'Bearer t' });
  const needs = { ...createDialNeeds(environment), ...(limits ? { limits } : {}) };
  const transport = createTransport(needs, context, credentials);
  opened.push(transport);
  return transport;
}

async function get(transport: KubeTransport): Promise<string> {
  const { body } = await transport.request({ method: 'GET', path: '/version', signal });
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function open(transport: KubeTransport): Promise<WebSocket> {
  const query = new URLSearchParams({ command: 'sh' });
  return transport.openWebSocket({ path: '/exec', query, protocols: ['v5.channel.k8s.io'], signal });
}

async function echo(transport: KubeTransport, words: string): Promise<string> {
  const socket = await open(transport);
  const heard = new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))));
  socket.resume();
  socket.send(words);
  return heard;
}

describe.each(KINDS)('tr-%s-proxy', (kind) => {
  test(`tr-${kind}-proxy: REST and exec, with a login and a name that only the proxy knows`, async () => {
    const address = await startServer();
    const proxy = await startProxy(kind, { login: 'ann:p@ss:word' });
    const transport = await connect({ server: address, 'proxy-url': withLogin(proxy, 'ann:p%40ss%3Aword') });
    expect(await get(transport)).toBe('{"from":"the server"}');
    expect(await echo(transport, 'hello')).toBe('hello');
    const seen = { target: `kube.internal:${server.port}`, login: 'ann:p@ss:word' };
    expect(proxy.requests).toMatchObject([seen, seen]);
    await expect(get(await connect({ server: address }))).rejects.toMatchObject({
      message: expect.stringContaining('the name '),
    });
  });

  test(`tr-${kind}-proxy: a wrong login is told with the proxy’s answer, without the password`, async () => {
    const address = await startServer();
    const proxy = await startProxy(kind, { login: 'ann:right' });
    const transport = await connect({ server: address, 'proxy-url': withLogin(proxy, 'ann:s3cret') });
    for (const ask of [get, open]) {
      const error: unknown = await ask(transport).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'cluster-unreachable',
        message: `could not reach ${address}: the proxy ${proxy.url} ${
          kind === 'socks5'
            ? 'did not accept user and password'
            : 'answered 407 Proxy Authentication Required'
        }`,
        hint: expect.stringContaining('proxy-url of cluster "c"'),
        detail: kind === 'socks5' ? undefined : 'Who are you?',
      });
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('s3cret');
    }
    expect(server.requests).toEqual([]);
  });

  test(`tr-${kind}-proxy: 50 lists in a row take at most two tunnels`, async () => {
    const address = await startServer();
    const proxy = await startProxy(kind);
    const transport = await connect({ server: address, 'proxy-url': proxy.url });
    for (let i = 0; i < 50; i += 1) await get(transport);
    expect(server.requests).toHaveLength(50);
    expect(proxy.requests.length).toBeLessThanOrEqual(2);
  });

  test(`tr-${kind}-proxy: tls-server-name is asked for behind it`, async () => {
    const address = await startServer();
    const proxy = await startProxy(kind, { names: { 'other.internal': '127.0.0.1' } });
    const behind = { server: address.replace('kube.', 'other.'), 'proxy-url': proxy.url };
    await expect(get(await connect(behind))).rejects.toMatchObject({
      code: 'cluster-untrusted',
      message: expect.stringContaining('is for 127.0.0.1, kube.internal, not for other.internal'),
    });
    const transport = await connect({ ...behind, 'tls-server-name': 'kube.internal' });
    expect(await get(transport)).toBe('{"from":"the server"}');
    expect(await echo(transport, 'hello')).toBe('hello');
  });

  test(`tr-${kind}-proxy: an IPv6 server is asked for as it has to be written`, async () => {
    await startServer();
    const proxy = await startProxy(kind, { names: { '::1': '127.0.0.1' } });
    const ipv6 = { server: `https://[::1]:${server.port}`, 'tls-server-name': 'kube.internal' };
    expect(await get(await connect({ ...ipv6, 'proxy-url': proxy.url }))).toBe('{"from":"the server"}');
    expect(proxy.requests[0]?.target).toBe(kind === 'socks5' ? `::1:${server.port}` : `[::1]:${server.port}`);
  });
});

test.each([403, 502])('tr-http-proxy: a %i is told with the start of its page', async (status) => {
  const proxy = await startProxy('http', {
    answer: () => `HTTP/1.1 ${status} No\r\nContent-Length: 24\r\n\r\n<p>Ask the network team.`,
  });
  const transport = await connect({ server: 'https://kube.internal', 'proxy-url': proxy.url });
  await expect(open(transport)).rejects.toMatchObject({
    message: expect.stringContaining(`answered ${status} No`),
    detail: '<p>Ask the network team.',
  });
});

test('tr-http-proxy: an http server’s requests are passed on by the proxy itself, its exec through a tunnel', async () => {
  const plain = await startApiServer({ answer: (_request, response) => sendJson(response, 200, {}) });
  opened.push(plain);
  const proxy = await startProxy('http', { login: 'ann:pw' });
  const address = `http://kube.internal:${plain.port}`;
  const transport = await connect({ server: address, 'proxy-url': withLogin(proxy, 'ann:pw') });
  expect(await get(transport)).toBe('{}');
  expect((await open(transport)).readyState).toBe(1);
  expect(proxy.requests).toMatchObject([
    { method: 'GET', target: `${address}/version`, login: 'ann:pw' },
    { method: 'CONNECT', target: `kube.internal:${plain.port}`, login: 'ann:pw' },
  ]);
  const unknown = await connect({ server: address, 'proxy-url': proxy.url });
  await expect(get(unknown)).rejects.toMatchObject({
    message: expect.stringContaining('answered 407 Proxy Authentication Required'),
    detail: 'Who are you?',
  });
});

describe('tr-https-proxy: its own certificate', () => {
  test('tr-https-proxy: an authority that the cluster’s entry does not name is told as the proxy’s', async () => {
    const other = await createTestAuthority('proxy-ca');
    const tls = await other.issue({ commonName: 'proxy', names: ['127.0.0.1'] });
    const proxy = await startProxy('https', { tls });
    const address = await startServer();
    const cluster = { server: address, 'proxy-url': withLogin(proxy, 'ann:s3cret') };
    await expect(get(await connect(cluster))).rejects.toMatchObject({
      code: 'cluster-untrusted',
      message: `the certificate of the proxy ${proxy.url} is not signed by an authority that context staging trusts`,
      hint: expect.stringContaining('has to hold the proxy’s authority too'),
      detail: expect.stringContaining('issued by: CN=proxy-ca'),
    });
    expect(proxy.requests).toEqual([]);
    const both = Buffer.from(`${authority.certificate}\n${other.certificate}`).toString('base64');
    expect(await get(await connect({ ...cluster, 'certificate-authority-data': both }))).toContain('server');
  });

  test('tr-https-proxy: a certificate for another name is told as the proxy’s', async () => {
    const tls = await authority.issue({ commonName: 'proxy', names: ['proxy.example.com'] });
    const proxy = await startProxy('https', { tls });
    const transport = await connect({ server: 'https://kube.internal', 'proxy-url': proxy.url });
    await expect(get(transport)).rejects.toMatchObject({
      message: `the certificate of the proxy ${proxy.url} is for proxy.example.com, not for 127.0.0.1`,
    });
  });
});

describe('tr-env-proxy', () => {
  test.each([
    ['HTTPS_PROXY', 'http'],
    ['https_proxy', 'http'],
    ['HTTPS_PROXY', 'https'],
    ['HTTPS_PROXY', 'socks5'],
  ] as const)('tr-env-proxy: %s with an %s proxy is used by REST and exec', async (variable, kind) => {
    const address = await startServer();
    const proxy = await startProxy(kind);
    const transport = await connect({ server: address }, { [variable]: proxy.url });
    expect(await get(transport)).toBe('{"from":"the server"}');
    expect(await echo(transport, 'hello')).toBe('hello');
    expect(proxy.requests).toHaveLength(2);
  });

  test.each(['internal', '.internal', 'kube.internal', '*'])(
    'tr-env-proxy: NO_PROXY=%s goes past the proxy',
    async (noProxy) => {
      const proxy = await startProxy('http');
      const environment = { HTTPS_PROXY: proxy.url, NO_PROXY: `example.com,${noProxy}` };
      // Nobody else knows the name: that it is looked up at all is the proof.
      await expect(get(await connect({ server: await startServer() }, environment))).rejects.toMatchObject({
        message: expect.stringContaining('the name '),
      });
      expect(proxy.requests).toEqual([]);
    },
  );

  test('tr-env-proxy: NO_PROXY with a range of addresses goes past the proxy, others through it', async () => {
    const proxy = await startProxy('http', { answer: () => 'HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n' });
    const environment = { HTTPS_PROXY: proxy.url, NO_PROXY: '192.0.2.0/24' };
    // Addresses of the documentation, where nobody answers: what counts is who is told not to. The proxy does.
    const limits = { connectMs: 100, handshakeMs: 5_000, tunnelMs: 5_000 };
    await expect(
      get(await connect({ server: 'https://192.0.2.7' }, environment, limits)),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/^could not reach https:\/\/192\.0\.2\.7: (?!the proxy)/),
    });
    expect(proxy.requests).toEqual([]);
    await expect(get(await connect({ server: 'https://192.0.3.7' }, environment))).rejects.toMatchObject({
      message: `could not reach https://192.0.3.7: the proxy ${proxy.url} answered 502 No`,
    });
    expect(proxy.requests).toMatchObject([{ target: '192.0.3.7:443' }]);
  });

  test('tr-env-proxy: NO_PROXY says nothing about proxy-url', async () => {
    const proxy = await startProxy('http');
    const transport = await connect(
      { server: await startServer(), 'proxy-url': proxy.url },
      { HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '*' },
    );
    expect(await get(transport)).toBe('{"from":"the server"}');
    expect(proxy.requests).toHaveLength(1);
  });

  test('tr-env-proxy: ALL_PROXY is not read', async () => {
    const proxy = await startProxy('socks5');
    const environment = { ALL_PROXY: proxy.url, all_proxy: proxy.url };
    await expect(get(await connect({ server: await startServer() }, environment))).rejects.toThrow();
    expect(proxy.requests).toEqual([]);
  });
});

const curlPath = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((place) => join(place, 'curl'))
  .find((path) => existsSync(path));

describe.skipIf(!curlPath)('curl, through our proxies', () => {
  const run = promisify(execFile);
  const curl = async (...args: string[]): Promise<string> => {
    const trust = ['--cacert', join(folder, 'ca.pem'), '--proxy-cacert', join(folder, 'ca.pem')];
    const { stdout } = await run(curlPath ?? '', ['--silent', '--show-error', ...trust, ...args], {
      env: {},
    });
    return stdout;
  };

  test.each(KINDS)('%s: reaches the server by a name that only the proxy knows', async (kind) => {
    const address = await startServer();
    const proxy = await startProxy(kind, { login: 'ann:p@ss' });
    const login = ['--proxy-user', 'ann:p@ss', `${address}/version`];
    const option = kind === 'socks5' ? '--socks5-hostname' : '--proxy';
    const place = kind === 'socks5' ? `127.0.0.1:${proxy.port}` : proxy.url;
    expect(await curl(option, place, ...login)).toBe('{"from":"the server"}');
    expect(proxy.requests).toMatchObject([{ target: `kube.internal:${server.port}`, login: 'ann:p@ss' }]);
    await expect(curl(option, place, '--proxy-user', 'ann:no', address)).rejects.toThrow();
  });
});

describe.skipIf(!kubectlPath)('kubectl and kubereel, by the same kubeconfig', () => {
  /** Both runs: exit code, answer, and what the proxy was asked, however often. */
  async function compare(cluster: Record<string, unknown>, proxy: FakeProxy, environment = {}) {
    await writeConfig(cluster);
    const outcomes = [];
    for (const program of [
      () => runKubectl(kubeconfigPath, ['get', '--raw', '/version'], { environment }),
      () => runKubereel(kubeconfigPath, ['raw', '/version'], environment),
    ]) {
      const before = proxy.requests.length;
      const { code, stdout } = await program();
      const asked = proxy.requests
        .slice(before)
        .map(({ method, target, login }) => ({ method, target, login }));
      const distinct = [...new Map(asked.map((request) => [JSON.stringify(request), request])).values()];
      outcomes.push({ code, stdout: stdout.toString(), asked: distinct.filter(isNotProbe) });
    }
    return { kubectl: outcomes[0], kubereel: outcomes[1] };
  }

  /** A kubectl that picks its own version asks for the server's, with a limit in the query. */
  function isNotProbe({ target }: { readonly target: string }): boolean {
    return !target.includes('?timeout=');
  }

  test.each(KINDS)('tr-%s-proxy: they ask the proxy alike and get the same', async (kind) => {
    const address = await startServer();
    const proxy = await startProxy(kind, { login: 'ann:p@ss' });
    const outcome = await compare({ server: address, 'proxy-url': withLogin(proxy, 'ann:p%40ss') }, proxy);
    expect(outcome.kubereel).toEqual(outcome.kubectl);
    expect(outcome.kubereel).toMatchObject({
      code: 0,
      stdout: '{"from":"the server"}',
      asked: [{ target: `kube.internal:${server.port}`, login: 'ann:p@ss' }],
    });
  });

  test.each(KINDS)('tr-%s-proxy: they fail alike on a wrong login', async (kind) => {
    const address = await startServer();
    const proxy = await startProxy(kind, { login: 'ann:right' });
    const outcome = await compare({ server: address, 'proxy-url': withLogin(proxy, 'ann:no') }, proxy);
    expect(outcome.kubereel).toEqual(outcome.kubectl);
    expect(outcome.kubereel?.code).toBe(1);
  });

  test('tr-http-proxy: they ask for an http server alike', async () => {
    const plain = await startApiServer({ answer: (_request, response) => sendJson(response, 200, {}) });
    opened.push(plain);
    const proxy = await startProxy('http');
    const address = `http://kube.internal:${plain.port}`;
    const outcome = await compare({ server: address, 'proxy-url': proxy.url }, proxy);
    expect(outcome.kubereel).toEqual(outcome.kubectl);
    expect(outcome.kubereel?.asked).toEqual([
      { method: 'GET', target: `${address}/version`, login: undefined },
    ]);
  });

  test.each([
    ['a suffix', { NO_PROXY: 'internal' }],
    ['another name', { NO_PROXY: 'nal' }],
    ['a port', { NO_PROXY: 'kube.internal:1' }],
    ['everything', { no_proxy: '*' }],
    ['nothing', {}],
  ])('tr-env-proxy: they go by NO_PROXY alike: %s', async (_what, noProxy) => {
    const address = await startServer();
    const proxy = await startProxy('http');
    const outcome = await compare({ server: address }, proxy, { https_proxy: proxy.url, ...noProxy });
    expect(outcome.kubereel).toEqual(outcome.kubectl);
  });
});
