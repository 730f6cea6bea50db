import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { stringify } from 'yaml';
import type { ContractClient } from '../../preload/client.ts';
import type { PodsChange, SessionInfo } from '../../preload/contract.ts';
import {
  createStatus,
  type FakeApiServer,
  refuseUpgrade,
  sendJson,
  startApiServer,
} from '../fakes/api-server.ts';
import { connectToApp, watchSession } from '../fakes/app-client.ts';
import { type AppProcess, startApp } from '../fakes/app-process.ts';
import { createPod } from '../fakes/kube-pods.ts';
import { createPodList } from '../fakes/pods-api.ts';
import { createTestAuthority, type KeyPair, type TestAuthority } from '../fakes/tls.ts';
import { until } from '../fakes/until.ts';

/**
 * What must never leave the core: planted in a kubeconfig, a plugin's answer and a terminal's input, and searched
 * in everything that the page got, the process printed, the disk holds and a crash report tells.
 */
const SECRETS = {
  token: marker('token'),
  password: marker('password'),
  pluginToken: marker('plugin-token'),
  pluginNonsense: marker('plugin-nonsense'),
  pluginVariable: marker('plugin-variable'),
  pluginArgument: marker('plugin-argument'),
  proxyPassword: marker('proxy-password'),
  echoedToken: marker('echoed-token'),
  typed: marker('typed'),
} as const;

const POD = 'web-1';
const SIZE = { cols: 80, rows: 24 };

let folder: string;
let authority: TestAuthority;
let clientPair: KeyPair;
let working: FakeApiServer;
let echoing: FakeApiServer;
let app: AppProcess;
let client: ContractClient;
let socket: WebSocket;
const received: Buffer[] = [];
const printed: Buffer[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubereel-secrets-'));
  authority = await createTestAuthority();
  clientPair = await authority.issue({ commonName: 'ada' });
  const { certificate, privateKey } = await authority.issue({ commonName: 'api', names: ['127.0.0.1'] });
  const tls = { cert: certificate, key: privateKey };
  working = await startApiServer({ tls, answer: answerPods, serve: askForPassword });
  echoing = await startApiServer({ tls, answer: echoHeaders, refuse: echoUpgrade });
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, stringify(await createKubeconfig()));
  app = await startApp({
    environment: {
      KUBECONFIG: kubeconfig,
      NODE_OPTIONS: `--report-on-signal --report-directory=${folder} --report-filename=crash.json`,
    },
  });
  for (const stream of [app.process.stdout, app.process.stderr]) {
    stream?.on('data', (bytes: Buffer) => printed.push(bytes));
  }
  ({ client, socket } = await connectToApp(app.link));
  socket.on('message', (data: Buffer) => received.push(data));
});

afterAll(async () => {
  socket?.close();
  await app?.stop();
  await working?.close();
  await echoing?.close();
  await rm(folder, { recursive: true, force: true });
});

test('no token, key, plugin output or typed password is in what the page got, a log, a file or a crash report', async () => {
  client.on('credentials.changed', (requests) => {
    for (const { requestId, kind } of requests) {
      // One that was answered meanwhile is gone.
      if (kind === 'consent')
        client.call('credentials.answer', { requestId, answer: 'allow' }).catch(() => {});
    }
  });
  const { contexts } = await client.call('contexts.list', {});
  const outcomes = new Map<string, string>();
  for (const { name } of contexts) {
    outcomes.set(name, await useContext(name));
    await examineContext(name);
  }
  // The test is worth nothing where the secrets were not in use.
  expect(Object.fromEntries(outcomes)).toMatchObject({
    token: 'live',
    password: 'live',
    certificate: 'live',
    plugin: 'live',
    nonsense: 'ended',
    echoed: 'ended',
  });
  const sent = working.requests.map(({ headers }) => headers.authorization ?? '').join();
  expect(sent).toContain(SECRETS.token);
  expect(sent).toContain(SECRETS.pluginToken);

  const report = join(folder, 'crash.json');
  app.process.kill('SIGUSR2');
  await until(async () => isWholeJson(await readFile(report, 'utf8').catch(() => '')));
  const places = new Map<string, Buffer>([
    ['the page', Buffer.concat(received)],
    ['standard output and error', Buffer.concat(printed)],
    ['the crash report', await readFile(report)],
    ...(await readFiles(app.home)),
  ]);
  expect([...places.keys()].some((path) => path.endsWith('.cast'))).toBe(true);
  const forms = Object.entries({ ...SECRETS, key: keyBody() }).flatMap(formsOf);
  const found = [...places].flatMap(([place, bytes]) =>
    forms.filter(({ text }) => bytes.includes(text)).map(({ name }) => `${name} in ${place}`),
  );
  expect(found).toEqual([]);
});

/** Lists, opens a shell and types into it, as far as each goes; tells how the shell stood. */
async function useContext(context: string): Promise<string> {
  const changes: PodsChange[] = [];
  client.on('pods.changed', (change) => changes.push(change));
  await client.call('namespaces.list', { context }).catch(() => {});
  const { watchId } = await client.call('pods.watch', { context, namespace: 'shop' });
  await until(() =>
    changes.some((change) => change.watchId === watchId && change.state.kind !== 'connecting'),
  );
  await client.call('pods.unwatch', { watchId });
  const target = { context, namespace: 'shop', pod: POD };
  const { sessionId } = await client.call('sessions.open', { target, size: SIZE });
  const session = await until(async () =>
    (await listSessions()).find((candidate) => candidate.sessionId === sessionId && isSettled(candidate)),
  );
  if (session.state.kind === 'live') {
    const shell = watchSession(client, sessionId);
    await shell.seen('Password: ');
    await shell.type(`${SECRETS.typed}\r`);
    await shell.seen('thanks');
    await client.call('sessions.close', { sessionId });
    await shell.done;
  }
  return session.state.kind;
}

