/** The same commands through kubectl and through `kubereel exec`, against the same server. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { kubectlEnvironment, kubectlPath, repeatDiscarded, runKubectl } from '../fakes/demo-kubectl.ts';
import { kubeconfigFor } from '../fakes/doctor-report.ts';
import { type ExecCluster, type HeardExec, startExecCluster } from '../fakes/exec-cluster.ts';
import { createPod, type PodChanges } from '../fakes/kube-pods.ts';
import { CLI, runKubereel } from '../fakes/kubereel-cli.ts';

const named = (...names: string[]) => names.map((name) => ({ name, image: `${name}:1` }));
const SEVERAL: PodChanges = {
  spec: { containers: named('app', 'log'), initContainers: named('setup') },
};
const annotated = (container: string): PodChanges => ({
  ...SEVERAL,
  metadata: { annotations: { 'kubectl.kubernetes.io/default-container': container } },
});

const SHOP_APPS = '/apis/apps/v1/namespaces/shop';

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly execs: readonly HeardExec[];
}

describe.skipIf(!kubectlPath)('beside kubectl', () => {
  let cluster: ExecCluster;
  let folder: string;
  let kubeconfigPath: string;

  beforeAll(async () => {
    cluster = await startExecCluster({
      pods: {
        web: {},
        several: SEVERAL,
        annotated: annotated('log'),
        done: { status: { phase: 'Succeeded' } },
        forbidden: {},
        beside: { spec: { containers: named('app'), initContainers: named('setup') } },
        'front-b': {},
      },
      objects: {
        [`${SHOP_APPS}/deployments/front`]: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'front', namespace: 'shop' },
          spec: { selector: { matchLabels: { app: 'front' } }, template: {} },
        },
        '/api/v1/namespaces/shop/pods': {
          apiVersion: 'v1',
          kind: 'PodList',
          metadata: { resourceVersion: '1' },
          items: [
            createPod('front-a', { status: { phase: 'Pending', conditions: [], containerStatuses: [] } }),
            createPod('front-b'),
          ],
        },
      },
    });
    folder = await mkdtemp(join(tmpdir(), 'kubereel-exec-'));
    kubeconfigPath = join(folder, 'config');
    await writeFile(kubeconfigPath, JSON.stringify(kubeconfigFor({ server: cluster.address }, {})));
  });
  beforeEach(() => cluster.forget());
  afterAll(async () => {
    await cluster?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function both(args: readonly string[], input?: Uint8Array): Promise<readonly [Outcome, Outcome]> {
    const run = async (
      program: () => Promise<{ code: number | null; stdout: Buffer; stderr: string }>,
    ): Promise<Outcome> => {
      const { code, stdout, stderr } = await repeatDiscarded(() => {
        cluster.forget();
        return program();
      });
      return { code, stdout: stdout.toString('latin1'), stderr, execs: [...cluster.execs] };
    };
    const stdin = input ? { input } : {};
    const all = ['exec', ...args];
    return [
      await run(() => runKubectl(kubeconfigPath, all, { ...stdin, environment: { HOME: folder } })),
      await run(() => runKubereel(kubeconfigPath, all, {}, undefined, input)),
    ];
  }

  /** What matters of a request; in any order. */
  const askedOf = ({ execs }: Outcome): unknown =>
    execs.map(({ url, headers }) => ({
      path: url.pathname,
      query: [...url.searchParams].map(String).sort(),
      command: url.searchParams.getAll('command'),
      extensions: headers['sec-websocket-extensions'],
    }));

  /** kubectl's own words, without what its libraries log. */
  const wordsOf = ({ stderr }: Outcome): string =>
    stderr
      .split('\n')
      .filter((line) => !/^[EWI]\d{4} /.test(line))
      .join('\n');

  test.each<[string, readonly string[]]>([
    ['rc-exit-codes: 0', ['web', '--', 'exit', '0']],
    ['rc-exit-codes: 1', ['web', '--', 'exit', '1']],
    ['rc-exit-codes: 3', ['web', '--', 'exit', '3']],
    ['rc-exit-codes: 137', ['web', '--', 'exit', '137']],
    ['rc-exit-codes: 255', ['web', '--', 'exit', '255']],
    ['rc-unknown-frames: channels 9 and 255, an empty frame', ['web', '--', 'noise']],
    [
      'rc-query: arguments as they are',
      ['web', '--', 'exit', '0', 'a b', 'x=1&tty=false', 'größe ☃', 'two\nlines', '', '-t', '%41'],
    ],
    ['rc-query: stdin without a terminal', ['-it', 'web', '--', 'exit', '0']],
    ['rc-query: a terminal without stdin is none', ['-t', 'web', '--', 'exit', '0']],
    ['rc-query: pod/NAME', ['pod/web', '--', 'exit', '0']],
    ['rc-query: nothing said about the terminal', ['-q', '-it', 'web', '--', 'exit', '3']],
    ['db-default-container: the first of several', ['several', '--', 'exit', '0']],
    ['db-default-container: in silence', ['-q', 'several', '--', 'exit', '0']],
    ['db-default-container: beside init containers', ['beside', '--', 'exit', '0']],
    ['db-default-container: the annotation', ['annotated', '--', 'exit', '0']],
    ['db-default-container: -c init', ['several', '-c', 'setup', '--', 'exit', '0']],
    ['the most alive pod of a deployment', ['deploy/front', '--', 'exit', '0']],
    ['the same, in full', ['deployments.apps/front', '--', 'exit', '0']],
  ])('%s: the same request, output, words and exit code', async (_case, args) => {
    const [theirs, ours] = await both(args);
    expect(theirs.execs).toHaveLength(1);
    expect(askedOf(ours)).toEqual(askedOf(theirs));
    expect({ code: ours.code, stdout: ours.stdout }).toEqual({ code: theirs.code, stdout: theirs.stdout });
    expect(wordsOf(ours)).toBe(wordsOf(theirs));
  });

  const INTERNAL = { status: 'Failure', message: 'Internal error occurred: boom', reason: 'InternalError' };
  test.each<[string, readonly string[], RegExp]>([
    ['rc-exit-codes: InternalError', ['web', '--', 'status', JSON.stringify(INTERNAL)], /boom/],
    [
      'rc-exit-codes: a malformed status',
      ['web', '--', 'status', '{"status":"Failure","reason":"NonZeroExitCode"}'],
      /./,
    ],
    ['rc-exit-codes: plain text', ['web', '--', 'status', 'plain text'], /plain text/],
    ['rc-close-kinds: 1001', ['web', '--', 'close', '1001'], /going away/],
    ['rc-close-kinds: 1011', ['web', '--', 'close', '1011'], /1011/],
    ['a pod that is completed', ['done', '--', 'exit', '0'], /current phase is Succeeded/],
    ['a pod that is not there', ['absent', '--', 'exit', '0'], /pods "absent" not found/],
    ['a role that is missing', ['forbidden', '--', 'exit', '0'], /cannot get resource "pods\/exec"/],
    ['a command that is missing', ['web'], /you must specify at least one command for the container/],
    ['a deployment that is not there', ['deploy/absent', '--', 'exit', '0'], /not found/],
  ])('%s: the same failure', async (_case, args, words) => {
    const [theirs, ours] = await both(args);
    expect(askedOf(ours)).toEqual(askedOf(theirs));
    expect({ code: ours.code, stdout: ours.stdout }).toEqual({ code: 1, stdout: theirs.stdout });
    expect(theirs.code).toBe(1);
    expect(wordsOf(theirs)).toMatch(words);
    expect(ours.stderr).toMatch(words);
  });

  test('rc-resize: in a terminal both ask for one, tell its size and take each key as it comes', async () => {
    const args = ['exec', '-it', 'web', '--', 'screen'];
    const run = async (program: string, all: readonly string[]) => {
      cluster.forget();
      const environment = { ...kubectlEnvironment(kubeconfigPath), HOME: folder, KUBEREEL_HOME: folder };
      const terminal = spawn(program, [...all], { env: environment, cols: 132, rows: 43 });
      let screen = '';
      let hasTyped = false;
      terminal.onData((text) => {
        screen += text;
        if (hasTyped || !screen.includes('told')) return;
        hasTyped = true;
        // Without the Enter that a terminal of lines would wait for.
        terminal.write('k');
      });
      const { exitCode } = await new Promise<{ exitCode: number }>((resolve) => terminal.onExit(resolve));
      const [exec] = cluster.execs;
      const query = [...(exec?.url.searchParams ?? [])].map(String).sort();
      return { exitCode, query, sizes: exec?.sizes, screen: screen.split('\r\n') };
    };
    const theirs = await run(kubectlPath ?? '', args);
    const ours = await run(process.execPath, [CLI, ...args]);
    expect(ours).toEqual(theirs);
    expect(theirs).toMatchObject({ exitCode: 7, sizes: ['{"Width":132,"Height":43}\n'] });
    expect(theirs.query).toContain('tty,true');
    expect(theirs.query).not.toContain('stderr,true');
  });

  test('rc-close-kinds: a reset in the middle of a frame fails both; kubectl prints the half frame', async () => {
    const [theirs, ours] = await both(['web', '--', 'reset']);
    expect([theirs.code, ours.code]).toEqual([1, 1]);
    expect(theirs.stdout.startsWith(ours.stdout)).toBe(true);
    expect(ours.stdout).toBe('before\n');
  });

  test('rc-close-kinds: 1000 without a status is success to kubectl, and unknown to us', async () => {
    const [theirs, ours] = await both(['web', '--', 'close', '1000']);
    expect(theirs).toMatchObject({ code: 0, stdout: 'before\n' });
    expect(ours).toMatchObject({
      code: 1,
      stdout: 'before\n',
      stderr: expect.stringContaining('without saying how the command ended'),
    });
  });

  test('rc-stdin-eof-v5: 3 MB through `cat` come back, in the same messages', async () => {
    const input = randomBytes(3_000_000);
    const [theirs, ours] = await both(['-i', 'web', '--', 'cat'], input);
    for (const { code, stdout, stderr, execs } of [theirs, ours]) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout === input.toString('latin1')).toBe(true);
      const messages = execs[0]?.messages ?? [];
      expect(Math.max(...messages.map(({ bytes }) => bytes))).toBe(32_769);
      expect(messages.filter(({ channel }) => channel === 255)).toEqual([{ channel: 255, bytes: 2 }]);
      expect(messages.at(-1)?.channel).toBe(255);
    }
    expect(askedOf(ours)).toEqual(askedOf(theirs));
  });
});

describe.skipIf(!kubectlPath)('beside kubectl, at a server that knows no v5', () => {
  test('rc-negotiate: kubectl turns to SPDY and is refused; we speak v4', async () => {
    const cluster = await startExecCluster({ pods: { web: {} }, protocols: ['v4.channel.k8s.io'] });
    const folder = await mkdtemp(join(tmpdir(), 'kubereel-exec-'));
    const kubeconfigPath = join(folder, 'config');
    await writeFile(kubeconfigPath, JSON.stringify(kubeconfigFor({ server: cluster.address }, {})));
    const args = ['exec', 'web', '--', 'exit', '3'];
    const theirs = await runKubectl(kubeconfigPath, args, { environment: { HOME: folder } });
    const ours = await runKubereel(kubeconfigPath, args);
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
    expect(theirs.code).toBe(1);
    expect({ code: ours.code, stdout: ours.stdout.toString() }).toEqual({ code: 3, stdout: 'out\n' });
  });
});
