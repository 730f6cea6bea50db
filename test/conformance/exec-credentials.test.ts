/** Facts of kubectl about exec credentials: real plugin processes, a real server, and a real kubectl beside us. */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { createLoginEnvironment } from '../../main/credentials/login-environment.ts';
import { createTestCredentials, printAnswer, V1, writePlugin } from '../fakes/credentials.ts';
import { kubectlPath, runKubectl } from '../fakes/demo-kubectl.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { ask, execUser, openUsers, type PluginCluster, startPluginCluster } from '../fakes/plugin-cluster.ts';
import { isRunning } from '../fakes/processes.ts';
import { until } from '../fakes/until.ts';

const V1BETA1 = 'client.authentication.k8s.io/v1beta1';
const MARKER = 'marker-secret';
const signal = new AbortController().signal;

let cluster: PluginCluster;

beforeAll(async () => {
  cluster = await startPluginCluster();
});
afterAll(() => cluster.stop());
beforeEach(() => {
  cluster.callers.length = 0;
  cluster.refuses = () => false;
});

async function failureOf(running: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await running;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}

/** What kubectl says of the same kubeconfig; undefined where there is none. */
async function kubectlSays(kubeconfigPath: string): Promise<string | undefined> {
  if (!kubectlPath) return undefined;
  return (await runKubectl(kubeconfigPath, ['get', '--raw', '/version'])).stderr;
}

