// covers: main/doctor/access-checks.ts
// covers: main/doctor/address-check.ts
// covers: main/doctor/board.ts
// covers: main/doctor/credential-check.ts
// covers: main/doctor/kubeconfig-check.ts
// covers: main/doctor/pod-check.ts
// covers: main/doctor/tls-check.ts
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import type { DemoCluster } from '../../../main/demo/demo-cluster.ts';
import { checkAddress } from '../../../main/doctor/address-check.ts';
import type { Check } from '../../../main/doctor/check.ts';
import { createDoctor, isHealthy } from '../../../main/doctor/doctor.ts';
import { loadKubeconfig } from '../../../main/kube/kubeconfig.ts';
import type { PodInfo } from '../../../main/kube/pod-info.ts';
import { listPods } from '../../../main/kube/pods.ts';
import { resolveContext } from '../../../main/kube/resolve-context.ts';
import { type FakeApiServer, startApiServer } from '../../fakes/api-server.ts';
import { startTestCore } from '../../fakes/core.ts';
import { startTestDemo } from '../../fakes/demo-start.ts';
import {
  answerAsCluster,
  type ClusterManners,
  checkOf,
  examine,
  kubeconfigFor,
  outcomesOf,
} from '../../fakes/doctor-report.ts';
import { createContext, createCredentials, openTransport } from '../../fakes/kube-access.ts';
import { startHttpProxy } from '../../fakes/proxies.ts';
import { createTestAuthority, type KeyPair, type TestAuthority } from '../../fakes/tls.ts';
import { until } from '../../fakes/until.ts';

let authority: TestAuthority;
let pair: KeyPair;
let server: FakeApiServer | undefined;
let folder: string;

