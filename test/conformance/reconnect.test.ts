/** A shell that does not die, seen through the contract as the page sees it, with the network in the test's hands. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { DemoCluster } from '../../main/demo/demo-cluster.ts';
import type { ContractClient } from '../../preload/client.ts';
import type { SessionInfo } from '../../preload/contract.ts';
import { createRecordDecoder, type TerminalRecord } from '../../preload/terminal-records.ts';
import { startTestCore, type TestCore } from '../fakes/core.ts';
import { askDemo, type DemoAccess, readAccess } from '../fakes/demo-client.ts';
import { startTestDemo } from '../fakes/demo-start.ts';
import { startTcpProxy, type TcpProxy } from '../fakes/tcp-proxy.ts';
import { until } from '../fakes/until.ts';

const SIZE = { cols: 100, rows: 30 };
const POD = 'web-5d9c7b6f4-x2kqp';

let demo: DemoCluster;
let access: DemoAccess;
let network: TcpProxy;
let app: TestCore;
let folder: string;
let client: ContractClient;
let namespace: string;

beforeAll(async () => {
  demo = await startTestDemo();
  access = await readAccess(demo);
  network = await startTcpProxy(Number(new URL(access.server).port));
  folder = await mkdtemp(join(tmpdir(), 'kubereel-network-'));
  const kubeconfig = await readFile(demo.kubeconfigPath, 'utf8');
  const path = join(folder, 'config');
  await writeFile(path, kubeconfig.replaceAll(access.server, `https://127.0.0.1:${network.port}`));
  app = await startTestCore({ KUBECONFIG: path });
  client = app.connect();
  const pods = await askDemo(access, '/api/v1/pods');
  const { items } = pods.json as { items: { metadata: { name: string; namespace: string } }[] };
  namespace = items.find(({ metadata }) => metadata.name === POD)?.metadata.namespace ?? '';
});

afterEach(() => network.mend());

afterAll(async () => {
  await app?.end();
  await network?.close();
  await demo?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function openShell(pod = POD, command?: readonly string[]) {
  const told: SessionInfo[] = [];
  client.on('sessions.changed', (session) => told.push(session));
  const { contexts } = await client.call('contexts.list', {});
  const target = { context: contexts[0]?.name ?? '', namespace, pod, ...(command ? { command } : {}) };
  const { sessionId } = await client.call('sessions.open', { target, size: SIZE });
  const latest = (): SessionInfo | undefined => told.findLast((session) => session.sessionId === sessionId);
  const state = (): string | undefined => latest()?.state.kind;
  const stream = client.open('sessions.view', { sessionId });
  const records: TerminalRecord[] = [];
  const decoder = createRecordDecoder();
  const viewed = (async () => {
    for await (const bytes of stream.input) records.push(...decoder.push(bytes));
  })();
  const text = (): string =>
    Buffer.concat(records.flatMap((one) => (one.kind === 'output' ? [one.bytes] : []))).toString();
  await until(() => state() === 'live');
  return {
    sessionId,
    latest,
    state,
    text,
    viewed,
    markers: () => records.flatMap((one) => (one.kind === 'marker' ? [one.label] : [])),
    type: (words: string) => stream.write(new TextEncoder().encode(words)),
    async says(words: string, answer: string) {
      await stream.write(new TextEncoder().encode(words));
      await until(() => text().includes(answer));
    },
  };
}

test('a cut connection keeps tab, screen and recording; a new shell takes its place, and the gap is marked', async () => {
  const shell = await openShell();
  await shell.says('echo "first $((40 + 2))"\r', 'first 42');
  const before = shell.latest()?.recording;
  network.cut();
  await until(() => shell.state() === 'reconnecting');
  expect(shell.latest()?.state).toMatchObject({ problem: { code: 'connection-lost' } });
  await shell.type('echo "typed into $((1 + 1)) nowhere"\r');
  network.mend();
  await client.call('sessions.reconnect', { sessionId: shell.sessionId });
  await until(() => shell.state() === 'live');
  await shell.says('echo "second $((40 + 3)) $(stty size)"\r', 'second 43 30 100');
  expect(shell.text()).not.toContain('typed into 2 nowhere');
  expect(shell.markers()).toEqual([
    'connection lost: it was cut without a word',
    expect.stringMatching(/^reconnected after \d+ s, in a new shell$/),
  ]);
  await client.call('sessions.close', { sessionId: shell.sessionId });
  await shell.viewed;
  const { recording } = shell.latest() as SessionInfo;
  expect(recording).toMatchObject({
    kind: 'stored',
    recordingId: before && 'recordingId' in before && before.recordingId,
  });
  const { path } = await client.call('library.get', {
    recordingId: 'recordingId' in recording ? (recording.recordingId ?? '') : '',
  });
  const cast = await readFile(path, 'utf8');
  expect(cast.indexOf('first 42')).toBeGreaterThan(0);
  expect(cast.indexOf('"m","connection lost')).toBeGreaterThan(cast.indexOf('first 42'));
  expect(cast.indexOf('"m","reconnected after')).toBeGreaterThan(cast.indexOf('"m","connection lost'));
  expect(cast.indexOf('second 43')).toBeGreaterThan(cast.indexOf('"m","reconnected after'));
});

test('it comes back by itself as well', async () => {
  const shell = await openShell();
  network.cut();
  await until(() => shell.state() === 'reconnecting');
  network.mend();
  await until(() => shell.state() === 'live');
  await shell.says('echo "again $((40 + 4))"\r', 'again 44');
  await client.call('sessions.close', { sessionId: shell.sessionId });
  await shell.viewed;
});

test('a command of the user’s own is not run a second time', async () => {
  const shell = await openShell(POD, ['sh', '-c', 'echo started; sleep 600']);
  await until(() => shell.text().includes('started'));
  network.cut();
  await until(() => shell.state() === 'ended');
  expect(shell.latest()?.state).toMatchObject({
    end: { kind: 'failed', problem: { code: 'connection-lost' } },
  });
  await shell.viewed;
});

test('a pod that was deleted meanwhile ends it with that reason', async () => {
  const shell = await openShell();
  network.cut();
  await until(() => shell.state() === 'reconnecting');
  await askDemo(access, `/api/v1/namespaces/${namespace}/pods/${POD}?gracePeriodSeconds=0`, {
    method: 'DELETE',
  });
  await until(
    async () => (await askDemo(access, `/api/v1/namespaces/${namespace}/pods/${POD}`)).code === 404,
  );
  network.mend();
  await client.call('sessions.reconnect', { sessionId: shell.sessionId });
  await until(() => shell.state() === 'ended');
  expect(shell.latest()?.state).toMatchObject({
    end: { kind: 'failed', problem: { code: 'pod-gone', message: `pod ${namespace}/${POD} was deleted` } },
  });
  await shell.viewed;
});