async function examineContext(context: string): Promise<void> {
  const finished: string[] = [];
  client.on('doctor.changed', ({ runId, isFinished }) => {
    if (isFinished) finished.push(runId);
  });
  const { runId } = await client.call('doctor.run', { context, namespace: 'shop', pod: POD });
  await until(() => finished.includes(runId));
}

function listSessions(): Promise<readonly SessionInfo[]> {
  return client.call('sessions.list', {});
}

function isSettled({ state }: SessionInfo): boolean {
  return state.kind !== 'opening';
}

async function createKubeconfig(): Promise<unknown> {
  const ca = Buffer.from(authority.certificate).toString('base64');
  const base64 = (pem: string): string => Buffer.from(pem).toString('base64');
  const plugin = async (name: string, output: string): Promise<unknown> => {
    const script = join(folder, `${name}.sh`);
    await writeFile(script, `#!/bin/sh\nprintf '%s' '${output}'\n`, { mode: 0o755 });
    return {
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: script,
        args: [`--client-secret=${SECRETS.pluginArgument}`],
        env: [{ name: 'SECRET', value: SECRETS.pluginVariable }],
        interactiveMode: 'Never',
      },
    };
  };
  const credential = JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: SECRETS.pluginToken },
  });
  const users: Record<string, unknown> = {
    token: { token: SECRETS.token },
    password: { username: 'ada', password: SECRETS.password },
    certificate: {
      'client-certificate-data': base64(clientPair.certificate),
      'client-key-data': base64(clientPair.privateKey),
    },
    plugin: await plugin('plugin', credential),
    nonsense: await plugin('nonsense', `{"status": ${SECRETS.pluginNonsense}`),
    proxied: { token: SECRETS.token },
    echoed: { token: SECRETS.echoedToken },
  };
  const cluster = (server: string, more: object = {}): object => ({
    server,
    'certificate-authority-data': ca,
    ...more,
  });
  // A port on which nothing listens any more.
  const proxy = { 'proxy-url': `http://ada:${SECRETS.proxyPassword}@127.0.0.1:9` };
  return {
    clusters: [
      { name: 'working', cluster: cluster(working.address) },
      { name: 'echoing', cluster: cluster(echoing.address) },
      { name: 'proxied', cluster: cluster(working.address, proxy) },
    ],
    users: Object.entries(users).map(([name, user]) => ({ name, user })),
    contexts: Object.keys(users).map((name) => ({
      name,
      context: {
        cluster: name === 'echoed' ? 'echoing' : name === 'proxied' ? 'proxied' : 'working',
        user: name,
      },
    })),
  };
}

function answerPods(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://h');
  if (searchParams.get('watch') === 'true') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
  } else if (pathname.endsWith('/pods')) sendJson(response, 200, createPodList([createPod(POD)]));
  else if (pathname.endsWith(`/pods/${POD}`)) sendJson(response, 200, createPod(POD));
  else sendJson(response, 200, { kind: 'NamespaceList', metadata: {}, items: [] });
}

/** As sudo asks: what is typed is not echoed. */
function askForPassword(shell: WebSocket): void {
  const send = (text: string): void => shell.send(Buffer.concat([Buffer.of(1), Buffer.from(text)]));
  send('Password: ');
  shell.on('message', (data: Buffer) => {
    if (data[0] !== 0 || data.length === 1) return;
    if (data.includes('\r')) send('\r\nthanks\r\n');
    if (data.includes(4)) shell.close(1000);
  });
}

/** The worst of servers and proxies: what was sent stands in the answer. */
function echoHeaders(request: IncomingMessage, response: ServerResponse): void {
  const words = `not with ${request.headers.authorization}, please`;
  if (request.url?.includes('namespaces/')) sendJson(response, 403, createStatus(403, 'Forbidden', words));
  else response.writeHead(502, { 'content-type': 'text/html' }).end(`<h1>${words}</h1>`);
}

function echoUpgrade(request: IncomingMessage, tcp: Socket): boolean {
  const words = `not with ${request.headers.authorization}, please`;
  return refuseUpgrade(tcp, 403, JSON.stringify(createStatus(403, 'Forbidden', words)));
}

function marker(name: string): string {
  return `${name}-${randomBytes(12).toString('hex')}`;
}

/** The key as it stands between the PEM's first and last line, without its line ends. */
function keyBody(): string {
  return clientPair.privateKey.split('\n')[2]?.slice(0, 40) ?? '';
}

/** As it is, and in base64 at each of the three places it can begin at. */
function formsOf([name, secret]: [string, string]): { name: string; text: string }[] {
  const shifted = [0, 1, 2].map((shift) => {
    const base64 = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]).toString('base64');
    // The ends depend on the neighbours.
    return base64.slice(4, -4);
  });
  return [secret, ...shifted].map((text) => ({ name, text }));
}

/** A report is written in parts. */
function isWholeJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function readFiles(root: string): Promise<[string, Buffer][]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry): Promise<[string, Buffer]> => {
        const path = join(entry.parentPath, entry.name);
        return [path, await readFile(path)];
      }),
  );
}