beforeAll(async () => {
  authority = await createTestAuthority('doctor-ca');
  pair = await authority.issue({ commonName: 'kube-apiserver', names: ['127.0.0.1', 'api.example.com'] });
  folder = await mkdtemp(join(tmpdir(), 'kubereel-doctor-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function startCluster(manners: ClusterManners = {}, keys: KeyPair = pair): Promise<FakeApiServer> {
  server = await startApiServer({
    tls: { cert: keys.certificate, key: keys.privateKey },
    answer: (request, response) => void answerAsCluster(manners, request, response),
  });
  return server;
}

function trusting(address: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    server: address,
    'certificate-authority-data': Buffer.from(authority.certificate).toString('base64'),
    ...more,
  };
}

function allText(checks: readonly Check[]): string {
  return JSON.stringify(checks);
}

describe('files and context', () => {
  test('without a kubeconfig it says where it looked, and skips the rest', async () => {
    const checks = await examine(undefined);
    expect(checkOf(checks, 'kubeconfig')).toMatchObject({
      outcome: 'failed',
      message: expect.stringMatching(/^there is no kubeconfig: looked for .*config$/),
      hint: expect.stringContaining('KUBECONFIG'),
    });
    expect(checks.slice(1).map(({ outcome }) => outcome)).toEqual(Array(7).fill('skipped'));
    expect(isHealthy(checks)).toBe(false);
  });

  test('an unknown context is told with those that there are', async () => {
    const checks = await examine(kubeconfigFor({ server: 'https://127.0.0.1:1' }), { context: 'prod' });
    expect(checkOf(checks, 'context')).toMatchObject({
      outcome: 'failed',
      message: 'context was not found for specified context: prod',
      hint: 'The kubeconfig has: staging.',
    });
    expect(outcomesOf(checks)).toMatchObject({ kubeconfig: 'ok', address: 'skipped', attach: 'skipped' });
  });

  test('without a current context none is chosen', async () => {
    const checks = await examine({ ...kubeconfigFor({ server: 'https://h' }), 'current-context': '' });
    expect(checkOf(checks, 'context')).toMatchObject({
      outcome: 'failed',
      hint: expect.stringContaining('--context'),
    });
  });

  test('a broken file among others fails, and the context of another is looked at all the same', async () => {
    const { address } = await startCluster();
    const good = join(folder, 'good');
    const broken = join(folder, 'broken');
    await writeFile(good, JSON.stringify(kubeconfigFor(trusting(address))));
    await writeFile(broken, 'users:\n- name: [\n');
    const checks = await examine(
      undefined,
      {},
      {
        environment: { KUBECONFIG: `${good}:${broken}:${join(folder, 'none')}` },
      },
    );
    expect(checkOf(checks, 'kubeconfig')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining(`error loading config file "${broken}": line`),
      detail: expect.stringMatching(/^loaded: .*good\nfailed: .*broken.*\nmissing: .*none\ncontexts: 1/),
    });
    expect(checkOf(checks, 'exec').outcome).toBe('ok');
    expect(isHealthy(checks)).toBe(false);
  });

  test('files that are missing are skipped, as kubectl does', async () => {
    const { address } = await startCluster();
    const good = join(folder, 'good');
    await writeFile(good, JSON.stringify(kubeconfigFor(trusting(address))));
    const checks = await examine(
      undefined,
      {},
      { environment: { KUBECONFIG: `${join(folder, 'none')}:${good}` } },
    );
    expect(checkOf(checks, 'kubeconfig')).toMatchObject({
      outcome: 'ok',
      message: `${good}, 1 missing and skipped`,
    });
    expect(isHealthy(checks)).toBe(true);
  });
});

describe('the connection', () => {
  test('a port where nothing listens', async () => {
    const checks = await examine(kubeconfigFor({ server: 'https://127.0.0.1:1' }));
    expect(checkOf(checks, 'address')).toMatchObject({
      outcome: 'failed',
      message: 'could not reach https://127.0.0.1:1: nothing listens there',
    });
    expect(outcomesOf(checks)).toMatchObject({ tls: 'skipped', who: 'skipped' });
  });

  test('a name that nobody knows', async () => {
    const checks = await examine(kubeconfigFor({ server: 'https://no-such-host.invalid' }));
    expect(checkOf(checks, 'address')).toMatchObject({
      outcome: 'failed',
      message: expect.stringMatching(/the name (is not known|could not be looked up)/),
    });
  });

  test('a certificate of an authority that is not trusted is shown with its chain', async () => {
    const { address } = await startCluster();
    const stranger = await createTestAuthority('another-ca');
    const checks = await examine(
      kubeconfigFor({
        server: address,
        'certificate-authority-data': Buffer.from(stranger.certificate).toString('base64'),
      }),
    );
    expect(checkOf(checks, 'tls')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('not signed by an authority that context staging trusts'),
      hint: expect.stringContaining('certificate-authority'),
      detail: expect.stringMatching(
        /name asked for: 127\.0\.0\.1\n0: CN=kube-apiserver; issued by CN=doctor-ca; valid \d{4}-\d\d-\d\d to .*; for IP Address:127\.0\.0\.1, DNS:api\.example\.com\nno authority that the kubeconfig trusts/,
      ),
    });
    expect(outcomesOf(checks)).toMatchObject({ credential: 'skipped', who: 'skipped', exec: 'skipped' });
  });

  test('a certificate for another name is told with the name asked for; tls-server-name mends it', async () => {
    const keys = await authority.issue({ commonName: 'x', names: ['api.example.com'] });
    const { address } = await startCluster({}, keys);
    const checks = await examine(kubeconfigFor(trusting(address)));
    expect(checkOf(checks, 'tls')).toMatchObject({
      outcome: 'failed',
      detail: expect.stringMatching(/name asked for: 127\.0\.0\.1[\s\S]*DNS:api\.example\.com/),
    });
    const mended = await examine(kubeconfigFor(trusting(address, { 'tls-server-name': 'api.example.com' })));
    expect(checkOf(mended, 'tls').outcome).toBe('ok');
    expect(isHealthy(mended)).toBe(true);
  });

  test('an expired certificate', async () => {
    const keys = await authority.issue({
      commonName: 'old',
      names: ['127.0.0.1'],
      notAfter: new Date(Date.now() - 60_000),
    });
    const { address } = await startCluster({}, keys);
    const checks = await examine(kubeconfigFor(trusting(address)));
    expect(checkOf(checks, 'tls')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('has expired'),
    });
  });

  test('a certificate that is not checked says what it would have come to', async () => {
    const { address } = await startCluster();
    const checks = await examine(kubeconfigFor({ server: address, 'insecure-skip-tls-verify': true }));
    expect(checkOf(checks, 'tls')).toMatchObject({
      outcome: 'ok',
      message: 'insecure-skip-tls-verify: not checked; the certificate would not be trusted',
    });
    expect(isHealthy(checks)).toBe(true);
  });

  test('a server that does not speak TLS', async () => {
    const plain = await startApiServer({});
    server = plain;
    const checks = await examine(kubeconfigFor({ server: `https://127.0.0.1:${plain.port}` }));
    expect(checkOf(checks, 'tls')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('does not speak TLS'),
    });
  });
});

