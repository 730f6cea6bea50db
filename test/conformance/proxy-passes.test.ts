/** What kubectl does through the proxy is what it does without it: all but commands in pods, which have a suite of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { loadKubeconfig } from '../../main/kube/kubeconfig.ts';
import { resolveContext } from '../../main/kube/resolve-context.ts';
import { createTransport } from '../../main/kube/transport.ts';
import { createStatus, type FakeApiBehaviour, sendJson } from '../fakes/api-server.ts';
import { createTestCredentials, printAnswer, V1, writePlugin } from '../fakes/credentials.ts';
import { kubectlEnvironment, kubectlPath, kubectlVersions, runKubectl } from '../fakes/demo-kubectl.ts';
import { startTestDemo } from '../fakes/demo-start.ts';
import { kubeconfigFor } from '../fakes/doctor-report.ts';
import { createCredentials, createDialNeeds } from '../fakes/kube-access.ts';
import { createPod } from '../fakes/kube-pods.ts';
import { startPluginCluster } from '../fakes/plugin-cluster.ts';
import { openProxyStage, type ProxyStage, readBytes } from '../fakes/proxy-stage.ts';
import { acceptSpdy, acceptTunnel } from '../fakes/spdy-server.ts';
import { until } from '../fakes/until.ts';

const PODS = { name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get', 'list'] };
/** What kubectl wants to know before it asks for a pod's log or ports. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', groups: [] },
  '/api/v1': { kind: 'APIResourceList', groupVersion: 'v1', resources: [PODS] },
  '/api/v1/namespaces/shop/pods/web': createPod('web'),
};
const MIB = 1024 ** 2;
let folder: string;
let files = 0;
/** What a test has opened; closed in reverse order. */
const opened: (() => unknown)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubereel-passes-'));
});

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function writeTemporary(name: string, text: string | Uint8Array): Promise<string> {
  files += 1;
  const path = join(folder, `${files}-${name}`);
  await writeFile(path, text);
  return path;
}

/** The kubeconfig that leads to the proxy, as `kubereel proxy enable` derives one. */
function writeKubeconfig({ proxy, authority, secret }: ProxyStage): Promise<string> {
  const cluster = {
    server: `https://127.0.0.1:${proxy.port}`,
    'certificate-authority-data': Buffer.from(authority).toString('base64'),
  };
  return writeTemporary('config', JSON.stringify(kubeconfigFor(cluster, { token: secret })));
}

async function open(
  given: Parameters<typeof openProxyStage>[0],
): Promise<ProxyStage & { readonly config: string }> {
  const stage = await openProxyStage(given);
  opened.push(stage.close);
  return { ...stage, config: await writeKubeconfig(stage) };
}

function answerFindings({ url = '' }: IncomingMessage, response: ServerResponse): void {
  sendJson(response, 200, ANSWERS[url.split('?')[0] ?? ''] ?? {});
}

function startKubectl(
  config: string,
  args: readonly string[],
  {
    program = kubectlPath ?? '',
    environment = {},
  }: { program?: string; environment?: Record<string, string> } = {},
): ChildProcess & { readonly shown: () => string } {
  const child = spawn(program, args, { env: { ...kubectlEnvironment(config), ...environment } });
  let shown = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes: Buffer) => {
      shown += String(bytes);
    });
  }
  opened.push(() => child.kill('SIGKILL'));
  return Object.assign(child, { shown: () => shown });
}

/** Answers for one path, and 404 for all that kubectl tries to find out beside it. */
function answerAt(
  path: string,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): FakeApiBehaviour {
  return {
    answer(request, response) {
      if (request.url?.split('?')[0] === path) answer(request, response);
      else
        sendJson(
          response,
          404,
          createStatus(404, 'NotFound', 'the server could not find the requested resource'),
        );
    },
  };
}

/** kubectl asks for a version beside what it is told to ask. */
function findRequest({ requests }: ProxyStage['server'], part: string): IncomingMessage | undefined {
  return requests.find(({ url }) => url?.includes(part));
}