describe.skipIf(process.platform === 'win32')('exec credentials', () => {
  test('ex-interactive-modes: v1 without a mode is an error in kubectl’s words', async () => {
    const { plugin, runs } = await writePlugin(printAnswer({ token: 't' }));
    const { transport, kubeconfigPath } = await openUsers(cluster, {
      u: execUser(plugin, { interactiveMode: undefined }),
    });
    const message = 'interactiveMode must be specified for u to use exec authentication plugin';
    expect((await failureOf(transport())).message).toContain(message);
    expect((await kubectlSays(kubeconfigPath)) ?? message).toContain(message);
    expect(await runs()).toBe(0);
  });

  test('ex-interactive-modes: v1beta1 without a mode may ask, and is told that nobody is there', async () => {
    const info = 'printf %s "$KUBERNETES_EXEC_INFO" > info';
    const { plugin, read } = await writePlugin(`${info}\n${printAnswer({ token: 't' }, V1BETA1)}`);
    const { transport } = await openUsers(cluster, {
      u: execUser(plugin, { apiVersion: V1BETA1, interactiveMode: undefined }),
    });
    expect(await ask(await transport())).toBe(200);
    expect(await read('info')).toContain('"interactive":false');
  });

  test('ex-interactive-modes: Always without a terminal is an error, and the plugin is not run', async () => {
    const { plugin, runs } = await writePlugin(printAnswer({ token: 't' }));
    const { transport, kubeconfigPath } = await openUsers(cluster, {
      u: execUser(plugin, { interactiveMode: 'Always' }),
    });
    const failure = await failureOf(ask(await transport()));
    const message =
      'getting credentials: exec plugin cannot support interactive mode: standard input is not a terminal';
    expect(failure).toMatchObject({ code: 'plugin-interactive', message });
    expect((await kubectlSays(kubeconfigPath)) ?? message).toContain(message);
    expect(await runs()).toBe(0);
  });

  test('ex-expiry: one that ends in two seconds is used until then, and fetched once after', async () => {
    const clock = createManualClock();
    const ends = new Date(clock.nowMs() + 2_000).toISOString();
    const { plugin, runs } = await writePlugin(printAnswer({ token: 't$RUN', expirationTimestamp: ends }));
    const { transport } = await openUsers(
      cluster,
      { u: execUser(plugin) },
      { room: await createTestCredentials({ clock }) },
    );
    const way = await transport();
    for (let request = 0; request < 3; request += 1) await ask(way);
    await clock.advance(2_000);
    await ask(way);
    expect(await runs()).toBe(1);
    await clock.advance(1);
    await ask(way);
    expect(await runs()).toBe(2);
    expect(cluster.callers.map(({ authorization }) => authorization)).toEqual([
      'Bearer t1',
      'Bearer t1',
      'Bearer t1',
      'Bearer t1',
      'Bearer t2',
    ]);
  });

  test('ex-expiry: an answer that has expired already is used once, and asked for once a request', async () => {
    const { plugin, runs } = await writePlugin(
      printAnswer({ token: 't$RUN', expirationTimestamp: '2020-01-01T00:00:00Z' }),
    );
    const { transport } = await openUsers(cluster, { u: execUser(plugin) });
    const way = await transport();
    expect(await ask(way)).toBe(200);
    expect(await ask(way)).toBe(200);
    expect(await runs()).toBe(2);
    cluster.refuses = () => true;
    expect(await ask(way)).toBe(401);
    // One for the request and one after its refusal: no loop.
    expect(await runs()).toBe(4);
  });

  test('ex-version-mismatch: the answer’s version must be the one that was asked for', async () => {
    const { plugin } = await writePlugin(printAnswer({ token: MARKER }, V1BETA1));
    const { transport, kubeconfigPath } = await openUsers(cluster, { u: execUser(plugin) });
    const failure = await failureOf(ask(await transport()));
    const message = `exec plugin is configured to use API version ${V1}, plugin returned version ${V1BETA1}`;
    expect(failure.message).toBe(`getting credentials: ${message}`);
    expect((await kubectlSays(kubeconfigPath)) ?? message).toContain(message);
  });

  test.each([
    [
      'no status',
      `echo '{"kind":"ExecCredential","apiVersion":"${V1}"}'`,
      "exec plugin didn't return a status field",
    ],
    ['an empty status', printAnswer({}), "exec plugin didn't return a token or cert/key pair"],
    [
      'a certificate alone',
      printAnswer({ clientCertificateData: MARKER }),
      'exec plugin returned only certificate or key, not both',
    ],
    [
      'a bad PEM',
      printAnswer({ clientCertificateData: MARKER, clientKeyData: MARKER }),
      'failed parsing client key/certificate: ',
    ],
    ['no JSON', `echo ${MARKER}`, 'decoding stdout: '],
    ['another kind', `echo '{"kind":"Pod","apiVersion":"${V1}","status":{}}'`, 'decoding stdout: '],
    ['a token that is a number', printAnswer({ token: 7 }), 'decoding stdout: '],
    ['a time that is none', printAnswer({ token: MARKER, expirationTimestamp: '' }), 'decoding stdout: '],
  ])('ex-bad-output: %s is an error of its own, and no request is made', async (_what, script, words) => {
    const { plugin } = await writePlugin(script);
    const { transport, kubeconfigPath } = await openUsers(cluster, { u: execUser(plugin) });
    const failure = await failureOf(ask(await transport()));
    expect(failure).toMatchObject({ code: 'plugin-answer-invalid' });
    expect(failure.message).toContain(words);
    expect((await kubectlSays(kubeconfigPath)) ?? words).toContain(words);
    expect(JSON.stringify(failure)).not.toContain(MARKER);
    expect(cluster.callers).toEqual([]);
  });

  test('ex-bad-output: two mebibytes are too much', async () => {
    const { plugin } = await writePlugin(`yes ${MARKER} | head -c 2097152`);
    const { transport } = await openUsers(cluster, { u: execUser(plugin) });
    const failure = await failureOf(ask(await transport()));
    expect(failure).toMatchObject({ code: 'plugin-answer-invalid' });
    expect(failure.message).toContain('more than 1 MiB');
    expect(cluster.callers).toEqual([]);
  });

  test.each([
    [
      'with words on standard error',
      `echo ${MARKER}; echo 'session has expired' >&2; exit 3`,
      'session has expired',
    ],
    ['without', `echo ${MARKER}; exit 3`, undefined],
  ])('ex-failure: exit code 3 %s', async (_what, script, detail) => {
    const { plugin } = await writePlugin(script);
    const { transport, kubeconfigPath } = await openUsers(cluster, { u: execUser(plugin) });
    const failure = await failureOf(ask(await transport()));
    const message = `getting credentials: exec: executable ${plugin.command} failed with exit code 3`;
    expect(failure).toMatchObject({ code: 'plugin-failed', message, detail });
    expect((await kubectlSays(kubeconfigPath)) ?? message).toContain(message);
    expect(JSON.stringify(failure)).not.toContain(MARKER);
  });

  test('ex-failure: a plugin that is not installed is told with its hint, whose control characters are visible', async () => {
    const { plugin } = await writePlugin('');
    const missing = { command: 'no-such-plugin', installHint: 'brew install it \u001b[2J now' };
    const { transport, kubeconfigPath } = await openUsers(cluster, { u: execUser(plugin, missing) });
    const failure = await failureOf(ask(await transport()));
    const message = 'getting credentials: exec: executable no-such-plugin not found';
    expect(failure).toMatchObject({
      code: 'plugin-not-found',
      message,
      hint: expect.stringContaining('brew install it \\x1b[2J now'),
      detail: `PATH searched: ${process.env['PATH']}`,
    });
    expect((await kubectlSays(kubeconfigPath)) ?? message).toContain(message);
  });

  test('ex-failure: the PATH of its own variables does not find it, and neither does the current folder', async () => {
    const { plugin, folder } = await writePlugin(printAnswer({ token: 't' }));
    const env = [{ name: 'PATH', value: folder }];
    const { transport, kubeconfigPath } = await openUsers(cluster, {
      u: execUser(plugin, { command: 'plugin', env }),
    });
    expect(await failureOf(ask(await transport()))).toMatchObject({ code: 'plugin-not-found' });
    expect((await kubectlSays(kubeconfigPath)) ?? 'not found').toContain('executable plugin not found');
    const room = await createTestCredentials({ environment: { PATH: `.:${process.env['PATH']}` } });
    const here = process.cwd();
    process.chdir(folder);
    try {
      const relative = await openUsers(cluster, { u: execUser(plugin, { command: 'plugin' }) }, { room });
      expect(await failureOf(ask(await relative.transport()))).toMatchObject({ code: 'plugin-not-found' });
    } finally {
      process.chdir(here);
    }
  });

  test('ex-skipped: the plugin is not run where there is a token, a password or a certificate', async () => {
    const { plugin, runs } = await writePlugin(printAnswer({ token: 'plugin' }));
    const client = await cluster.issueClient('ada');
    const users = {
      token: { token: 'static', ...execUser(plugin) },
      basic: { username: 'ada', password: 'pw', ...execUser(plugin) },
      certificate: {
        'client-certificate-data': Buffer.from(client.certificate).toString('base64'),
        'client-key-data': Buffer.from(client.privateKey).toString('base64'),
        ...execUser(plugin),
      },
    };
    const { transport, kubeconfigPath } = await openUsers(cluster, users);
    for (const name of Object.keys(users)) expect(await ask(await transport(name))).toBe(200);
    const seen = [
      { authorization: 'Bearer static', certificate: undefined },
      { authorization: `Basic ${Buffer.from('ada:pw').toString('base64')}`, certificate: undefined },
      { authorization: undefined, certificate: 'ada' },
    ];
    expect(cluster.callers).toEqual(seen);
    if (kubectlPath) {
      cluster.callers.length = 0;
      for (const name of Object.keys(users)) {
        await runKubectl(kubeconfigPath, ['--context', name, 'get', '--raw', '/version']);
      }
      // Whom it calls as, not how often: it tries some connections again.
      expect(new Set(cluster.callers.map((caller) => JSON.stringify(caller)))).toEqual(
        new Set(seen.map((caller) => JSON.stringify(caller))),
      );
    }
    expect(await runs()).toBe(0);
  });

  test('ex-cache-key: contexts with the same plugin share one run, unless it is told of different clusters', async () => {
    const { plugin, runs } = await writePlugin(printAnswer({ token: 't$RUN' }));
    const room = await createTestCredentials();
    const same = await openUsers(cluster, { a: execUser(plugin), b: execUser(plugin) }, { room });
    for (const name of ['a', 'b']) await ask(await same.transport(name));
    expect(await runs()).toBe(1);
    const told = await writePlugin(printAnswer({ token: 't$RUN' }), { provideClusterInfo: true });
    const one = await openUsers(cluster, { a: execUser(told.plugin), b: execUser(told.plugin) }, { room });
    for (const name of ['a', 'b']) await ask(await one.transport(name));
    expect(await told.runs()).toBe(1);
    const other = await openUsers(
      cluster,
      { a: execUser(told.plugin) },
      { room, extra: { 'disable-compression': true } },
    );
    await ask(await other.transport());
    expect(await told.runs()).toBe(2);
  });

  test('ex-hang: a plugin that never returns is ended with all it started, and the next call works', async () => {
    const { plugin, read } = await writePlugin(
      `if [ "$RUN" = 1 ]; then sleep 600 & echo $! > child; wait; fi\n${printAnswer({ token: 't' })}`,
    );
    const { transport } = await openUsers(cluster, { u: execUser(plugin) });
    const way = await transport();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const failing = failureOf(ask(way));
      await until(async () => (await read('child')).endsWith('\n'));
      vi.advanceTimersByTime(60_000);
      expect(await failing).toMatchObject({ code: 'plugin-timed-out' });
    } finally {
      vi.useRealTimers();
    }
    const child = Number(await read('child'));
    await until(() => !isRunning(child));
    expect(await ask(way)).toBe(200);
  });

  test('ex-gui-path: with an icon’s PATH a plugin is found by the login shell’s, and if not, that one is told', async () => {
    const { plugin, folder } = await writePlugin(
      `printf %s "$PATH:$FROM_PROFILE" > seen\n${printAnswer({ token: 't' })}`,
    );
    const shell = join(await mkdtemp(join(tmpdir(), 'kubereel-shell-')), 'sh');
    const profile = `export PATH="$PATH:${folder}" FROM_PROFILE=yes`;
    await writeFile(shell, `#!/bin/sh\n${profile}\nfor last; do :; done\nexec /bin/sh -c "$last"\n`);
    await chmod(shell, 0o755);
    const environment = { PATH: '/usr/bin:/bin', SHELL: shell, HOME: folder };
    const loginEnvironment = createLoginEnvironment({ environment, platform: process.platform }, { signal });
    const room = await createTestCredentials({ loginEnvironment });
    const { transport, kubeconfigPath } = await openUsers(
      cluster,
      { u: execUser(plugin, { command: 'plugin' }) },
      { room },
    );
    await room.credentials.approvals.add({ kubeconfigPath, path: plugin.command, args: [] });
    expect(await ask(await transport())).toBe(200);
    const absent = await openUsers(cluster, { u: execUser(plugin, { command: 'absent-plugin' }) }, { room });
    expect(await failureOf(ask(await absent.transport()))).toMatchObject({
      code: 'plugin-not-found',
      message: expect.stringContaining('absent-plugin'),
      detail: `PATH searched: /usr/bin:/bin:${folder}`,
    });
    const hanging = createLoginEnvironment(
      { environment: { ...environment, SHELL: '/no/such/shell' }, platform: process.platform },
      { signal },
    );
    const poor = await createTestCredentials({ loginEnvironment: hanging });
    const lost = await openUsers(cluster, { u: execUser(plugin, { command: 'plugin' }) }, { room: poor });
    expect(await failureOf(ask(await lost.transport()))).toMatchObject({
      detail: expect.stringMatching(
        /^PATH searched: \/usr\/bin:\/bin\n.*\/no\/such\/shell could not be started/,
      ),
    });
  });

  test('ex-refused: a 401 causes one more run and one more try, for requests and for upgrades', async () => {
    const { plugin, runs } = await writePlugin(printAnswer({ token: 't$RUN' }));
    const { transport } = await openUsers(cluster, { u: execUser(plugin) });
    const way = await transport();
    cluster.refuses = (authorization) => authorization === 'Bearer t1';
    expect(await ask(way)).toBe(200);
    cluster.refuses = (authorization) => authorization !== 'Bearer t3';
    const request = { path: '/exec', query: new URLSearchParams(), protocols: ['v5.channel.k8s.io'], signal };
    const socket = await way.openWebSocket(request);
    socket.terminate();
    expect(await runs()).toBe(3);
    cluster.refuses = () => true;
    expect(await ask(way)).toBe(401);
    await expect(way.openWebSocket(request)).rejects.toMatchObject({ status: 401 });
    expect(await runs()).toBe(5);
  });

  test('ex-refused: ten requests that are refused at once cause one run', async () => {
    const { plugin, runs } = await writePlugin(`sleep 0.2\n${printAnswer({ token: 't$RUN' })}`);
    const { transport } = await openUsers(cluster, { u: execUser(plugin) });
    const way = await transport();
    await ask(way);
    cluster.refuses = (authorization) => authorization === 'Bearer t1';
    expect(new Set(await Promise.all(Array.from({ length: 10 }, () => ask(way))))).toEqual(new Set([200]));
    expect(await runs()).toBe(2);
  });

  test('ex-rotation: a new certificate means new connections, and an open session lives on', async () => {
    const clients = await Promise.all(['one', 'two'].map((name) => cluster.issueClient(name)));
    const script = clients
      .map(({ certificate, privateKey }, index) => {
        const status = { clientCertificateData: certificate, clientKeyData: privateKey, token: 't$RUN' };
        return `if [ "$RUN" = ${index + 1} ]; then ${printAnswer(status)}\nfi`;
      })
      .join('\n');
    const { plugin } = await writePlugin(script);
    const { transport } = await openUsers(cluster, { u: execUser(plugin) });
    const way = await transport();
    const request = { path: '/exec', query: new URLSearchParams(), protocols: ['v5.channel.k8s.io'], signal };
    const session: WebSocket = await way.openWebSocket(request);
    await ask(way);
    cluster.refuses = (authorization) => authorization === 'Bearer t1';
    await ask(way);
    expect(cluster.callers.map(({ certificate }) => certificate)).toEqual(['one', 'one', 'one', 'two']);
    expect(session.readyState).toBe(session.OPEN);
    session.terminate();
  });

  test('ex-policy: kuberc’s policy is kept, and what it says is kubectl’s', async () => {
    const { plugin, runs } = await writePlugin(printAnswer({ token: 't' }));
    const { room, transport } = await openUsers(cluster, { u: execUser(plugin) });
    await mkdir(join(room.home, '.kube'));
    const write = (text: string): Promise<void> =>
      writeFile(
        join(room.home, '.kube', 'kuberc'),
        `apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n${text}\n`,
      );
    await write('credentialPluginPolicy: DenyAll');
    const way = await transport();
    expect(await failureOf(ask(way))).toMatchObject({
      code: 'plugin-refused',
      message: `getting credentials: plugin "${plugin.command}" not allowed: policy set to "DenyAll"`,
    });
    await write('credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist:\n- name: aws');
    expect((await failureOf(ask(way))).message).toContain(
      'is not permitted by the credential plugin allowlist',
    );
    expect(await runs()).toBe(0);
    await write(
      `credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist:\n- command: ${plugin.command}`,
    );
    expect(await ask(way)).toBe(200);
  });

  test('ex-relative: a command with a separator is meant from its kubeconfig’s folder', async () => {
    const { plugin, folder } = await writePlugin(printAnswer({ token: 't' }));
    const { kubeconfigPath, room } = await openUsers(cluster, {
      u: execUser(plugin, { command: './plugin' }),
    });
    await room.credentials.approvals.add({ kubeconfigPath, path: plugin.command, args: [] });
    const moved = join(folder, 'config');
    await writeFile(moved, await readFile(kubeconfigPath));
    await room.credentials.approvals.add({ kubeconfigPath: moved, path: plugin.command, args: [] });
    expect(await ask(await cluster.connect(room, moved))).toBe(200);
    await rm(moved);
  });
});

afterEach(() => {
  // A plugin's working folder is in its own hands; none may have moved ours.
  expect(process.cwd()).not.toContain('kubereel-plugin');
});