describe('a proxy', () => {
  // NO_PROXY does not count for a loopback address, so the cluster's own proxy-url leads there.
  test('that applies is told with where it was named, and never with its login', async () => {
    const { address } = await startCluster();
    const proxy = await startHttpProxy();
    const url = `http://anna:planted-pass@127.0.0.1:${proxy.port}`;
    const checks = await examine(kubeconfigFor(trusting(address, { 'proxy-url': url })));
    expect(checkOf(checks, 'address')).toMatchObject({
      outcome: 'ok',
      message: expect.stringContaining('answers through http://127.0.0.1:'),
      detail: expect.stringContaining('named by proxy-url of the cluster'),
    });
    expect(isHealthy(checks)).toBe(true);
    expect(allText(checks)).not.toContain('planted-pass');
    await proxy.close();
  });

  test('that refuses is told as the one who refused', async () => {
    const { address } = await startCluster();
    const proxy = await startHttpProxy({ login: 'somebody:else' });
    const checks = await examine(kubeconfigFor(trusting(address, { 'proxy-url': proxy.url })));
    expect(checkOf(checks, 'address')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('the proxy http://127.0.0.1:'),
    });
    expect(checkOf(checks, 'tls').outcome).toBe('skipped');
    await proxy.close();
  });

  test.each([
    { environment: {}, why: 'no proxy: neither the cluster nor the environment names one for it' },
    {
      environment: { HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: 'no-such-host.invalid' },
      why: 'no proxy: NO_PROXY names this address',
    },
  ])('that does not apply is told with the reason: $why', async ({ environment, why }) => {
    const seen = await checkAddress(
      {
        clock: createSystemClock(),
        dial: { userAgent: 'kubereel-test', environment: async () => environment },
      },
      createContext('https://no-such-host.invalid'),
      { signal: new AbortController().signal },
    ).catch((error: unknown) => error);
    expect(seen).toMatchObject({ code: 'cluster-unreachable', detail: expect.stringContaining(why) });
  });
});

