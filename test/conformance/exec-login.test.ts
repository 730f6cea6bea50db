/** Credential plugins in the whole app: pages that are asked and log in, shells that wait for it, and nobody there. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { compose } from '../../main/compose.ts';
import type { PluginConfig } from '../../main/credentials/credential.ts';
import type { DemoCluster } from '../../main/demo/demo-cluster.ts';
import type { ContractClient } from '../../preload/client.ts';
import type { CredentialRequest, SessionInfo } from '../../preload/contract.ts';
import { createRecordDecoder } from '../../preload/terminal-records.ts';
import { sendJson, startApiServer } from '../fakes/api-server.ts';
import { startTestCore, type TestCore } from '../fakes/core.ts';
import { printAnswer, type TestPlugin, writePlugin } from '../fakes/credentials.ts';
import { startTestDemo } from '../fakes/demo-start.ts';
import { kubeconfigFor } from '../fakes/doctor-report.ts';
import { isRunning } from '../fakes/processes.ts';
import { startHttpProxy } from '../fakes/proxies.ts';
import { createTestAuthority } from '../fakes/tls.ts';
import { until } from '../fakes/until.ts';

const SIZE = { cols: 100, rows: 30 };
const MARKER = 'marker-secret';

let demo: DemoCluster;
let token: string;
let folder: string;
let app: TestCore;

beforeAll(async () => {
  demo = await startTestDemo();
  const kubeconfig = parse(await readFile(demo.kubeconfigPath, 'utf8'));
  token = kubeconfig.users[0].user.token;
});
afterAll(() => demo.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubereel-login-test-'));
});
afterEach(async () => {
  await app.end();
  await rm(folder, { recursive: true, force: true });
});

/** The demo cluster, with a plugin in place of its token. */
async function start(plugin: PluginConfig): Promise<ContractClient> {
  const kubeconfig = parse(await readFile(demo.kubeconfigPath, 'utf8'));
  kubeconfig.users[0].user = { exec: plugin };
  const path = join(folder, 'config');
  await writeFile(path, JSON.stringify(kubeconfig));
  app = await startTestCore({ KUBECONFIG: path, HOME: folder });
  return app.connect();
}

/** Asks for a code on its terminal and gives a token for the right one. */
function deviceLogin(changes: Partial<PluginConfig> = {}): Promise<TestPlugin> {
  return writePlugin(
    `printf 'Open https://idp.example/device, then type the code: ' >&2
     read code
     [ "$code" = ABCD ] || { echo wrong >&2; exit 5; }
     ${printAnswer({ token })}`,
    { interactiveMode: 'IfAvailable', ...changes },
  );
}

async function childOf(plugin: TestPlugin): Promise<number> {
  await until(async () => (await plugin.read('child')).endsWith('\n'));
  return Number(await plugin.read('child'));
}

async function requestOf(page: ContractClient, kind: CredentialRequest['kind']): Promise<CredentialRequest> {
  const found = await until(async () =>
    (await page.call('credentials.requests', {})).find((request) => request.kind === kind),
  );
  return found as CredentialRequest;
}

async function allow(page: ContractClient): Promise<void> {
  const { requestId } = await requestOf(page, 'consent');
  await page.call('credentials.answer', { requestId, answer: 'allow' });
}

function openLogin(page: ContractClient, { requestId }: CredentialRequest) {
  const stream = page.open('credentials.login', { requestId });
  const decoder = createRecordDecoder();
  let text = '';
  const ended = (async () => {
    for await (const bytes of stream.input) {
      for (const record of decoder.push(bytes)) {
        if (record.kind === 'output') text += Buffer.from(record.bytes).toString();
      }
    }
  })();
  return {
    ended,
    text: () => text,
    said: (words: string) => until(() => text.includes(words)),
    type: (keys: string) => stream.write(Buffer.from(keys)),
  };
}

