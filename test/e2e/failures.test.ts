import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { listenOnLoopback } from '../../main/base/loopback.ts';
import { createLoopbackCertificates } from '../../main/base/loopback-certificates.ts';
import type { DemoCluster } from '../../main/demo/demo-cluster.ts';
import type { ContractClient } from '../../preload/client.ts';
import type { PodInfo, PodsChange, ProblemInfo, SessionInfo, ShellTarget } from '../../preload/contract.ts';
import { watchSession } from '../fakes/app-client.ts';
import { startBreakableLink } from '../fakes/breakable-link.ts';
import { startTestCore, type TestCore } from '../fakes/core.ts';
import { startTestDemo } from '../fakes/demo-start.ts';
import { loadInAsciinemaPlayer } from '../fakes/foreign-player.ts';
import { until } from '../fakes/until.ts';

/** What goes wrong at three in the morning, seen through the whole core: a clear word, and nothing is lost. */
const SIZE = { cols: 80, rows: 24 };
const CONTEXT = 'kubereel-demo';

interface Config {
  readonly clusters: { readonly cluster: Record<string, string> }[];
  readonly users: { readonly user: Record<string, string> }[];
}

let demo: DemoCluster;
let folder: string;
let app: TestCore | undefined;

beforeAll(async () => {
  demo = await startTestDemo();
});
afterAll(() => demo.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubereel-failures-'));
});
afterEach(async () => {
  await app?.end();
  app = undefined;
  await rm(folder, { recursive: true, force: true });
});

/** A page on a core whose kubeconfig is the demo's, changed. */
async function connectWith(change: (config: Config) => void = () => {}): Promise<ContractClient> {
  const config = parse(await readFile(demo.kubeconfigPath, 'utf8')) as Config;
  change(config);
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, stringify(config));
  app = await startTestCore({ KUBECONFIG: kubeconfig });
  return app.connect();
}

async function watchPods(client: ContractClient) {
  const changes: PodsChange[] = [];
  client.on('pods.changed', (change) => changes.push(change));
  await client.call('pods.watch', { context: CONTEXT, namespace: 'shop' });
  const found = <T>(find: (change: PodsChange) => T | undefined): Promise<NonNullable<T>> =>
    until(() => changes.map(find).find((one) => one !== undefined)) as Promise<NonNullable<T>>;
  return {
    problem: (): Promise<ProblemInfo> =>
      found(({ state }) => ('problem' in state ? state.problem : undefined)),
    pod: (start: string): Promise<PodInfo> =>
      found(({ upserted }) => upserted.find(({ name }) => name.startsWith(start))),
  };
}

async function openShell(client: ContractClient, pod: string, more: Partial<ShellTarget> = {}) {
  const target = { context: CONTEXT, namespace: 'shop', pod, ...more };
  const { sessionId } = await client.call('sessions.open', { target, size: SIZE });
  const find = async (): Promise<SessionInfo | undefined> =>
    (await client.call('sessions.list', {})).find((session) => session.sessionId === sessionId);
  const ended = (): Promise<SessionInfo> =>
    until(async () => {
      const session = await find();
      return session?.state.kind === 'ended' ? session : undefined;
    }) as Promise<SessionInfo>;
  return { ...watchSession(client, sessionId), sessionId, find, ended };
}

async function problemOfShell(
  client: ContractClient,
  pod: string,
  more: Partial<ShellTarget> = {},
): Promise<ProblemInfo> {
  const { state } = await (await openShell(client, pod, more)).ended();
  if (state.kind !== 'ended' || state.end.kind !== 'failed')
    throw new Error(`it ended as ${JSON.stringify(state)}`);
  return state.end.problem;
}

test('an authority that did not sign the server’s certificate', async () => {
  const others = await createLoopbackCertificates(Date.now());
  const client = await connectWith((config) => {
    for (const { cluster } of config.clusters) {
      cluster['certificate-authority-data'] = Buffer.from(others.authority).toString('base64');
    }
  });
  const problem = await (await watchPods(client)).problem();
  expect(problem).toMatchObject({
    code: 'cluster-untrusted',
    hint: expect.stringContaining('certificate-authority'),
  });
  expect(problem.message).toContain(demo.server);
});

test('no authority at all', async () => {
  const client = await connectWith((config) => {
    for (const { cluster } of config.clusters) delete cluster['certificate-authority-data'];
  });
  expect(await (await watchPods(client)).problem()).toMatchObject({ code: 'cluster-untrusted' });
});

test('a token that the server refuses, told without the token', async () => {
  const client = await connectWith((config) => {
    for (const { user } of config.users) user['token'] = 'marker-wrong-token';
  });
  const problem = await (await watchPods(client)).problem();
  expect(problem).toMatchObject({ code: 'unauthorized', hint: expect.stringContaining('log in') });
  expect(JSON.stringify(problem)).not.toContain('marker-wrong-token');
  expect(await problemOfShell(client, 'web-1')).toMatchObject({ code: 'unauthorized' });
});

