// covers: main/commands/recorded-relay.ts
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn as spawnPty } from '@lydell/node-pty';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseDebugTarget } from '../../../main/commands/debug.ts';
import type { DemoCluster } from '../../../main/demo/demo-cluster.ts';
import { askDemo, readAccess } from '../../fakes/demo-client.ts';
import { DEMO_PODS, startTestDemo } from '../../fakes/demo-start.ts';
import { CLI } from '../../fakes/kubereel-cli.ts';
import { runHere } from '../../fakes/kubereel-here.ts';
import { eventually, until } from '../../fakes/until.ts';

const NO_SHELL = DEMO_PODS.payments;
const IMAGE = '--image=busybox:1.37';

describe('a target', () => {
  test.each([
    ['web-0', undefined, { kind: 'pod', pod: 'web-0' }],
    ['pod/web-0', 'app', { kind: 'pod', pod: 'web-0', container: 'app' }],
    ['node/node-a', undefined, { kind: 'node', node: 'node-a' }],
    ['nodes/ip-10-0-0-1.ec2.internal', undefined, { kind: 'node', node: 'ip-10-0-0-1.ec2.internal' }],
  ])('%s with -c %s', (text, container, expected) => {
    expect(parseDebugTarget(text, container)).toEqual(expected);
  });

  test('a node has no container', () => {
    expect(() => parseDebugTarget('node/node-a', 'app')).toThrow('a node has no container to look at');
  });
});

describe('as a process, against the demo cluster', () => {
  let demo: DemoCluster;
  let home: string;
  beforeAll(async () => {
    demo = await startTestDemo();
    home = await mkdtemp(join(tmpdir(), 'kubereel-debug-'));
  });
  afterAll(async () => {
    await demo.stop();
    await rm(home, { recursive: true, force: true });
  });

  function environment(): Record<string, string> {
    return { ...process.env, KUBECONFIG: demo.kubeconfigPath, KUBEREEL_HOME: home } as Record<string, string>;
  }

  async function run(args: readonly string[], input = '') {
    const child = spawn(process.execPath, [CLI, ...args], { env: environment() });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (bytes: Buffer) => {
        output[name] += bytes.toString();
      });
    }
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return { exitCode, ...output };
  }

  /** What the cluster itself says of its pods. */
  async function listPods(): Promise<string> {
    return (await askDemo(await readAccess(demo), '/api/v1/namespaces/shop/pods')).text;
  }

  async function latestRecording(): Promise<unknown> {
    const { stdout } = await runHere(home, ['sessions', '--json']);
    return (JSON.parse(stdout.toString()) as unknown[])[0];
  }

  function runInTerminal(args: readonly string[]) {
    const pty = spawnPty(process.execPath, [CLI, ...args], { cols: 91, rows: 33, env: environment() });
    let screen = '';
    pty.onData((text) => {
      screen += text;
    });
    const ended = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)));
    const seen = (text: string): Promise<unknown> => until(() => screen.includes(text));
    return { pty, ended, seen };
  }

  test('a pod without a shell is worked in by pipe, with the container’s exit code, on the record', async () => {
    const { stdout, stderr, exitCode } = await run(
      ['debug', NO_SHELL, IMAGE],
      'echo "in $HOSTNAME"; exit 3\n',
    );
    expect({ stdout, exitCode }).toEqual({ stdout: `in ${NO_SHELL}\n`, exitCode: 3 });
    // What it waits for is told where it has to wait: the demo's containers start within half a second.
    expect(stderr).toMatch(
      /^container debugger-\w{5} is added, with busybox:1\.37\n(?:ContainerCreating\n)?command terminated with exit code 3\n$/,
    );
    expect(await latestRecording()).toMatchObject({
      pod: NO_SHELL,
      container: expect.stringMatching(/^debugger-/),
      image: 'busybox:1.37',
      command: [],
      exitCode: 3,
    });
  });

  test('in a terminal it has its size and its keys', async () => {
    const { pty, ended, seen } = runInTerminal([
      'debug',
      NO_SHELL,
      IMAGE,
      '--profile',
      'baseline',
      '--',
      'sh',
    ]);
    await seen('$ ');
    pty.write('stty size\r');
    await seen('33 91');
    pty.write('exit 9\r');
    expect(await ended).toBe(9);
  });

  test('a node’s shell is opened after a yes, and its pod and its entry are gone after it', async () => {
    const { pty, ended, seen } = runInTerminal(['debug', 'node/node-b', IMAGE]);
    await seen('Open a shell as root on node node-b of context kubereel-demo? [y/N]');
    pty.write('y\r');
    await seen('node-debugger-node-b-');
    pty.write('echo "$((20 + 3)) rows"\r');
    await seen('23 rows');
    pty.write('exit 4\r');
    expect(await ended).toBe(4);
    expect(await latestRecording()).toMatchObject({
      pod: expect.stringMatching(/^node-debugger-node-b-/),
      image: 'busybox:1.37',
      node: 'node-b',
      exitCode: 4,
    });
    await eventually(async () => expect(await listPods()).not.toContain('node-debugger'));
    expect(await readdir(join(home, 'node-shells'))).toEqual([]);
  });

  test('db-node-shell: what a killed command has left on a node is gone after the next use of the context', async () => {
    const { pty, ended, seen } = runInTerminal(['debug', 'node/node-b', IMAGE, '--yes']);
    await seen('node-debugger-node-b-');
    pty.write('echo "$((20 + 3)) rows"\r');
    await seen('23 rows');
    pty.kill('SIGKILL');
    await ended;
    expect(await readdir(join(home, 'node-shells'))).toHaveLength(1);
    // A command that is over before the pod is gone leaves the rest to the next one.
    await eventually(async () => {
      expect((await run(['pods', '--json'])).stdout).not.toContain('node-debugger');
      expect(await readdir(join(home, 'node-shells'))).toEqual([]);
    });
  });

  test('a request to end deletes the node’s pod first', async () => {
    const { pty, ended, seen } = runInTerminal(['debug', 'node/node-b', IMAGE, '--yes']);
    await seen('node-debugger-node-b-');
    pty.write('echo "$((20 + 3)) rows"\r');
    await seen('23 rows');
    pty.kill('SIGTERM');
    await ended;
    expect(await readdir(join(home, 'node-shells'))).toEqual([]);
    await eventually(async () => expect(await listPods()).not.toContain('node-debugger'));
  });

  test('anything but a yes opens nothing', async () => {
    const { pty, ended, seen } = runInTerminal(['debug', 'node/node-b', IMAGE]);
    await seen('[y/N]');
    pty.write('\r');
    await seen('no shell was opened');
    expect(await ended).toBe(1);
  });

  test('where nobody can be asked, --yes is needed and enough', async () => {
    const refused = await run(['debug', 'node/node-b', IMAGE]);
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Give --yes') });
    const { stdout, exitCode } = await run(['debug', 'node/node-b', IMAGE, '--yes', '--', 'echo', 'on it']);
    expect({ stdout, exitCode }).toEqual({ stdout: 'on it\n', exitCode: 0 });
  });

  test('an unknown profile and a missing image are refused before anything is asked', async () => {
    expect((await run(['debug', NO_SHELL, IMAGE, '--profile', 'legacy'])).stderr).toContain(
      'general, baseline',
    );
    expect((await run(['debug', NO_SHELL])).stderr).toContain("required option '--image <image>'");
  });
});
