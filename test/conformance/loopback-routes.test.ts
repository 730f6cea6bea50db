import { stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXEC_PROTOCOL } from '../../main/agent/agent-door.ts';
import { createSystemClock } from '../../main/base/clock.ts';
import { createLifetime } from '../../main/base/lifetime.ts';
import { createLog } from '../../main/base/log.ts';
import { API_ROUTES, type ApiRoute } from '../../main/demo/api-routes.ts';
import { BROWSER_ROUTES, startBrowserHost } from '../../main/hosts/browser/browser-host.ts';
import { PROXY_ROUTES } from '../../main/proxy/proxied-request.ts';
import { openFolderStore } from '../../main/recorder-server/folder-store.ts';
import { RECORDER_ROUTES } from '../../main/recorder-server/recorder-desk.ts';
import { DEFAULT_LIMITS } from '../../main/recorder-server/recorder-limits.ts';
import { startRecorder } from '../../main/recorder-server/recorder-server.ts';
import { systemRecordingFiles } from '../../main/recording/writing/recording-files.ts';
import { TOKEN_PREFIX, WIRE_PROTOCOL } from '../../preload/handshake.ts';
import { CONSOLE, startAgentStage } from '../fakes/agent-stage.ts';
import { readAccess } from '../fakes/demo-client.ts';
import { startTestDemo } from '../fakes/demo-start.ts';
import { askLoopback, type LoopbackAsk } from '../fakes/loopback-request.ts';
import { NO_COMMANDS, openProxyStage } from '../fakes/proxy-stage.ts';
import { makeTemporaryFolder } from '../fakes/temporary-folder.ts';

/**
 * One table of routes for every server of ours on 127.0.0.1. A route without a row fails, as does a row that does not say
 * of each wrong asker with what it is refused, or why there is no need to.
 */
const WRONGS = [
  /** What a browser sends for another's page that knows the secret. */
  'hostile page',
  /** A name that a foreign DNS server leads here. */
  'foreign Host',
  /** Also what another user of this machine has: the port and no more. */
  'missing secret',
  'wrong secret',
  /** A right one once, of an earlier run or already used. */
  'replayed secret',
] as const;
type Wrong = (typeof WRONGS)[number];

interface Row {
  ask(how: 'right' | Wrong): Promise<LoopbackAsk>;
  /** The status that shows that it was let in. */
  readonly right: number;
  readonly refused: Readonly<Partial<Record<Wrong, number>>>;
  /** Why one of them is let in. */
  readonly harmless?: Readonly<Partial<Record<Wrong, string>>>;
}

interface Server {
  readonly routes: readonly string[];
  start(): Promise<Started>;
}

interface Started {
  readonly port: number;
  readonly rows: Readonly<Record<string, Row>>;
  /** Files that hold what lets somebody in. */
  readonly secretFiles: readonly string[];
  stop(): Promise<void>;
}

const HOSTILE = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'cors' };
const log = createLog({ level: 'silent' });
const clock = createSystemClock();

/** By an own page with the right host, but for what is wrong. */
function headersFor(how: 'right' | Wrong, port: number, scheme = 'http'): Record<string, string> {
  if (how === 'hostile page') return { Host: `127.0.0.1:${port}`, ...HOSTILE };
  if (how === 'foreign Host') {
    return { Host: `evil.example:${port}`, Origin: `${scheme}://evil.example:${port}` };
  }
  return { Host: `127.0.0.1:${port}` };
}

function chooseSecret(how: 'right' | Wrong, right: string, replayed: string): string | undefined {
  if (how === 'missing secret') return undefined;
  if (how === 'wrong secret') return `${right.slice(1)}x`;
  return how === 'replayed secret' ? replayed : right;
}

