// covers: main/kube/route.ts
// covers: main/kube/dial-step.ts
// covers: main/kube/connect-proxy.ts
// covers: main/kube/socks-proxy.ts
// covers: main/kube/tls-handshake.ts
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createDial } from '../../../main/kube/dial.ts';
import type { ClusterSettings } from '../../../main/kube/kubeconfig.ts';
import type { DialLimits } from '../../../main/kube/route.ts';
import { startApiServer } from '../../fakes/api-server.ts';
import { createContext, createDialNeeds } from '../../fakes/kube-access.ts';
import { startHttpProxy, startSocksProxy } from '../../fakes/proxies.ts';
import { createTestAuthority, type KeyPair, type TestAuthority } from '../../fakes/tls.ts';

const signal = new AbortController().signal;
const opened: { close(): Promise<void> }[] = [];
let authority: TestAuthority;
let pair: KeyPair;

beforeAll(async () => {
  authority = await createTestAuthority();
  pair = await authority.issue({
    commonName: 'api',
    names: ['127.0.0.1', 'kube.internal', 'proxy.internal'],
  });
});

afterEach(async () => {
  for (const { close } of opened.splice(0)) await close();
});

function keep<Thing extends { close(): Promise<void> }>(thing: Thing): Thing {
  opened.push(thing);
  return thing;
}

async function startServer() {
  return keep(await startApiServer({ tls: { cert: pair.certificate, key: pair.privateKey } }));
}

/** Takes connections and does with them what a test wants. */
async function startRawServer(serve: (socket: Socket) => void): Promise<{ port: number }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return keep({
    port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  });
}

const SHORT: DialLimits = { connectMs: 50, handshakeMs: 50, tunnelMs: 50 };
/** Longer than a test. */
const LONG_MS = 600_000;

function dial(
  server: string,
  cluster: Partial<ClusterSettings> = {},
  options: { limits?: DialLimits; environment?: NodeJS.ProcessEnv; signal?: AbortSignal } = {},
) {
  const context = createContext(server, { certificateAuthority: authority.certificate, ...cluster });
  const { limits, environment = {} } = options;
  const needs = { ...createDialNeeds(environment), ...(limits ? { limits } : {}) };
  return createDial(needs, context)({}, { signal: options.signal ?? signal });
}