async function openShells(
  page: ContractClient,
  count: number,
): Promise<{ latest(): readonly SessionInfo[] }> {
  const told = new Map<string, SessionInfo>();
  page.on('sessions.changed', (session) => told.set(session.sessionId, session));
  // A pod of the demo that is always there.
  const target = { context: demo.contextName, namespace: 'data', pod: 'postgres-0', container: 'postgres' };
  for (let shell = 0; shell < count; shell += 1) {
    const session = await page.call('sessions.open', { target, size: SIZE });
    if (!told.has(session.sessionId)) told.set(session.sessionId, session);
  }
  return { latest: () => [...told.values()] };
}

describe.skipIf(process.platform === 'win32')('a login in the page', () => {
  test('ten shells that wait for one login cause one run, and open when it is answered', async () => {
    const plugin = await deviceLogin();
    const page = await start(plugin.plugin);
    const shells = await openShells(page, 10);
    await allow(page);
    await until(async () => (await requestOf(page, 'login')).waiting === 10);
    const request = await requestOf(page, 'login');
    expect(request).toMatchObject({ context: demo.contextName, path: plugin.plugin.command });
    const login = openLogin(page, request);
    await login.said('type the code: ');
    await page.call('credentials.resize', { requestId: request.requestId, size: SIZE });
    await login.type('ABCD\r');
    await until(() => shells.latest().filter(({ state }) => state.kind === 'live').length === 10);
    await login.ended;
    expect(await page.call('credentials.requests', {})).toEqual([]);
    expect(await plugin.runs()).toBe(1);
    expect(login.text()).not.toContain(token);
  });

  test('that is given up fails the shells with that reason, and is not opened again by itself', async () => {
    const plugin = await deviceLogin();
    const page = await start(plugin.plugin);
    const shells = await openShells(page, 2);
    await allow(page);
    const request = await requestOf(page, 'login');
    await page.call('credentials.answer', { requestId: request.requestId, answer: 'refuse' });
    await until(() => shells.latest().every(({ state }) => state.kind === 'ended'));
    expect(shells.latest()[0]?.state).toMatchObject({
      end: {
        kind: 'failed',
        problem: { code: 'plugin-refused', message: expect.stringContaining('given up') },
      },
    });
    const transport = await app.core.contexts.transport(demo.contextName);
    const unattended = transport.request({
      method: 'GET',
      path: '/version',
      isUnattended: true,
      signal: new AbortController().signal,
    });
    await expect(unattended).rejects.toMatchObject({ code: 'plugin-interactive' });
    expect(await plugin.runs()).toBe(1);
    expect(await page.call('credentials.requests', {})).toEqual([]);
  });

  test('goes with the last shell that waits for it, and its programs with it', async () => {
    const plugin = await writePlugin('sleep 600 & echo $! > child; echo waiting >&2; wait', {
      interactiveMode: 'Always',
    });
    const page = await start(plugin.plugin);
    const shells = await openShells(page, 2);
    await allow(page);
    await requestOf(page, 'login');
    const child = await childOf(plugin);
    for (const { sessionId } of shells.latest()) await page.call('sessions.close', { sessionId });
    await until(async () => (await page.call('credentials.requests', {})).length === 0);
    await until(() => !isRunning(child));
  });

  test('is over when the app ends, and leaves nothing running', async () => {
    const plugin = await writePlugin('echo $$ > child; echo waiting >&2; read answer', {
      interactiveMode: 'Always',
    });
    const page = await start(plugin.plugin);
    await openShells(page, 1);
    await allow(page);
    await requestOf(page, 'login');
    const child = await childOf(plugin);
    await app.core.end();
    await until(() => !isRunning(child));
  });

  test('is not asked for what nobody asked for: no question, no window, and the reason told', async () => {
    const plugin = await deviceLogin({ interactiveMode: 'Always' });
    const page = await start(plugin.plugin);
    const transport = await app.core.contexts.transport(demo.contextName);
    const ask = () =>
      transport.request({
        method: 'GET',
        path: '/version',
        isUnattended: true,
        signal: new AbortController().signal,
      });
    await expect(ask()).rejects.toThrow('waits for your leave');
    const { command: path, args } = plugin.plugin;
    await app.core.credentials.approvals.add({ kubeconfigPath: join(folder, 'config'), path, args });
    await expect(ask()).rejects.toMatchObject({ code: 'plugin-interactive' });
    expect(await page.call('credentials.requests', {})).toEqual([]);
    expect(await plugin.runs()).toBe(0);
  });
});

