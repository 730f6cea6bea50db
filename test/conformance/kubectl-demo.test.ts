import { randomBytes } from 'node:crypto';
import { spawn } from '@lydell/node-pty';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DemoCluster } from '../../main/demo/demo-cluster.ts';
import {
  kubectlEnvironment,
  kubectlPath,
  repeatDiscarded,
  runKubectl,
  untilPrompt,
} from '../fakes/demo-kubectl.ts';
import { startTestDemo } from '../fakes/demo-start.ts';

const WEB = 'web-5d9c7b6f4-x2kqp';

describe.skipIf(!kubectlPath)('kubectl against the demo cluster', () => {
  let demo: DemoCluster;
  beforeAll(async () => {
    demo = await startTestDemo();
  });
  afterAll(() => demo.stop());

  const kubectl = (...args: string[]): ReturnType<typeof runKubectl> =>
    repeatDiscarded(() => runKubectl(demo.kubeconfigPath, args));

  test('lists the pods of all namespaces with the columns of a real server', async () => {
    const { code, stdout, stderr } = await kubectl('get', 'pods', '-A');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.toString().trimEnd().split('\n');
    expect(lines[0]).toMatch(/^NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE$/);
    expect(lines).toHaveLength(9);
    expect(lines.find((line) => line.includes('postgres-0'))).toMatch(
      /^data +postgres-0 +2\/2 +Running +0 +41d$/,
    );
    expect(lines.find((line) => line.includes('catalog-import'))).toMatch(/ 0\/1 +Completed +0 +7h12m$/);
  });

  test('reads the pods as objects', async () => {
    const { stdout } = await kubectl('get', 'pods', '-l', 'app=checkout', '-o', 'json');
    const list = JSON.parse(stdout.toString()) as { items: { spec: { containers: { name: string }[] } }[] };
    expect(list.items.map((pod) => pod.spec.containers.map(({ name }) => name))).toEqual([
      ['istio-proxy', 'checkout'],
    ]);
  });

  test('db-ephemeral: adds a debug container to a pod without a shell and works in it', async () => {
    const pod = 'payments-6b8f5d7c9-h7w2d';
    const flags = ['--image=busybox:1.37', '--target=payments', '--profile=general'];
    const shell = spawn(kubectlPath ?? '', ['debug', '-it', pod, ...flags], {
      env: kubectlEnvironment(demo.kubeconfigPath),
    });
    let screen = '';
    shell.onData((text) => {
      screen += text;
    });
    const exited = new Promise<number>((resolve) => shell.onExit(({ exitCode }) => resolve(exitCode)));
    const press = (key: string): void => shell.write(key);
    await untilPrompt(press, () => screen.includes(`${pod}$ `));
    shell.write('echo "$((20 + 3)) times"\r');
    await expect.poll(() => screen).toContain('23 times');
    shell.write('exit 6\r');
    // An attach has no exit code; the container has.
    expect(await exited).toBe(0);
    const { stdout } = await kubectl('get', 'pod', pod, '-o', 'json');
    const { spec, status } = JSON.parse(stdout.toString()) as Record<'spec' | 'status', object>;
    expect(spec).toMatchObject({ ephemeralContainers: [{ targetContainerName: 'payments', tty: true }] });
    expect(status).toMatchObject({
      ephemeralContainerStatuses: [{ state: { terminated: { exitCode: 6 } } }],
    });
    expect(
      (await kubectl('debug', pod, '--image=x', '--target=nosuch', '--profile=general')).stderr,
    ).toContain('targetContainerName: Not found: "nosuch"');
  });

  test('sees a pod go away in a watch', async () => {
    const doomed = 'nightly-recommendation-model-retraining-orchestrator-6c8f7d9b54-q7w2e';
    const watch = spawn(kubectlPath ?? '', ['get', 'pods', '-n', 'data', '-w', '--output-watch-events'], {
      env: kubectlEnvironment(demo.kubeconfigPath),
      cols: 200,
    });
    let screen = '';
    watch.onData((text) => {
      screen += text;
    });
    await expect.poll(() => screen).toContain('postgres-0');
    const { code, stdout } = await kubectl('delete', 'pod', doomed, '-n', 'data');
    expect({ code, words: stdout.toString() }).toEqual({ code: 0, words: `pod "${doomed}" deleted\n` });
    await expect.poll(() => screen).toMatch(new RegExp(`DELETED +${doomed} +1/1 +Terminating`));
    watch.kill();
  });

  test('answers what the user may do, and who the user is', async () => {
    const canI = async (...args: string[]): Promise<string> =>
      (await kubectl('auth', 'can-i', ...args)).stdout.toString().trim();
    expect(await canI('create', 'pods', '--subresource=exec')).toBe('yes');
    expect(await canI('get', 'pods', '--subresource=exec')).toBe('yes');
    expect(await canI('create', 'pods', '--subresource=exec', '-n', 'kube-system')).toBe('no');
    const { stdout } = await kubectl('auth', 'whoami', '-o', 'json');
    expect(JSON.parse(stdout.toString())).toMatchObject({ status: { userInfo: { username: 'demo' } } });
  });

  test.each([0, 3, 137])('reports exit code %i', async (exitCode) => {
    const { code } = await kubectl('exec', WEB, '--', 'sh', '-c', `exit ${exitCode}`);
    expect(code).toBe(exitCode);
  });

  test('a program killed by a signal exits with 128 and its number', async () => {
    const { code, stderr } = await kubectl('exec', WEB, '--', 'sh', '-c', 'kill -9 $$');
    expect(code).toBe(137);
    expect(stderr).toContain('command terminated with exit code 137');
  });

  test('pipes 3 MB both ways unchanged', async () => {
    const input = randomBytes(3_000_000);
    const { code, stdout, stderr } = await runKubectl(demo.kubeconfigPath, ['exec', '-i', WEB, '--', 'cat'], {
      input,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.equals(input)).toBe(true);
  });

  test('keeps standard output and standard error apart', async () => {
    const { stdout, stderr } = await kubectl('exec', WEB, '--', 'sh', '-c', 'echo out; echo err >&2');
    expect({ stdout: stdout.toString(), stderr }).toEqual({ stdout: 'out\n', stderr: 'err\n' });
  });

  test('opens the container that the annotation names', async () => {
    const { stdout } = await kubectl('exec', 'checkout-7f8d9c6b5-m4t9z', '--', 'cat', 'config/checkout.yaml');
    expect(stdout.toString()).toContain('currency: EUR');
  });

  test('an interactive shell has the size of the terminal, follows it and reports its exit code', async () => {
    const shell = spawn(kubectlPath ?? '', ['exec', '-it', WEB, '--', 'sh'], {
      env: kubectlEnvironment(demo.kubeconfigPath),
      cols: 101,
      rows: 31,
    });
    let screen = '';
    shell.onData((text) => {
      screen += text;
    });
    const exited = new Promise<number>((resolve) => shell.onExit(({ exitCode }) => resolve(exitCode)));
    const press = (key: string): void => shell.write(key);
    await untilPrompt(press, () => screen.includes(`${WEB}$ `));
    shell.write('stty size\r');
    await expect.poll(() => screen).toContain('31 101');
    shell.resize(77, 22);
    await expect
      .poll(() => {
        shell.write('stty size\r');
        return screen;
      })
      .toContain('22 77');
    shell.write('exit 5\r');
    expect(await exited).toBe(5);
  });

  test.each([
    [
      'an image without a shell',
      ['payments-6b8f5d7c9-h7w2d', '--', 'sh'],
      'exec: "sh": executable file not found in $PATH',
    ],
    [
      'a program that is not there',
      [WEB, '--', 'nosuch'],
      'exec: "nosuch": executable file not found in $PATH',
    ],
    [
      'a completed pod',
      ['catalog-import-29301120-q8xvl', '--', 'sh'],
      'cannot exec into a container in a completed pod',
    ],
    ['an unknown pod', ['nosuch', '--', 'sh'], 'Error from server (NotFound): pods "nosuch" not found'],
    [
      'an unknown container',
      [WEB, '-c', 'nosuch', '--', 'sh'],
      `container nosuch is not valid for pod ${WEB}`,
    ],
    [
      'a namespace without the right',
      ['coredns-7db6d8ff4d-8xw5h', '-n', 'kube-system', '--', 'sh'],
      'Error from server (Forbidden): pods "coredns-7db6d8ff4d-8xw5h" is forbidden: User "demo" cannot',
    ],
  ])('says what is wrong with %s', async (_case, args, words) => {
    const { code, stderr } = await kubectl('exec', ...args);
    expect(code).toBe(1);
    expect(stderr).toContain(words);
  });
});