describe('the credential', () => {
  test('a token that is not taken', async () => {
    const { address } = await startCluster({
      refuses: { status: 401, reason: 'Unauthorized', message: 'Unauthorized' },
    });
    const checks = await examine(kubeconfigFor(trusting(address)));
    expect(outcomesOf(checks)).toEqual({
      kubeconfig: 'ok',
      context: 'ok',
      address: 'ok',
      tls: 'ok',
      credential: 'ok',
      who: 'failed',
      exec: 'skipped',
      attach: 'skipped',
    });
    expect(checkOf(checks, 'who')).toMatchObject({
      message: `${address} did not accept the credential: Unauthorized`,
      hint: expect.stringContaining('log in'),
    });
  });

  test('an expired client certificate is told before it is tried', async () => {
    const { address } = await startCluster();
    const old = await authority.issue({ commonName: 'anna', notAfter: new Date(Date.now() - 60_000) });
    const checks = await examine(
      kubeconfigFor(trusting(address), {
        'client-certificate-data': Buffer.from(old.certificate).toString('base64'),
        'client-key-data': Buffer.from(old.privateKey).toString('base64'),
      }),
    );
    expect(checkOf(checks, 'credential')).toMatchObject({
      outcome: 'failed',
      message: expect.stringMatching(/^the client certificate of context staging expired on \d{4}-/),
      detail: 'CN=anna; issued by CN=doctor-ca',
    });
    expect(checkOf(checks, 'who').outcome).toBe('skipped');
  });

  test('a token that names its end is told with it, and never itself', async () => {
    const { address } = await startCluster();
    const claims = Buffer.from(JSON.stringify({ exp: Date.UTC(2030, 0, 2, 3, 4) / 1_000 })).toString(
      'base64url',
    );
    const token = `eyJhbGciOiJub25lIn0.${claims}.planted`;
    const checks = await examine(kubeconfigFor(trusting(address), { token }));
    expect(checkOf(checks, 'credential').message).toBe(
      'the token of the kubeconfig, expires 2030-01-02 03:04 UTC',
    );
    expect(allText(checks)).not.toContain(claims);
  });

  test('what a server writes is shown and not obeyed', async () => {
    const { address } = await startCluster({ username: 'anna\u001b[2J\u202e' });
    const checks = await examine(kubeconfigFor(trusting(address)));
    expect(checkOf(checks, 'who').message).toBe('anna\\x1b[2J\\u202e');
  });

  test('no user at all is anonymous, which is said', async () => {
    const { address } = await startCluster({ username: 'system:anonymous' });
    const checks = await examine(kubeconfigFor(trusting(address), {}));
    expect(checkOf(checks, 'credential').message).toBe('none: requests are anonymous');
    expect(checkOf(checks, 'who')).toMatchObject({
      message: 'system:anonymous',
      hint: expect.stringContaining('no credential'),
    });
  });
});

describe('may I', () => {
  test.each<ClusterManners & { exec: string; words: RegExp }>([
    { verbs: ['get', 'create'], exec: 'ok', words: /^yes: get and create on pods\/exec in namespace shop$/ },
    { verbs: ['create'], exec: 'failed', words: /create is allowed, get is denied .* a WebSocket needs get/ },
    { verbs: ['get'], minor: '36', exec: 'failed', words: /^no: get is allowed, create is denied/ },
    {
      verbs: ['get'],
      minor: '34+',
      exec: 'ok',
      words: /^yes: get is allowed, create is denied .* which Kubernetes 1\.35 will/,
    },
    { verbs: [], exec: 'failed', words: /^no: neither get nor create/ },
  ])('a role with $verbs on a server of minor $minor is $exec', async ({ exec, words, ...manners }) => {
    const { address } = await startCluster(manners);
    const checks = await examine(kubeconfigFor(trusting(address)));
    expect(checkOf(checks, 'exec')).toMatchObject({ outcome: exec, message: expect.stringMatching(words) });
    expect(checkOf(checks, 'attach').outcome).toBe(exec);
    expect(isHealthy(checks)).toBe(exec === 'ok');
  });

  test('a cluster that refuses every question leaves it unknown, never denied', async () => {
    const { address } = await startCluster({
      refuses: { status: 403, reason: 'Forbidden', message: 'no questions' },
    });
    const checks = await examine(kubeconfigFor(trusting(address)));
    expect(outcomesOf(checks)).toMatchObject({ who: 'unknown', exec: 'unknown', attach: 'unknown' });
    expect(isHealthy(checks)).toBe(false);
  });
});

