// covers: main/compose-proxy.ts
// covers: main/bridge/elsewhere.ts
// covers: main/commands/proxy.ts
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../main/base/errors.ts';
import { parseSidecar } from '../../main/recording/sidecar.ts';
import type { ContractClient } from '../../preload/client.ts';
import type { ProxyInfo } from '../../preload/contract-elsewhere.ts';
import { startTestCore, type TestCore } from '../fakes/core.ts';
import { kubectlPath, runKubectl } from '../fakes/demo-kubectl.ts';
import { CLI, type KubereelResult, runKubereel } from '../fakes/kubereel-cli.ts';
import { until } from '../fakes/until.ts';

const POD = 'web-5d9c7b6f4-x2kqp';
/** Says nothing before it is spoken to: what comes before kubectl has made its streams, it drops. */
const SCRIPT = 'read word; echo ready; cat';

/** The switch as the page and the command have it, with the demo cluster behind it. */
describe.skipIf(!kubectlPath)('the switch for kubectl', () => {
  let app: TestCore;
  let page: ContractClient;
  let folder: string;
  /** The demo cluster's, in a folder that nobody writes to. */
  let own: string;
  let context: string;

  beforeAll(async () => {
    app = await startTestCore();
    page = app.connect();
    ({ context } = await page.call('demo.start', {}));
    folder = await mkdtemp(join(tmpdir(), 'kubereel-own-'));
    own = join(folder, 'config');
    await copyFile(app.core.demo.snapshot().kubeconfigPath ?? '', own);
    await chmod(own, 0o400);
    await chmod(folder, 0o500);
  });
  afterAll(async () => {
    await app.end();
    await chmod(folder, 0o700);
    await rm(folder, { recursive: true });
  });

  const state = (): Promise<ProxyInfo> => page.call('proxy.state', {});
  const isRun = (kind: string) => async (): Promise<boolean> => (await state()).run.kind === kind;
  const kubereel = (...args: readonly string[]): Promise<KubereelResult> =>
    runKubereel(own, args, { KUBEREEL_HOME: app.home });
  const kubectl = (...args: readonly string[]) => runKubectl(app.core.proxy.kubeconfigPath, args);

  test('it is off at first, and status says so', async () => {
    await until(isRun('off'));
    expect((await state()).contexts).toEqual([]);
    const status = await kubereel('proxy', 'status');
    expect(status.code).toBe(0);
    expect(status.stdout.toString()).toContain('No context is enabled');
  });

  test('the command enables, prints the one line, and the app that runs already follows', async () => {
    const before = await readFile(own, 'utf8');
    const enabled = await kubereel('proxy', 'enable');
    expect(enabled.code).toBe(0);
    expect(enabled.stdout.toString()).toBe(`export KUBECONFIG='${app.core.proxy.kubeconfigPath}'\n`);
    await until(isRun('running'));
    expect((await state()).contexts).toEqual([context]);
    expect(await readFile(own, 'utf8')).toBe(before);
    const pods = await kubectl('get', 'pods', '-o', 'name');
    expect(pods.stdout.toString()).toContain(`pod/${POD}`);
    const status = JSON.parse((await kubereel('proxy', 'status', '--json')).stdout.toString());
    expect(status).toMatchObject({ contexts: [context], isRunning: true, processId: process.pid });
  });

  test('kubectl asks as the policy has it, and not as it says itself', async () => {
    const policyFile = join(app.home, 'policy.yaml');
    const asked = await kubectl('get', 'pods', '-o', 'name', '--as=root');
    expect(asked.stdout.toString()).toContain(`pod/${POD}`);
    await writeFile(policyFile, 'version: 1\nrules: [{ name: all, impersonate: { user: auditor } }]\n');
    // The demo cluster lets nobody be somebody else.
    expect((await kubectl('get', 'pods')).stderr).toMatch(
      /users "auditor" is forbidden: .* cannot impersonate/,
    );
    expect((await kubectl('exec', POD, '--', 'true')).stderr).toContain('users "auditor" is forbidden');
    await writeFile(policyFile, 'version: 1\nrules: nothing\n');
    expect((await kubectl('get', 'pods')).stderr).toContain(
      'nothing is asked of a cluster until the policy is mended',
    );
    await rm(policyFile);
    expect((await kubectl('get', 'pods')).code).toBe(0);
  });

  test('what kubectl opens is listed while it is open, with its client, and is in the library then', async () => {
    const child = spawn(kubectlPath ?? '', ['exec', '-i', POD, '--', 'sh', '-c', SCRIPT], {
      env: { PATH: process.env['PATH'], KUBECONFIG: app.core.proxy.kubeconfigPath, HOME: '/nonexistent' },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    child.stdin.write('go\n');
    await once(child.stdout, 'data');
    const [session] = await until(async () => {
      const open = await page.call('elsewhere.list', {});
      return open.some(({ recording }) => recording.kind === 'recording') && open;
    });
    expect(session).toMatchObject({
      door: 'kubectl',
      context,
      pod: POD,
      kind: 'exec',
      command: ['sh', '-c', SCRIPT],
    });
    expect(session?.client).toMatch(/^kubectl/);
    child.stdin.end();
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
    await until(async () => (await page.call('elsewhere.list', {})).length === 0);
    const recording = await until(async () =>
      (await page.call('library.list', {})).find(({ pod, state: kind }) => pod === POD && kind === 'closed'),
    );
    expect(recording).toMatchObject({ context, exitCode: 0 });
  });

  test('a page ends what another program has open; its client is told, and fails', async () => {
    const child = spawn(kubectlPath ?? '', ['exec', '-i', POD, '--', 'sh', '-c', SCRIPT], {
      env: { PATH: process.env['PATH'], KUBECONFIG: app.core.proxy.kubeconfigPath, HOME: '/nonexistent' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const closed = once(child, 'close');
    let words = '';
    child.stderr.on('data', (bytes: Buffer) => {
      words += bytes.toString();
    });
    child.stdin.write('go\n');
    await once(child.stdout, 'data');
    const [session] = await until(async () => {
      const open = await page.call('elsewhere.list', {});
      return open.length > 0 && open;
    });
    await page.call('elsewhere.end', { sessionId: session?.sessionId ?? '' });
    const [code] = await closed;
    expect(code).toBe(1);
    expect(words).toContain('ended in Kubereel');
  });

  test('a second process says who runs it, and leaves it to run when it ends', async () => {
    const other = await startTestCore({ KUBEREEL_HOME: app.home, KUBECONFIG: own });
    const second = other.connect();
    const run = async () => (await second.call('proxy.state', {})).run;
    await until(async () => (await run()).kind === 'elsewhere');
    // One machine's processes: here both are this one.
    expect(await run()).toMatchObject({ kind: 'elsewhere', processId: process.pid });
    await other.end();
    expect((await state()).run.kind).toBe('running');
  });

  test('`proxy run` takes over from an app, and an app from it', async () => {
    const alone = startAlone();
    await alone.says('runs the proxy already');
    await page.call('proxy.disable', { contexts: [context] });
    await alone.says('No context is enabled');
    await kubereel('proxy', 'enable');
    // Whoever was first has it; the other one says so.
    await until(async () => ['running', 'elsewhere'].includes((await state()).run.kind));
    expect((await kubectl('get', 'pods', '-o', 'name')).code).toBe(0);
    await alone.end();
    await until(isRun('running'));
    expect((await kubectl('get', 'pods', '-o', 'name')).code).toBe(0);
  });

  /** `kubereel proxy run`, as a process of its own. */
  function startAlone() {
    const child: ChildProcess = spawn(process.execPath, [CLI, 'proxy', 'run'], {
      env: { PATH: process.env['PATH'], HOME: folder, KUBEREEL_HOME: app.home, KUBECONFIG: own },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const closed = once(child, 'close');
    let words = '';
    child.stderr?.on('data', (bytes: Buffer) => {
      words += bytes.toString();
    });
    return {
      says: (part: string) => until(() => words.includes(part)),
      async end() {
        child.kill('SIGINT');
        await closed;
      },
    };
  }

  test('a secret of a context that was disabled lets nobody in any more', async () => {
    const old = join(app.home, 'old-kubeconfig');
    await copyFile(app.core.proxy.kubeconfigPath, old);
    await page.call('proxy.disable', { contexts: [context] });
    await page.call('proxy.enable', { contexts: [context] });
    await until(isRun('running'));
    const refused = await runKubectl(old, ['get', 'pods']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('does not know this secret');
    expect((await kubectl('get', 'pods')).code).toBe(0);
  });

  test('what is enabled and gone from the kubeconfig is told to who asks for it', async () => {
    await app.core.proxy.disable();
    const other = await startTestCore({ KUBECONFIG: join(app.home, 'gone') });
    const asked = other.connect();
    await copyFile(own, join(app.home, 'gone'));
    await other.core.contexts.reload();
    await asked.call('proxy.enable', { contexts: [context] });
    await until(async () => (await asked.call('proxy.state', {})).run.kind === 'running');
    await rm(join(app.home, 'gone'), { force: true });
    await other.core.contexts.reload();
    const answer = await runKubectl(other.core.proxy.kubeconfigPath, ['get', 'pods']);
    expect(answer.code).toBe(1);
    expect(answer.stderr).toContain(`context was not found for specified context: ${context}`);
    await other.end();
  });

  test('an app that ends for a mistake of its own says so in what kubectl had open', async () => {
    const other = await startTestCore({ KUBECONFIG: own });
    const { core } = other;
    const asked = other.connect();
    await asked.call('proxy.enable', { contexts: [context] });
    await until(async () => (await asked.call('proxy.state', {})).run.kind === 'running');
    const child = spawn(kubectlPath ?? '', ['exec', '-i', POD, '--', 'sh', '-c', SCRIPT], {
      env: { PATH: process.env['PATH'], KUBECONFIG: core.proxy.kubeconfigPath, HOME: '/nonexistent' },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const closed = once(child, 'close');
    child.stdin.write('go\n');
    await once(child.stdout, 'data');
    const [session] = core.elsewhere.list();
    const { recordingId = '' } = session?.recording.kind === 'recording' ? session.recording : {};
    await core.end(new AppError('internal', 'a mistake of ours'));
    expect((await closed)[0]).toBe(1);
    const sidecar = parseSidecar(await readFile(join(core.paths.recordings, `${recordingId}.json`), 'utf8'));
    expect(sidecar.state).toMatchObject({
      kind: 'closed',
      end: { kind: 'failed', note: 'a mistake of ours' },
    });
    await other.end();
  });

  test('what cannot be enabled or disabled is told', async () => {
    const unknown = await kubereel('proxy', 'enable', '--context', 'nowhere');
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('nowhere')]);
    const notEnabled = await kubereel('proxy', 'disable', '--context', 'nowhere');
    expect([notEnabled.code, notEnabled.stderr]).toEqual([1, expect.stringContaining('is not enabled')]);
    await expect(page.call('proxy.enable', { contexts: ['nowhere'] })).rejects.toMatchObject({
      code: 'context-unknown',
    });
    const off = await kubereel('proxy', 'disable');
    expect(off.code).toBe(0);
    expect(off.stderr).toContain('Nothing leads through Kubereel any more');
  });
});