const browserHost: Server = {
  routes: BROWSER_ROUTES,
  async start() {
    const pageFolder = await makeTemporaryFolder('page');
    await writeFile(join(pageFolder.path, 'index.html'), '<!doctype html>');
    const { agent, origins, folder, stop } = await startAgentStage();
    const options = { port: 0, pageFolder: pageFolder.path, serve: () => {}, agent };
    const host = await startBrowserHost({ log, clock }, options);
    const before = await startBrowserHost({ log, clock }, options);
    const { port } = host;

    async function signIn(at: typeof host): Promise<{ readonly secret: string; readonly token: string }> {
      const secret = new URL(at.newLink()).hash.slice(1);
      const own = `http://127.0.0.1:${at.port}`;
      const answer = await fetch(`${own}/session`, {
        method: 'POST',
        headers: { Origin: own },
        body: JSON.stringify({ secret }),
      });
      return { secret, token: ((await answer.json()) as { token: string }).token };
    }
    const [used, earlier] = [await signIn(host), await signIn(before)];
    // Allowed anew: its first token is none any more.
    const { token: oldToken } = await origins.allow(CONSOLE);
    const { token: pageToken } = await origins.allow(CONSOLE);

    function asPage(how: 'right' | Wrong): Record<string, string> {
      return { Origin: `http://127.0.0.1:${port}`, ...headersFor(how, port) };
    }
    const file = (method: string): Row => ({
      ask: async (how) => ({ method, path: '/', headers: headersFor(how, port) }),
      right: 200,
      refused: { 'hostile page': 403, 'foreign Host': 403 },
      harmless: {
        'missing secret': 'the files of the page are those of the package; what they show needs a wire',
        'wrong secret': 'none is asked for',
        'replayed secret': 'none is asked for',
      },
    });
    return {
      port,
      secretFiles: [join(folder, 'origins.json')],
      rows: {
        'GET /*': file('GET'),
        'HEAD /*': file('HEAD'),
        'POST /session': {
          async ask(how) {
            const secret = chooseSecret(how, new URL(host.newLink()).hash.slice(1), used.secret);
            return {
              method: 'POST',
              path: '/session',
              headers: asPage(how),
              body: JSON.stringify({ secret }),
            };
          },
          right: 200,
          refused: refusedWith({ door: 403, secret: 401 }),
        },
        'UPGRADE /wire': {
          async ask(how) {
            const token = chooseSecret(how, used.token, earlier.token);
            const offered = token === undefined ? [WIRE_PROTOCOL] : [WIRE_PROTOCOL, TOKEN_PREFIX + token];
            const headers = { ...asPage(how), 'Sec-WebSocket-Protocol': offered.join(', ') };
            return { method: 'UPGRADE', path: '/wire', headers };
          },
          right: 101,
          refused: refusedWith({ door: 403, secret: 401 }),
        },
        'UPGRADE /ws/exec': {
          async ask(how) {
            const token = chooseSecret(how, pageToken, oldToken);
            const offered = token === undefined ? [EXEC_PROTOCOL] : [EXEC_PROTOCOL, TOKEN_PREFIX + token];
            const headers = {
              ...headersFor(how, port),
              Origin: how === 'hostile page' ? HOSTILE.Origin : CONSOLE,
              'Sec-WebSocket-Protocol': offered.join(', '),
            };
            return { method: 'UPGRADE', path: '/ws/exec', headers };
          },
          right: 101,
          refused: refusedWith({ door: 403, secret: 401 }),
        },
      },
      async stop() {
        await stop();
        await Promise.all([host.stop(), before.stop()]);
        await pageFolder.remove();
      },
    };
  },
};

function refusedWith({ door, secret }: { door: number; secret: number }): Record<Wrong, number> {
  return {
    'hostile page': door,
    'foreign Host': door,
    'missing secret': secret,
    'wrong secret': secret,
    'replayed secret': secret,
  };
}

/** Of an API server over TLS. */
function toBearerRows(
  asks: Readonly<Record<string, LoopbackAsk & { readonly right: number }>>,
  server: {
    readonly port: number;
    readonly authority: string;
    readonly token: string;
    readonly replayed: string;
  },
): Record<string, Row> {
  const { port, authority, token, replayed } = server;
  const row = ({ right, headers, ...asked }: LoopbackAsk & { readonly right: number }): Row => ({
    async ask(how) {
      const secret = chooseSecret(how, token, replayed);
      const authorization = secret === undefined ? {} : { Authorization: `Bearer ${secret}` };
      return {
        ...asked,
        authority,
        headers: { ...headers, ...headersFor(how, port, 'https'), ...authorization },
      };
    },
    right,
    refused: refusedWith({ door: 403, secret: 401 }),
  });
  return Object.fromEntries(Object.entries(asks).map(([route, asked]) => [route, row(asked)]));
}

/** Path and body that let a request with the right secret through to its answer. */
const RECORDER_ASKS: Readonly<Record<string, { path: string; right: number; body?: string }>> = {
  'HEAD /v2/record': { path: '/v2/record', right: 200 },
  // By HTTP/1.1 it says that it wants HTTP/2, once the asker is known.
  'POST /v2/record': { path: '/v2/record', right: 505 },
  'POST /record': { path: '/record', right: 200, body: '{"version":2,"width":80,"height":24}\n' },
  'HEAD /v2/event': { path: '/v2/event', right: 200 },
  'POST /v2/event': { path: '/v2/event', right: 200, body: '{}' },
  'GET /recordings': { path: '/recordings', right: 200 },
  'GET /recordings/*': { path: '/recordings/nosuch', right: 404 },
  'GET /metrics': { path: '/metrics', right: 200 },
  'GET /healthz': { path: '/healthz', right: 200 },
};