test('a server that refuses exec names the verbs and the resource that are missing', async () => {
  const certificates = await createLoopbackCertificates(Date.now());
  const refusal = JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message:
      'pods "web-1" is forbidden: User "ada" cannot get resource "pods/exec" in API group "" in the namespace "shop"',
    reason: 'Forbidden',
    code: 403,
  });
  const server = createServer(
    { key: certificates.privateKey, cert: certificates.certificate },
    (_request, response) => {
      response.writeHead(403, { 'content-type': 'application/json' }).end(refusal);
    },
  );
  server.on('upgrade', (_request, socket) => {
    socket.end(
      `HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: ${refusal.length}\r\n\r\n${refusal}`,
    );
  });
  const port = await listenOnLoopback(server, 0);
  const client = await connectWith((config) => {
    for (const { cluster } of config.clusters) {
      cluster['server'] = `https://127.0.0.1:${port}`;
      cluster['certificate-authority-data'] = Buffer.from(certificates.authority).toString('base64');
    }
  });
  const target = { context: CONTEXT, namespace: 'shop', pod: 'web-1', container: 'web' };
  const { sessionId } = await client.call('sessions.open', { target, size: SIZE });
  const session = await until(async () =>
    (await client.call('sessions.list', {})).find(
      (each) => each.sessionId === sessionId && each.state.kind === 'ended',
    ),
  );
  expect(session.state).toMatchObject({
    end: {
      problem: {
        code: 'forbidden',
        message: expect.stringContaining('cannot get resource "pods/exec"'),
        hint: expect.stringMatching(/get and create on pods\/exec in namespace shop/),
      },
    },
  });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('a server that is gone, told with what came back', async () => {
  const client = await connectWith((config) => {
    for (const { cluster } of config.clusters) cluster['server'] = 'https://127.0.0.1:1';
  });
  const problem = await (await watchPods(client)).problem();
  expect(problem).toMatchObject({
    code: 'cluster-unreachable',
    message: expect.stringContaining('nothing listens'),
  });
});

test('a server that is away, found again by itself when it is back', async () => {
  const link = await startBreakableLink(Number(new URL(demo.server).port));
  try {
    link.cut();
    const client = await connectWith((config) => {
      for (const { cluster } of config.clusters) cluster['server'] = `https://127.0.0.1:${link.port}`;
    });
    const pods = await watchPods(client);
    expect(await pods.problem()).toMatchObject({ code: 'cluster-unreachable' });
    link.mend();
    expect(await pods.pod('web-')).toMatchObject({ namespace: 'shop' });
  } finally {
    await link.close();
  }
});

test('a pod that goes in the middle of a session: its output stays, on screen and on record', async () => {
  const client = await connectWith();
  const { name } = await (await watchPods(client)).pod('web-');
  const shell = await openShell(client, name);
  await shell.seen('web-');
  await shell.type('echo before-"the-end"\r');
  await shell.seen('before-the-end');
  const transport = await app?.core.contexts.transport(CONTEXT);
  const { signal } = new AbortController();
  await transport?.request({ method: 'DELETE', path: `/api/v1/namespaces/shop/pods/${name}`, signal });
  const session = await shell.ended();
  await shell.done;
  expect(shell.text()).toContain('before-the-end');
  const recordingId = session.recording.kind === 'stored' ? session.recording.recordingId : '';
  const { path } = await client.call('library.get', { recordingId });
  expect((await loadInAsciinemaPlayer(path)).output).toContain('before-the-end');
});

test('a folder that takes no recordings: the shell opens, and is told to be off the record', async () => {
  const client = await connectWith();
  await rm(app?.core.paths.recordings ?? '', { recursive: true, force: true });
  await writeFile(app?.core.paths.recordings ?? '', 'a file where the folder should be');
  const { name } = await (await watchPods(client)).pod('checkout-');
  const shell = await openShell(client, name);
  await shell.seen('checkout-');
  expect((await shell.find())?.recording).toMatchObject({
    kind: 'failed',
    problem: { code: 'recording-failed' },
  });
  await shell.type('exit\r');
  expect((await shell.ended()).state).toMatchObject({ end: { kind: 'exited', exitCode: 0 } });
});

test('the same folder where recordings are required: no shell opens in any way, until it is mended', async () => {
  const client = await connectWith();
  const recordings = app?.core.paths.recordings ?? '';
  await client.call('settings.set', { changes: { recordingRequired: true } });
  await rm(recordings, { recursive: true, force: true });
  await writeFile(recordings, 'a file where the folder should be');
  const { name } = await (await watchPods(client)).pod('checkout-');
  for (const more of [
    {},
    { debug: { image: 'busybox:1.37' } },
    { node: { name: 'n', image: 'busybox:1.37' } },
  ]) {
    const problem = await problemOfShell(client, name, more);
    expect(problem).toMatchObject({
      code: 'recording-required',
      message: expect.stringContaining(recordings),
    });
    expect(problem.hint).toContain('The settings require recordings');
  }
  await rm(recordings);
  const shell = await openShell(client, name);
  await shell.seen('checkout-');
  const { sessionId } = shell;
  await expect(client.call('sessions.pauseRecording', { sessionId, on: true })).rejects.toMatchObject({
    code: 'bad-input',
  });
  await shell.type('exit\r');
  expect((await shell.ended()).recording).toMatchObject({ kind: 'stored', lostBytes: 0 });
});

test('a kubeconfig that breaks while the app runs is told with its line, and mended it is back', async () => {
  const client = await connectWith();
  const lists: string[] = [];
  client.on('contexts.changed', ({ contexts, sources }) =>
    lists.push(`${contexts.length} ${sources[0]?.problem?.message ?? 'fine'}`),
  );
  const kubeconfig = join(folder, 'kubeconfig');
  const text = await readFile(kubeconfig, 'utf8');
  await writeFile(kubeconfig, 'users: [\n');
  await until(() => lists.at(-1)?.startsWith('0'));
  expect(lists.at(-1)).toMatch(/line \d+, column \d+/);
  await writeFile(kubeconfig, text);
  await until(() => lists.at(-1) === '1 fine');
});