describe('the demo cluster', () => {
  let demo: DemoCluster;
  beforeAll(async () => {
    demo = await startTestDemo();
  });
  afterAll(() => demo.stop());
  const ask = async (question: Parameters<typeof examine>[1]) =>
    examine(await readFile(demo.kubeconfigPath, 'utf8'), question);

  test('is well, line by line', async () => {
    const checks = await ask({});
    expect(checks.map(({ outcome }) => outcome)).toEqual(Array(8).fill('ok'));
    expect(checkOf(checks, 'who')).toMatchObject({
      message: 'demo',
      detail: expect.stringContaining('groups shop-developers, system:authenticated'),
    });
    expect(checkOf(checks, 'tls').detail).toContain('trusted by the kubeconfig through');
    expect(isHealthy(checks)).toBe(true);
  });

  test('a namespace where nothing is granted', async () => {
    const checks = await ask({ namespace: 'kube-system' });
    expect(checkOf(checks, 'exec')).toMatchObject({
      outcome: 'failed',
      hint: 'Ask an administrator of the cluster for the verbs get and create on pods/exec in namespace kube-system.',
    });
  });

  test('a pod that is gone, and one that has completed, have no shell', async () => {
    const gone = await ask({ pod: 'gone' });
    expect(checkOf(gone, 'exec')).toMatchObject({ outcome: 'failed', message: 'pods "gone" not found' });
    const pods = await listDemoPods(demo);
    const completed = pods.find(({ phase }) => phase === 'Succeeded')?.name ?? '';
    expect(checkOf(await ask({ pod: completed }), 'exec')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('has completed: its phase is Succeeded'),
    });
    const running = pods.find(({ name }) => name.startsWith('web-'))?.name ?? '';
    expect(checkOf(await ask({ pod: running }), 'exec')).toMatchObject({
      outcome: 'ok',
      detail: expect.stringMatching(/container \S+ runs$/),
    });
  });
});

async function listDemoPods(demo: DemoCluster): Promise<readonly PodInfo[]> {
  const app = await startTestCore({ KUBECONFIG: demo.kubeconfigPath });
  const transport = await app.core.contexts.transport(app.core.contexts.current().currentContext ?? '');
  const pods = await listPods({ transport }, { namespace: null }, { signal: new AbortController().signal });
  await app.end();
  return pods;
}

describe('a server that takes everything and says nothing', () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket));
  let port: number;
  beforeAll(async () => {
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    port = (silent.address() as AddressInfo).port;
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  async function prepare(timeout?: (ms: number) => AbortSignal) {
    const path = join(folder, 'silent');
    await writeFile(path, JSON.stringify(kubeconfigFor({ server: `https://127.0.0.1:${port}` })));
    const kubeconfig = await loadKubeconfig([path]);
    return createDoctor({
      clock: createSystemClock(),
      userRequests: { list: () => [], onChanged: () => () => {} },
      kubeconfig: async () => kubeconfig,
      resolve: resolveContext,
      credentials: () => createCredentials(),
      inspectPlugin: () => Promise.reject(new Error('there is no plugin')),
      transport: async () => openTransport(`https://127.0.0.1:${port}`),
      dial: { userAgent: 'kubereel-test', environment: async () => ({}) },
      ...(timeout && { timeout }),
    });
  }

  test('fails in time, row by row, and skips what comes after', async () => {
    let passLimit = (): void => {};
    const doctor = await prepare(() => {
      const limit = new AbortController();
      passLimit = () => limit.abort();
      return limit.signal;
    });
    const connections = sockets.length;
    const reports: (readonly Check[])[] = [];
    const examining = doctor.examine({}, (report) => reports.push(report), {
      signal: new AbortController().signal,
    });
    // The first connection only asks whether somebody is there.
    await until(() => sockets.length === connections + 2);
    passLimit();
    const checks = await examining;
    expect(checkOf(checks, 'tls')).toMatchObject({
      outcome: 'failed',
      message: `https://127.0.0.1:${port} did not answer within 15 s`,
    });
    expect(reports[0]?.map(({ outcome }) => outcome)).toEqual(Array(8).fill('waiting'));
    expect(reports.every((report) => report.length === 8)).toBe(true);
    expect(reports.some((report) => checkOf(report, 'tls').outcome === 'running')).toBe(true);
    expect(outcomesOf(checks)).toMatchObject({ address: 'ok', credential: 'skipped' });
  });

  test('is left when whoever asked has gone', async () => {
    const doctor = await prepare();
    const stop = new AbortController();
    const examining = doctor.examine(
      {},
      (report) => {
        if (checkOf(report, 'tls').outcome === 'running') stop.abort(new Error('gone'));
      },
      { signal: stop.signal },
    );
    await expect(examining).rejects.toThrow('gone');
  });
});