describe('directly', () => {
  test('the socket speaks TLS with whom we asked for, and offers HTTP/1.1 alone', async () => {
    const server = await startServer();
    const { socket, proxy } = await dial(server.address);
    expect(socket).toBeInstanceOf(TLSSocket);
    const secure = socket as TLSSocket;
    expect(secure.getPeerX509Certificate()?.subject).toBe('CN=api');
    expect(secure.alpnProtocol).toBe('http/1.1');
    expect(proxy).toBeUndefined();
    socket.destroy();
  });

  test('an http address gets a plain socket', async () => {
    const server = keep(await startApiServer({}));
    const { socket } = await dial(server.address);
    expect(socket).not.toBeInstanceOf(TLSSocket);
    socket.destroy();
  });

  test('a server that does not answer the handshake is given up', async () => {
    const { port } = await startRawServer(() => {});
    await expect(dial(`https://127.0.0.1:${port}`, {}, { limits: SHORT })).rejects.toMatchObject({
      code: 'cluster-unreachable',
      message: `could not reach https://127.0.0.1:${port}: it did not answer within 0.05 s`,
    });
  });

  test('a server that hangs up in the handshake is told as a cut connection', async () => {
    const { port } = await startRawServer((socket) => socket.end());
    await expect(dial(`https://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'cluster-unreachable',
      message: expect.stringContaining('the connection was cut'),
    });
  });

  test('a signal ends it with its reason, before and during, and the socket with it', async () => {
    const reason = new Error('enough');
    await expect(dial('https://127.0.0.1:1', {}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const closed = Promise.withResolvers<void>();
    const { port } = await startRawServer((socket) => {
      socket.resume();
      socket.once('close', () => closed.resolve());
      controller.abort(reason);
    });
    await expect(dial(`https://127.0.0.1:${port}`, {}, { signal: controller.signal })).rejects.toBe(reason);
    await closed.promise;
  });
});

describe('the environment', () => {
  const { promise: never } = Promise.withResolvers<NodeJS.ProcessEnv>();
  const needs = { ...createDialNeeds(), environment: () => never };

  test('is not waited for where the cluster names its proxy', async () => {
    const server = await startServer();
    const proxy = keep(await startHttpProxy());
    const cluster = { certificateAuthority: authority.certificate, proxyUrl: proxy.url };
    const { socket } = await createDial(needs, createContext(server.address, cluster))({}, { signal });
    expect(proxy.requests).toHaveLength(1);
    socket.destroy();
  });

  test('is waited for no longer than the signal says', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const dialled = createDial(needs, createContext('https://kube.internal'))({}, controller);
    controller.abort(reason);
    await expect(dialled).rejects.toBe(reason);
  });
});

describe.each(['http', 'https', 'socks5'] as const)('through a %s proxy', (kind) => {
  const start = async (behaviour: Parameters<typeof startHttpProxy>[0] = {}) =>
    keep(
      kind === 'socks5'
        ? await startSocksProxy(behaviour)
        : await startHttpProxy({ ...behaviour, ...(kind === 'https' ? { tls: pair } : {}) }),
    );

  test('the name goes to the proxy as it is, and the certificate is compared with it', async () => {
    const server = await startServer();
    const proxy = await start({ names: { 'kube.internal': '127.0.0.1' } });
    const { socket, proxy: used } = await dial(`https://kube.internal:${server.port}`, {
      proxyUrl: proxy.url,
    });
    expect(used).toEqual({ address: proxy.url, source: 'proxy-url' });
    expect(proxy.requests).toMatchObject([{ target: `kube.internal:${server.port}` }]);
    expect((socket as TLSSocket).getPeerX509Certificate()?.subject).toBe('CN=api');
    socket.destroy();
  });

  test('a login is percent-decoded', async () => {
    const server = await startServer();
    const proxy = await start({ login: 'ann:p@ss:wörd' });
    const proxyUrl = proxy.url.replace('://', '://ann:p%40ss%3Aw%C3%B6rd@');
    const { socket, proxy: used } = await dial(server.address, { proxyUrl });
    expect(used?.address).toBe(proxy.url);
    expect(proxy.requests).toMatchObject([{ login: 'ann:p@ss:wörd' }]);
    socket.destroy();
  });

  test('a wrong login is told, and not quoted', async () => {
    const proxy = await start({ login: 'ann:right' });
    const failed = dial('https://kube.internal', { proxyUrl: proxy.url.replace('://', '://ann:s3cret@') });
    await expect(failed).rejects.toMatchObject({
      code: 'cluster-unreachable',
      message: expect.stringContaining(`could not reach https://kube.internal: the proxy ${proxy.url} `),
      hint: expect.stringMatching(/^Check user and password in proxy-url of cluster "staging"/),
    });
    expect(JSON.stringify(await failed.catch(toTree))).not.toContain('s3cret');
  });

  test('a missing login is told, and where it belongs', async () => {
    const proxy = await start({ login: 'ann:right' });
    const environment = { HTTPS_PROXY: proxy.url };
    await expect(dial('https://kube.internal', {}, { environment })).rejects.toMatchObject({
      hint: 'Write user:password@ before the host in HTTPS_PROXY in the environment; special characters are percent-encoded (@ is %40).',
    });
  });

  test('a proxy that is not there is told as the one that is missing', async () => {
    const proxy = await start();
    await proxy.close();
    await expect(dial('https://kube.internal', { proxyUrl: proxy.url })).rejects.toMatchObject({
      code: 'cluster-unreachable',
      message: `could not reach the proxy ${proxy.url} to https://kube.internal: nothing listens there`,
      hint: 'Check that the proxy runs, and its address in proxy-url of cluster "staging" in the kubeconfig.',
    });
  });

  test('a proxy that does not answer is given up', async () => {
    const { port } = await startRawServer((socket) => void socket.resume());
    const failed = dial(
      'https://kube.internal',
      { proxyUrl: `${kind}://127.0.0.1:${port}` },
      { limits: SHORT },
    );
    await expect(failed).rejects.toMatchObject({
      message: `could not reach the proxy ${kind}://127.0.0.1:${port} to https://kube.internal: it did not answer within 0.05 s`,
    });
  });

  test('a signal ends it with its reason while the proxy is silent', async () => {
    const controller = new AbortController();
    const { port } = await startRawServer((socket) => {
      socket.once('data', () => controller.abort(new Error('enough')));
    });
    const failed = dial(
      'https://kube.internal',
      { proxyUrl: `${kind}://127.0.0.1:${port}` },
      { signal: controller.signal },
    );
    await expect(failed).rejects.toThrow('enough');
  });

  test('a server behind it that cannot be trusted is the server’s trouble', async () => {
    const server = await startServer();
    const proxy = await start({ names: { 'other.internal': '127.0.0.1' } });
    await expect(
      dial(`https://other.internal:${server.port}`, { proxyUrl: proxy.url }),
    ).rejects.toMatchObject({
      code: 'cluster-untrusted',
      message: `the certificate of https://other.internal:${server.port} is for 127.0.0.1, kube.internal, proxy.internal, not for other.internal`,
    });
  });
});

describe('an http proxy that refuses', () => {
  async function refusalBy(answer: string): Promise<unknown> {
    const proxy = keep(await startHttpProxy({ answer: () => answer }));
    return dial('https://kube.internal', { proxyUrl: proxy.url }).catch((error: unknown) => error);
  }

  test('is told with its status and the start of its page', async () => {
    const page = `<h1>Access\n  denied</h1>${'x'.repeat(10_000)}`;
    const error = await refusalBy(`HTTP/1.1 403 Forbidden\r\nContent-Length: ${page.length}\r\n\r\n${page}`);
    expect(error).toMatchObject({
      message: expect.stringMatching(/: the proxy http:\/\/127.0.0.1:\d+ answered 403 Forbidden$/),
      hint: expect.stringContaining('let this address through'),
      detail: expect.stringMatching(/^<h1>Access denied<\/h1>x{200,300}$/),
    });
  });

  test('in chunks is read as well', async () => {
    const error = await refusalBy(
      'HTTP/1.1 502 Bad Gateway\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nno rout\r\n1\r\ne\r\n0\r\n\r\n',
    );
    expect(error).toMatchObject({
      message: expect.stringContaining('answered 502 Bad Gateway'),
      detail: 'no route',
    });
  });

  test('and stays on the line is not waited for', async () => {
    const { port } = await startRawServer((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nlast'));
    });
    const failed = dial(
      'https://kube.internal',
      { proxyUrl: `http://127.0.0.1:${port}` },
      // Whatever it waited for would not come within the test.
      { limits: { connectMs: LONG_MS, handshakeMs: LONG_MS, tunnelMs: LONG_MS, pageMs: LONG_MS } },
    );
    await expect(failed).rejects.toMatchObject({
      message: expect.stringContaining('answered 403 Forbidden'),
      detail: 'last',
    });
  });

  test('and does not send the page that it announced is told all the same', async () => {
    const error = await refusalBy('HTTP/1.1 403 Forbidden\r\nContent-Length: 400\r\n\r\nfirst');
    expect(error).toMatchObject({
      message: expect.stringContaining('answered 403 Forbidden'),
      detail: 'first',
    });
  });

  test('without a word is told by its status alone', async () => {
    const error = await refusalBy('HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n');
    expect(error).toMatchObject({ message: expect.stringMatching(/answered 503$/), detail: undefined });
  });

  test('as no HTTP proxy does is told as well', async () => {
    const error = await refusalBy('SSH-2.0-OpenSSH_9.6\r\n\r\n');
    expect(error).toMatchObject({
      code: 'cluster-unreachable',
      message: expect.stringContaining('could not reach the proxy'),
    });
  });
});

describe('a SOCKS5 proxy that refuses', () => {
  test.each([
    [1, 'general failure'],
    [2, 'not allowed by its rules'],
    [3, 'network unreachable'],
    [4, 'host unreachable, or a name that it does not know'],
    [5, 'connection refused'],
    [6, 'TTL expired'],
    [8, 'address type not supported'],
  ])('with %i is told as: %s', async (code, words) => {
    const proxy = keep(await startSocksProxy({ answer: () => code }));
    await expect(dial('https://kube.internal', { proxyUrl: proxy.url })).rejects.toMatchObject({
      code: 'cluster-unreachable',
      message: `could not reach https://kube.internal: the proxy ${proxy.url} refused: ${words}`,
    });
  });

  test.each([
    ['HTTP/1.1 400 Bad Request\r\n\r\n', 'does not speak SOCKS5'],
    ['', 'closed the connection'],
  ])('by answering %j is told as such', async (answer, words) => {
    const { port } = await startRawServer((socket) => socket.once('data', () => socket.end(answer)));
    await expect(
      dial('https://kube.internal', { proxyUrl: `socks5://127.0.0.1:${port}` }),
    ).rejects.toMatchObject({ message: expect.stringContaining(words) });
  });

  test('cannot be given a password of more than 255 bytes', async () => {
    const proxy = keep(await startSocksProxy({ login: 'ann:x' }));
    const proxyUrl = proxy.url.replace('://', `://ann:${'é'.repeat(128)}@`);
    await expect(dial('https://kube.internal', { proxyUrl })).rejects.toMatchObject({
      message: expect.stringContaining('takes no user or password of more than 255 bytes'),
    });
  });
});

/** An error and all below it, with every property. */
function toTree(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const names = Object.getOwnPropertyNames(error);
  return Object.fromEntries(names.map((name) => [name, toTree(error[name as keyof Error])]));
}
