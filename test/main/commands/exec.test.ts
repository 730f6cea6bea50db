import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { VERSION } from '../../../main/version.ts';
import type { RecordingInfo } from '../../../preload/contract.ts';
import { kubeconfigFor } from '../../fakes/doctor-report.ts';
import { type ExecCluster, startExecCluster } from '../../fakes/exec-cluster.ts';
import { createPod } from '../../fakes/kube-pods.ts';
import { BARE_ENVIRONMENT, CLI, type KubereelResult, runKubereel } from '../../fakes/kubereel-cli.ts';
import { runHere } from '../../fakes/kubereel-here.ts';
import { createPodList } from '../../fakes/pods-api.ts';
import { until } from '../../fakes/until.ts';

let cluster: ExecCluster;
let folder: string;

beforeAll(async () => {
  const containers = ['app', 'log'].map((name) => ({ name, image: 'i' }));
  cluster = await startExecCluster({
    pods: { 'web-1': { spec: { containers } } },
    objects: {
      '/apis/apps/v1/namespaces/shop/deployments/web': {
        spec: { selector: { matchLabels: { app: 'web' } } },
      },
      '/apis/apps/v1/namespaces/shop/deployments/idle': {
        spec: { selector: { matchLabels: { app: 'no' } } },
      },
      '/apis/authentication.k8s.io/v1/selfsubjectreviews': { status: { userInfo: { username: 'ada' } } },
      '/api/v1/namespaces/shop/pods?labelSelector=app%3Dweb': createPodList([createPod('web-1')]),
      '/api/v1/namespaces/shop/pods?labelSelector=app%3Dno': createPodList([]),
    },
  });
  folder = await mkdtemp(join(tmpdir(), 'kubereel-exec-'));
  await writeFile(join(folder, 'config'), JSON.stringify(kubeconfigFor({ server: cluster.address }, {})));
});
afterAll(async () => {
  await cluster?.close();
  await rm(folder, { recursive: true, force: true });
});

function exec(...args: string[]): Promise<KubereelResult> {
  return runKubereel(join(folder, 'config'), ['exec', ...args]);
}

test('what has pods stands for one of them, and the choice of a container is told', async () => {
  const { code, stdout, stderr } = await exec('deploy/web', '--', 'exit', '3');
  expect({ code, stdout: stdout.toString(), stderr }).toEqual({
    code: 3,
    stdout: 'out\n',
    stderr: 'Defaulted container "app" out of: app, log\nerr\ncommand terminated with exit code 3\n',
  });
  expect(cluster.execs.at(-1)?.url.pathname).toBe('/api/v1/namespaces/shop/pods/web-1/exec');
});

test('-q tells none of it, and -t alone is no terminal', async () => {
  const { code, stderr } = await exec('-q', '-t', 'pod/web-1', '--', 'exit', '0');
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'err\n' });
  expect(cluster.execs.at(-1)?.url.searchParams.has('tty')).toBe(false);
});

test('a pod that does not appear in time is an error, and so is what has no pods', async () => {
  const late = await exec('--pod-running-timeout', '1s', 'deploy/idle', '--', 'ls');
  expect(late.code).toBe(1);
  expect(late.stderr).toContain('no pod of deploy/idle appeared within 1 s');
  const none = await exec('configmap/web', '--', 'ls');
  expect(none.code).toBe(1);
  expect(none.stderr).toContain('configmap/web stands for no pod');
});

test('a connection that closes without an exit status is no success', async () => {
  const { code, stdout, stderr } = await exec('-q', 'web-1', '--', 'close', '1000');
  expect({ code, stdout: stdout.toString() }).toEqual({ code: 1, stdout: 'before\n' });
  expect(stderr).toContain('without saying how the command ended');
});

test.each([[[]], [['-c', 'app']]])(
  'its record says who and where it was, also where the pod did not have to be asked: %j',
  async (flags) => {
    const home = await mkdtemp(join(folder, 'home-'));
    const list = async (): Promise<RecordingInfo[]> =>
      JSON.parse((await runHere(home, ['sessions', '--json'])).stdout.toString());
    const reason = ['--reason', 'INC-7,\nwith\x1b[31m password=hunter2hunter2'];
    const child = spawn(process.execPath, [CLI, 'exec', '-i', ...flags, ...reason, 'web-1', '--', 'cat'], {
      env: { ...BARE_ENVIRONMENT, KUBEREEL_HOME: home, KUBECONFIG: join(folder, 'config') },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const closed = once(child, 'close');
    // The end of a command does not wait for long for what the cluster says of it.
    await until(async () => (await list())[0]?.user);
    child.stdin.end();
    expect(await closed).toEqual([0, null]);
    expect(await list()).toEqual([
      expect.objectContaining({
        pod: 'web-1',
        container: 'app',
        podUid: 'uid-web-1',
        node: 'node-1',
        image: 'i',
        user: 'ada',
        cluster: expect.objectContaining({ server: cluster.address }),
        hasTty: false,
        appVersion: VERSION,
        reason: `INC-7, with [31m password=${'•'.repeat(14)}`,
      }),
    ]);
  },
);