describe('a plugin', () => {
  async function writePlugin(name: string, script: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    return path;
  }
  const execOf = (command: string, args: readonly string[] = []) => ({
    exec: { apiVersion: 'client.authentication.k8s.io/v1', command, args, interactiveMode: 'Never' },
  });
  const ANSWER = JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: 'planted-plugin-token', expirationTimestamp: '2099-01-02T03:04:00Z' },
  });

  test('that waits for leave says so, and is told with its path, its masked arguments and its end', async () => {
    const { address } = await startCluster();
    const plugin = await writePlugin('kubelogin', `echo '${ANSWER}'`);
    const messages = new Set<string>();
    const user = execOf(plugin, ['get-token', '--oidc-client-secret=planted-client-secret']);
    const checks = await examine(
      kubeconfigFor(trusting(address), user),
      {},
      {
        answer: 'allow',
        onChanged: (report) => messages.add(checkOf(report, 'credential').message),
      },
    );
    expect([...messages]).toContain(`waits for your answer: may ${plugin} be run?`);
    expect(checkOf(checks, 'credential')).toMatchObject({
      outcome: 'ok',
      message: 'from plugin kubelogin, expires 2099-01-02 03:04 UTC',
      detail: expect.stringMatching(
        new RegExp(
          `found at ${plugin}\ncalled as ${plugin} get-token --oidc-client-secret=\\S*•.*\nclient\\.auth[\\s\\S]*sent: a bearer token$`,
        ),
      ),
    });
    expect(isHealthy(checks)).toBe(true);
    expect(allText(checks)).not.toMatch(/planted-/);
  });

  test('that the user does not let run fails with that', async () => {
    const { address } = await startCluster();
    const plugin = await writePlugin('kubelogin', `echo '${ANSWER}'`);
    const checks = await examine(kubeconfigFor(trusting(address), execOf(plugin)), {}, { answer: 'refuse' });
    expect(checkOf(checks, 'credential')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining(`did not let ${plugin} run`),
      detail: expect.stringContaining(`found at ${plugin}`),
    });
    expect(outcomesOf(checks)).toMatchObject({ who: 'skipped', exec: 'skipped' });
  });

  test('that is not found is told with its name and where it was looked for', async () => {
    const { address } = await startCluster();
    const checks = await examine(kubeconfigFor(trusting(address), execOf('no-such-plugin')));
    expect(checkOf(checks, 'credential')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('executable no-such-plugin not found'),
      detail: expect.stringContaining('PATH searched: '),
    });
  });

  test('that fails is told with its end and its own words, and its output never', async () => {
    const { address } = await startCluster();
    const plugin = await writePlugin('failing', 'echo planted-output; echo "log in first" >&2; exit 3');
    const checks = await examine(kubeconfigFor(trusting(address), execOf(plugin)), {}, { answer: 'allow' });
    expect(checkOf(checks, 'credential')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('failed with exit code 3'),
      detail: expect.stringMatching(/found at [\s\S]*log in first/),
    });
    expect(allText(checks)).not.toContain('planted-output');
  });

  test('beside a token is not run, and that is said', async () => {
    const { address } = await startCluster();
    const user = { token: 'planted-token-of-the-test', ...execOf('no-such-plugin') };
    const checks = await examine(kubeconfigFor(trusting(address), user));
    expect(checkOf(checks, 'credential')).toMatchObject({
      outcome: 'ok',
      detail: expect.stringContaining('no-such-plugin not run: another credential comes before it'),
    });
  });
});