describe.skipIf(!kubectlPath)('kubectl through the proxy', () => {
  test('lists and watches pods of the demo cluster as without it', async () => {
    const demo = await startTestDemo();
    opened.push(demo.stop);
    const kubeconfig = await loadKubeconfig([demo.kubeconfigPath]);
    const context = await resolveContext(kubeconfig, kubeconfig.currentContext ?? '');
    const token = (await readFile(demo.kubeconfigPath, 'utf8')).match(/token: (\S+)/)?.[1];
    const transport = createTransport(
      createDialNeeds(),
      context,
      createCredentials({ authorization: `Bearer ${token}` }),
    );
    opened.push(transport.close);
    const { config } = await open({ transport: async () => transport });
    // Its age is told in days.
    const list = ['get', 'pods', 'postgres-0', '-n', 'data', '--no-headers'];
    const [direct, proxied] = await Promise.all([
      runKubectl(demo.kubeconfigPath, list),
      runKubectl(config, list),
    ]);
    expect(proxied).toEqual(direct);
    expect(String(proxied.stdout)).toContain('postgres-0');
    const asked = await runKubectl(config, ['auth', 'can-i', 'get', 'nodes', '-n', 'shop']);
    expect(String(asked.stdout)).toMatch(/^(yes|no)\n/);

    const watching = startKubectl(config, ['get', 'pods', '-n', 'shop', '--watch', '-o', 'name']);
    await until(() => watching.shown().includes('pod/web-'));
    const [pod = ''] = /web-\S+/.exec(watching.shown()) ?? [];
    const times = () => watching.shown().split(pod).length;
    const before = times();
    await runKubectl(config, ['delete', 'pod', '-n', 'shop', pod, '--wait=false']);
    await until(() => times() > before);
  });

  test('follows a log line by line', async () => {
    let log: ServerResponse | undefined;
    const { server, config } = await open({
      answer(request, response) {
        if (!request.url?.includes('/log?')) return answerFindings(request, response);
        response.writeHead(200, { 'content-type': 'text/plain' });
        response.flushHeaders();
        log = response;
      },
    });
    const following = startKubectl(config, ['logs', '-f', '-n', 'shop', 'web']);
    const stream = await until(() => log);
    for (const line of ['one', 'two', 'żółć']) {
      stream.write(`${line}\n`);
      await until(() => following.shown().endsWith(`${line}\n`));
    }
    stream.end();
    const [code] = await once(following, 'close');
    expect([code, following.shown()]).toEqual([0, 'one\ntwo\nżółć\n']);
    expect(findRequest(server, '/log?')?.url).toContain('follow=true');
  });

  test('sends objects as long as those of helm, and reads answers that are packed', async () => {
    const received: { readonly length: string | undefined; readonly bytes: number }[] = [];
    const { config } = await open(
      answerAt('/api/v1/namespaces/shop/configmaps', (request, response) => {
        void readBytes(request).then((body) => {
          received.push({ length: request.headers['content-length'], bytes: body.length });
          expect(request.headers['accept-encoding']).toBe('gzip');
          const type = request.headers['content-type'];
          response.writeHead(201, { 'content-type': type, 'content-encoding': 'gzip' });
          response.end(gzipSync(body));
        });
      }),
    );
    const chart = await writeTemporary('chart', 'x'.repeat(3 * MIB));
    const args = ['create', 'configmap', 'big', `--from-file=chart=${chart}`, '-o', 'jsonpath={.data.chart}'];
    const { code, stdout, stderr } = await runKubectl(config, args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.equals(await readFile(chart))).toBe(true);
    expect(received[0]?.length).toBe(String(received[0]?.bytes));
  });

  test('sends what it reads as it reads it, and reads a list of 5 MiB', async () => {
    const sent = Buffer.alloc(5 * MIB, 'chunk ');
    const { server, config } = await open(
      answerAt('/chunks', (request, response) => {
        void readBytes(request).then((body) => {
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end(body);
        });
      }),
    );
    const { code, stdout } = await runKubectl(config, ['create', '--raw', '/chunks', '-f', '-'], {
      input: sent,
    });
    expect(code).toBe(0);
    expect(stdout.subarray(0, sent.length).equals(sent)).toBe(true);
    expect(findRequest(server, '/chunks')?.headers['transfer-encoding']).toBe('chunked');
  });

  test('reaches a cluster below a path of its own', async () => {
    const { server, config } = await open({
      ...answerAt('/k8s/c-1/things', (_, response) => response.end('yes')),
      prefix: '/k8s/c-1',
    });
    const { stdout } = await runKubectl(config, ['get', '--raw', '/things?a=b%2Fc']);
    expect(String(stdout)).toBe('yes');
    expect(findRequest(server, '/things')?.url).toBe('/k8s/c-1/things?a=b%2Fc');
  });

  test('is nobody but the context, whomever it wants to be', async () => {
    const { server, config } = await open(answerAt('/me', (_, response) => response.end('yes')));
    const { stdout } = await runKubectl(config, [
      'get',
      '--raw',
      '/me',
      '--as=root',
      '--as-group=system:masters',
    ]);
    expect(String(stdout)).toBe('yes');
    const { headers } = findRequest(server, '/me') ?? {};
    expect(headers?.authorization).toBe('Bearer of-the-cluster');
    expect(Object.keys(headers ?? {}).filter((name) => name.startsWith('impersonate'))).toEqual([]);
  });

  test('ex-expiry: with the credential of a plugin, which is run again where it is refused', async () => {
    const cluster = await startPluginCluster();
    opened.push(cluster.stop);
    const room = await createTestCredentials();
    opened.push(() => rm(room.home, { recursive: true, force: true }));
    const { plugin, runs, folder: home } = await writePlugin(printAnswer({ token: 'token-$RUN' }));
    opened.push(() => rm(home, { recursive: true, force: true }));
    const user = { exec: { apiVersion: V1, command: plugin.command, interactiveMode: 'Never' } };
    const kubeconfigPath = await cluster.writeKubeconfig({ ann: user });
    await room.allow(plugin, { context: 'ann', kubeconfigPath });
    const transport = await cluster.connect(room, kubeconfigPath);
    const { config } = await open({ transport: async () => transport });
    expect((await runKubectl(config, ['get', '--raw', '/version'])).code).toBe(0);
    cluster.refuses = (authorization) => authorization === 'Bearer token-1';
    expect((await runKubectl(config, ['get', '--raw', '/version'])).code).toBe(0);
    expect(await runs()).toBe(2);
    expect(new Set(cluster.callers.map(({ authorization }) => authorization))).toEqual(
      new Set(['Bearer token-1', 'Bearer token-2']),
    );
  });

  test('prints what went wrong as a sentence', async () => {
    const { server, config } = await open({});
    await server.close();
    const { code, stderr } = await runKubectl(config, ['get', '--raw', '/version']);
    expect([code, stderr]).toEqual([
      1,
      `Error from server (BadGateway): could not reach ${server.address}: nothing listens there. Check the network and VPN, and that the cluster runs.\n`,
    ]);
  });

  test('is told that its secret is not known any more', async () => {
    const { config } = await open({ contexts: () => [] });
    const { code, stderr } = await runKubectl(config, ['get', '--raw', '/version']);
    expect(code).toBe(1);
    expect(stderr).toContain('the proxy of Kubereel does not know this secret');
  });

  test('that is ended ends what it asked, and a server that breaks off is told by it', async () => {
    let stream: ServerResponse | undefined;
    const { config } = await open(
      answerAt('/stream', (_request, response) => {
        response.write('begun\n');
        stream = response;
      }),
    );
    const ended = startKubectl(config, ['get', '--raw', '/stream']);
    const first = await until(() => stream);
    ended.kill('SIGKILL');
    await until(() => first.destroyed);
    stream = undefined;
    const cut = startKubectl(config, ['get', '--raw', '/stream']);
    (await until(() => stream)).destroy();
    const [code] = await once(cut, 'close');
    expect([code, cut.shown()]).toEqual([1, expect.stringContaining('EOF')]);
  });
});