function recorder(kind: 'token' | 'loopback'): Server {
  const token = 'a-token-of-enough-characters';
  return {
    routes: RECORDER_ROUTES,
    async start() {
      const folder = await makeTemporaryFolder('recorder');
      const life = createLifetime('recorder');
      const store = await openFolderStore(
        { clock, files: systemRecordingFiles },
        { folder: folder.path, floorBytes: 0 },
        life,
      );
      const { port } = await startRecorder(
        { clock, log, store, limits: { ...DEFAULT_LIMITS, farewellMs: 200 } },
        { host: '127.0.0.1', port: 0, access: kind === 'token' ? { kind, token } : { kind }, tls: undefined },
        life,
      );
      const row = (
        route: string,
        { path, right, body }: { path: string; right: number; body?: string },
      ): Row => ({
        async ask(how) {
          const secret =
            kind === 'token' ? chooseSecret(how, token, 'the-token-of-last-year-1234') : undefined;
          // A recorder with a token may have a name of its own: a page that was led here by DNS does not have the token.
          const isKnown = secret !== undefined && how !== 'foreign Host';
          const { Origin, ...headers } = headersFor(how, port);
          return {
            method: route.split(' ')[0] ?? '',
            path,
            headers: {
              ...headers,
              ...(how === 'hostile page' && { Origin: Origin ?? '' }),
              ...(isKnown && { Authorization: `Bearer ${secret}` }),
            },
            ...(body !== undefined && { body }),
          };
        },
        right,
        ...(kind === 'token'
          ? { refused: { ...refusedWith({ door: 403, secret: 401 }), 'foreign Host': 401 } }
          : {
              refused: { 'hostile page': 403, 'foreign Host': 403 },
              harmless: {
                'missing secret': 'it was started for every program of this machine, which its command says',
                'wrong secret': 'none is asked for',
                'replayed secret': 'none is asked for',
              },
            }),
      });
      return {
        port,
        secretFiles: [],
        rows: Object.fromEntries(
          Object.entries(RECORDER_ASKS).map(([route, asked]) => [route, row(route, asked)]),
        ),
        async stop() {
          await life.end();
          await folder.remove();
        },
      };
    },
  };
}

const POD = '/api/v1/namespaces/shop/pods/web-5d9c7b6f4-x2kqp';
const JSON_BODY = { 'Content-Type': 'application/json' };
const DEMO_ASKS: Readonly<Record<ApiRoute, LoopbackAsk & { readonly right: number }>> = {
  documents: { method: 'GET', path: '/version', right: 200 },
  'remote commands': {
    method: 'UPGRADE',
    path: `${POD}/exec?command=true&stdout=true`,
    headers: { 'Sec-WebSocket-Protocol': 'v5.channel.k8s.io' },
    right: 101,
  },
  // Both say what they think of the body, once the asker is known.
  'debug containers': {
    method: 'PATCH',
    path: `${POD}/ephemeralcontainers`,
    headers: { 'Content-Type': 'text/plain' },
    body: '{}',
    right: 415,
  },
  'debugging pods': {
    method: 'POST',
    path: '/api/v1/namespaces/shop/pods',
    headers: JSON_BODY,
    body: 'no pod',
    right: 400,
  },
  pods: { method: 'GET', path: POD, right: 200 },
  namespaces: { method: 'GET', path: '/api/v1/namespaces', right: 200 },
  'access reviews': {
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    headers: JSON_BODY,
    body: '{"spec":{"nonResourceAttributes":{"verb":"get","path":"/"}}}',
    right: 201,
  },
  'identity reviews': {
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    headers: JSON_BODY,
    body: '{}',
    right: 201,
  },
};

const demoServer: Server = {
  routes: API_ROUTES,
  async start() {
    const earlier = await startTestDemo();
    const { token: replayed } = await readAccess(earlier);
    await earlier.stop();
    const demo = await startTestDemo();
    const { token, authority } = await readAccess(demo);
    const port = Number(new URL(demo.server).port);
    return {
      port,
      secretFiles: [demo.kubeconfigPath],
      rows: toBearerRows(DEMO_ASKS, { port, authority, token, replayed }),
      stop: () => demo.stop(),
    };
  },
};