describe.skipIf(process.platform === 'win32')('what a plugin prints', () => {
  test.each([
    ['a wrong answer', `echo ${MARKER}`],
    ['a failure', `echo ${MARKER}; exit 3`],
    [
      'an answer of the wrong version',
      `echo '{"kind":"ExecCredential","apiVersion":"${MARKER}x v"}'; echo ${MARKER}`,
    ],
    ['a bad certificate', printAnswer({ clientCertificateData: MARKER, clientKeyData: MARKER })],
    ['a token that is refused', printAnswer({ token: MARKER })],
  ])('%s reaches neither the page nor the log', async (_what, script) => {
    const plugin = await writePlugin(script);
    const page = await start(plugin.plugin);
    const shells = await openShells(page, 1);
    await allow(page);
    await until(() => shells.latest()[0]?.state.kind === 'ended');
    expect(shells.latest()[0]?.state).toMatchObject({ end: { kind: 'failed' } });
    expect(JSON.stringify(shells.latest())).not.toContain(MARKER);
    await app.core.end();
    expect(await readFile(app.core.paths.logFile, 'utf8').catch(() => '')).not.toContain(MARKER);
    expect(await readFile(app.core.paths.pluginsFile, 'utf8')).not.toContain(MARKER);
  });
});

describe.skipIf(process.platform === 'win32')('started from an icon', () => {
  test('ex-gui-path: the login shell’s KUBECONFIG, PATH and proxy are used, and nothing waits for it that need not', async () => {
    // Only the proxy knows the name, so that a request can take no other way.
    const proxy = await startHttpProxy({ names: { 'cluster.invalid': '127.0.0.1' } });
    const plugin = await writePlugin(printAnswer({ token }));
    const authority = await createTestAuthority();
    const { certificate, privateKey } = await authority.issue({
      commonName: 'c',
      names: ['cluster.invalid'],
    });
    const server = await startApiServer({
      tls: { cert: certificate, key: privateKey },
      answer: ({ headers }, response) =>
        sendJson(response, headers.authorization === `Bearer ${token}` ? 200 : 401, {}),
    });
    const cluster = {
      server: `https://cluster.invalid:${server.port}`,
      'certificate-authority-data': Buffer.from(authority.certificate).toString('base64'),
    };
    const path = join(folder, 'config');
    const exec = { ...plugin.plugin, command: 'plugin' };
    await writeFile(path, JSON.stringify(kubeconfigFor(cluster, { exec })));
    const shell = join(folder, 'shell');
    const profile = `while ! [ -e ${folder}/go ]; do sleep 0.05; done\nexport KUBECONFIG=${path} PATH="$PATH:${plugin.folder}" HTTPS_PROXY=${proxy.url}`;
    await writeFile(shell, `#!/bin/sh\n${profile}\nfor last; do :; done\nexec /bin/sh -c "$last"\n`, {
      mode: 0o755,
    });
    app = await startTestCore();
    const core = await compose({
      environment: { PATH: '/usr/bin:/bin', HOME: folder, SHELL: shell, KUBEREEL_HOME: join(folder, 'home') },
      platform: process.platform,
      isFromIcon: true,
    });
    expect(core.contexts.current().contexts).toEqual([]);
    await writeFile(join(folder, 'go'), '');
    await until(() => core.contexts.current().contexts.length === 1);
    const use = { kubeconfigPath: path, path: plugin.plugin.command, args: [] };
    await core.credentials.approvals.add(use);
    const transport = await core.contexts.transport('staging');
    const { status, body } = await transport.request({
      method: 'GET',
      path: '/version',
      signal: new AbortController().signal,
    });
    for await (const _bytes of body);
    expect(status).toBe(200);
    expect(proxy.requests).toMatchObject([
      { method: 'CONNECT', target: expect.stringContaining('cluster.invalid:') },
    ]);
    await core.end();
    await proxy.close();
    await server.close();
  });
});