describe.each([
  ...[...kubectlVersions].map(([version, program]) => ({ version, program, transport: 'SPDY' })),
  // By itself from 1.31 on.
  ...[...kubectlVersions]
    .filter(([version]) => Number(version.split('.')[1]) >= 31)
    .map(([version, program]) => ({ version, program, transport: 'WebSocket' })),
])('kubectl $version through the proxy over $transport', ({ program, transport }) => {
  test('forwards ports', async () => {
    const { server, config } = await open({
      answer: answerFindings,
      refuse: (request, socket) => acceptSpdy(request, socket) || acceptTunnel(request, socket),
    });
    const environment = transport === 'SPDY' ? { KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' } : {};
    const forwarding = startKubectl(config, ['port-forward', 'pod/web', ':80'], { program, environment });
    const port = await until(() => /127\.0\.0\.1:(\d+) -> 80/.exec(forwarding.shown())?.[1]);
    const sent = Buffer.alloc(2 * MIB, `${port} `);
    const socket = connect({ host: '127.0.0.1', port: Number(port), allowHalfOpen: true });
    socket.end(sent);
    expect((await readBytes(socket)).equals(sent)).toBe(true);
    const upgrade = server.requests.find(({ url }) => url?.endsWith('/portforward'));
    expect(upgrade?.headers.upgrade?.toLowerCase()).toBe(transport === 'SPDY' ? 'spdy/3.1' : 'websocket');
    // A connection that breaks is the end of kubectl: it is told, and not left waiting.
    upgrade?.socket.destroy();
    const [code] = await once(forwarding, 'close');
    expect([code, forwarding.shown()]).toEqual([1, expect.stringContaining('lost connection to pod')]);
  });
});