const PROXY_ASKS: Readonly<Record<string, LoopbackAsk & { readonly right: number }>> = {
  commands: {
    method: 'UPGRADE',
    path: `${POD}/exec?command=true&stdout=true`,
    headers: { 'Sec-WebSocket-Protocol': 'v5.channel.k8s.io' },
    right: 418,
  },
  upgrades: { method: 'UPGRADE', path: `${POD}/portforward`, right: 101 },
  requests: { method: 'GET', path: POD, right: 200 },
};

const recordingProxy: Server = {
  routes: PROXY_ROUTES,
  async start() {
    // Who asks is looked at before what for: its desk says no more than that it was asked.
    const refused = { kind: 'refused', status: 418, statusText: '', headers: [], body: emptyBody() } as const;
    const commands = { ...NO_COMMANDS, open: async () => refused };
    const earlier = await openProxyStage({ commands });
    await earlier.close();
    const { proxy, secret, authority, close } = await openProxyStage({ commands });
    const { port } = proxy;
    return {
      port,
      secretFiles: [],
      rows: toBearerRows(PROXY_ASKS, { port, authority, token: secret, replayed: earlier.secret }),
      stop: close,
    };
  },
};

async function* emptyBody(): AsyncGenerator<Uint8Array> {}

const SERVERS: Readonly<Record<string, Server>> = {
  'the browser host': browserHost,
  'a recorder with a token': recorder('token'),
  'a recorder for this machine': recorder('loopback'),
  'the demo cluster': demoServer,
  'the proxy for kubectl': recordingProxy,
};

describe.each(Object.entries(SERVERS))('%s', (_name, server) => {
  let started: Started;
  beforeAll(async () => {
    started = await server.start();
  });
  afterAll(() => started.stop());

  test('has a row for each route, and none for another', () => {
    expect(Object.keys(started.rows).sort()).toEqual([...server.routes].sort());
  });

  test('says of each wrong asker what becomes of it', () => {
    for (const [route, { refused, harmless = {} }] of Object.entries(started.rows)) {
      expect([...Object.keys(refused), ...Object.keys(harmless)].sort(), route).toEqual([...WRONGS].sort());
    }
  });

  test.each(server.routes)('%s: lets the right one in and nobody else', async (route) => {
    const row = started.rows[route];
    if (!row) throw new Error(`there is no row for ${route}`);
    const ask = async (how: 'right' | Wrong) => askLoopback(started.port, await row.ask(how));
    expect(await ask('right')).toBe(row.right);
    for (const wrong of WRONGS) expect(await ask(wrong), wrong).toBe(row.refused[wrong] ?? row.right);
    // None of them has closed the door for the right one.
    expect(await ask('right')).toBe(row.right);
  });

  test('listens on 127.0.0.1 alone', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ address, scopeid }) => address !== '127.0.0.1' && !scopeid)
      .map(({ address }) => address);
    for (const address of ['127.0.0.2', ...others]) {
      expect(await canConnect(address, started.port), address).toBe(false);
    }
    expect(await canConnect('127.0.0.1', started.port)).toBe(true);
  });

  test.skipIf(process.platform === 'win32')(
    'what lets somebody in is readable by its owner alone',
    async () => {
      for (const path of started.secretFiles) expect((await stat(path)).mode & 0o777, path).toBe(0o600);
    },
  );
});

test('a token in an address lets nobody in, be it the right one', async () => {
  const stage = await startAgentStage();
  const pageFolder = await makeTemporaryFolder('page');
  await writeFile(join(pageFolder.path, 'index.html'), '<!doctype html>');
  const { agent, origins } = stage;
  const host = await startBrowserHost(
    { log, clock },
    { port: 0, pageFolder: pageFolder.path, serve: () => {}, agent },
  );
  const { token } = await origins.allow(CONSOLE);
  const headers = { Host: `127.0.0.1:${host.port}`, Origin: CONSOLE };
  const ask = (path: string, more: Record<string, string> = {}) =>
    askLoopback(host.port, { method: 'UPGRADE', path, headers: { ...headers, ...more } });
  expect(await ask(`/ws/exec?token=${token}`)).toBe(404);
  const bearer = { Authorization: `Bearer ${token}` };
  expect(await ask(`/ws/exec?token=${token}`, bearer)).toBe(404);
  expect(await ask('/ws/exec', bearer)).toBe(101);
  await stage.stop();
  await host.stop();
  await pageFolder.remove();
});

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port }, () => {
      // Where nobody listens, a socket of such a port may by chance reach itself.
      resolve(socket.localAddress !== socket.remoteAddress || socket.localPort !== socket.remotePort);
      socket.destroy();
    });
    socket.on('error', () => resolve(false));
  });
}
