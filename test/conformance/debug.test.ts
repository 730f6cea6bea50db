// covers: main/kube/debug-container.ts
// covers: main/kube/debug-profile.ts
// covers: main/kube/container-log.ts
// covers: main/kube/pod-security.ts
// covers: main/kube/node-shell.ts
// covers: main/kube/node-shell-sweep.ts
// covers: main/exec/debug.ts
// covers: main/exec/node-shell.ts
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLog } from '../../main/base/log.ts';
import { type DebugTarget, type OpenedDebug, openDebugContainer } from '../../main/exec/debug.ts';
import { type NodeTarget, type OpenedNodeShell, openNodeShell } from '../../main/exec/node-shell.ts';
import { DEBUG_PROFILES, type DebugProfile } from '../../main/kube/debug-profile.ts';
import { createNodeShellLedger, type NodeShellLedger } from '../../main/kube/node-shell-ledger.ts';
import { sweepNodePods } from '../../main/kube/node-shell-sweep.ts';
import type { KubeTransport } from '../../main/kube/transport.ts';
import { createStatus } from '../fakes/api-server.ts';
import {
  createHurriedClock,
  createNotFound,
  type DebugApi,
  type DebugApiOptions,
  type Deed,
  frame,
  RUNNING,
  SUCCESS_FRAME,
  startDebugApi,
} from '../fakes/debug-api.ts';
import { kubectlEnvironment, kubectlPath } from '../fakes/demo-kubectl.ts';
import { openTransport } from '../fakes/kube-access.ts';
import { readOutput } from '../fakes/remote-command.ts';
import { eventually } from '../fakes/until.ts';

const { signal } = new AbortController();
const SIZE = { cols: 80, rows: 24 };
const clock = createHurriedClock();
const log = createLog({ level: 'silent' });
const PULLING = { waiting: { reason: 'ContainerCreating' } };
const BACK_OFF = { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "nosuch"' } };

let api: DebugApi | undefined;
let transport: KubeTransport;
let progress: string[];
afterEach(async () => {
  await api?.close();
  api = undefined;
});

async function start(options: DebugApiOptions = {}): Promise<DebugApi> {
  api = await startDebugApi(options);
  transport = openTransport(api.address);
  progress = [];
  return api;
}

const TARGET: DebugTarget = {
  namespace: 'shop',
  pod: 'web',
  container: 'app',
  image: 'busybox:1.37',
  command: [],
  profile: 'general',
  stdin: true,
  tty: true,
};

function debug(target: Partial<DebugTarget> = {}): Promise<OpenedDebug> {
  const onProgress = (words: string): void => void progress.push(words);
  return openDebugContainer({ transport, clock }, { ...TARGET, ...target }, SIZE, { onProgress, signal });
}

function find(deeds: readonly Deed[], method: string): Deed | undefined {
  return deeds.find(({ what }) => what.startsWith(method));
}

interface PatchBody {
  readonly spec: { readonly ephemeralContainers: readonly { readonly name: string }[] };
}

/** The entry of a patch, without what is random in it. */
function entryOf(deeds: readonly Deed[]): object | undefined {
  const [entry] = (find(deeds, 'PATCH')?.body as PatchBody | undefined)?.spec.ephemeralContainers ?? [];
  return (
    entry && {
      ...entry,
      name: entry.name.replace(/^debugger-[bcdfghjklmnpqrstvwxz2456789]{5}$/, 'debugger-?'),
    }
  );
}

describe('db-ephemeral', () => {
  test('db-ephemeral: the patch goes to its own subresource as a strategic merge', async () => {
    const { deeds } = await start();
    const { container } = await debug();
    const patch = find(deeds, 'PATCH');
    expect(patch?.what).toBe('PATCH /api/v1/namespaces/shop/pods/web/ephemeralcontainers');
    expect(patch?.contentType).toBe('application/strategic-merge-patch+json');
    expect(container).toMatch(/^debugger-[a-z2-9]{5}$/);
    expect(entryOf(deeds)).toEqual({
      name: 'debugger-?',
      image: 'busybox:1.37',
      resources: {},
      securityContext: { capabilities: { add: ['SYS_PTRACE'] } },
      stdin: true,
      tty: true,
      targetContainerName: 'app',
      terminationMessagePolicy: 'File',
    });
  });

  test.skipIf(!kubectlPath).each(DEBUG_PROFILES)(
    'db-ephemeral: profile %s asks for what kubectl asks for',
    async (profile) => {
      const ours = await start();
      await debug({ profile, command: ['sh', '-c', 'echo "a b"'], tty: false });
      const expected = entryOf(ours.deeds);
      await ours.close();
      const theirs = await start();
      await runKubectlDebug(theirs.address, profile);
      expect(expected).toBeDefined();
      expect(entryOf(theirs.deeds)).toEqual(expected);
    },
  );

  test('db-ephemeral: what the kubelet waits for is told once each time, and then it is attached to', async () => {
    const { deeds } = await start({ states: [PULLING, PULLING, BACK_OFF, BACK_OFF, PULLING, RUNNING] });
    const { stream, container, target } = await debug();
    expect(progress.slice(1)).toEqual([
      'ContainerCreating',
      'Back-off pulling image "nosuch"',
      'ContainerCreating',
    ]);
    expect(await readOutput(stream)).toBe('hello');
    expect(target).toBe('app');
    const attach = deeds.find(({ what }) => what === 'GET /api/v1/namespaces/shop/pods/web/attach');
    expect(Object.fromEntries(attach?.query ?? [])).toEqual({
      container,
      stdin: 'true',
      stdout: 'true',
      tty: 'true',
    });
  });

  test('db-ephemeral: the exit code is the container’s, which an attach does not tell', async () => {
    const terminated = { terminated: { exitCode: 7, reason: 'Error' } };
    await start({ states: [RUNNING, RUNNING, terminated] });
    const { stream } = await debug();
    expect(await readOutput(stream)).toBe('hello');
    expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 7 });
  });

  test('db-ephemeral: closing ends what runs in the container', async () => {
    const heard: string[] = [];
    await start({
      serve(socket) {
        socket.on('message', (data: Buffer) => {
          heard.push(data.toString('latin1'));
          if (data[0] !== 0) return;
          socket.send(SUCCESS_FRAME);
          socket.close(1000);
        });
      },
    });
    const { stream } = await debug();
    await stream.close();
    expect(heard).toContain('\0\u0004');
  });

  test('db-ephemeral: one that has ended before it could be attached to gives its log and its exit code', async () => {
    const { deeds } = await start({
      states: [{ terminated: { exitCode: 3, reason: 'Error' } }],
      log: 'usage: curl URL\n',
    });
    const { stream } = await debug({ image: 'curlimages/curl' });
    expect(await readOutput(stream)).toBe('usage: curl URL\n');
    expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 3 });
    expect(deeds.some(({ what }) => what.endsWith('/attach'))).toBe(false);
  });

  test('db-ephemeral: an attach that is refused falls back to the log of a container that has ended', async () => {
    await start({
      states: [RUNNING, { terminated: { exitCode: 0, reason: 'Completed' } }],
      upgradeRefusal: {
        status: 400,
        body: createStatus(400, 'BadRequest', 'container debugger-x not found'),
      },
      log: 'total 0\n',
    });
    const { stream } = await debug({ command: ['ls', '-l'], tty: false });
    expect(await readOutput(stream)).toBe('total 0\n');
    expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 0 });
  });

  test('db-ephemeral: a program that is not in the image is told as that', async () => {
    const message = 'exec: "nosuch": executable file not found in $PATH';
    await start({ states: [{ terminated: { exitCode: 128, reason: 'StartError', message } }] });
    const { stream } = await debug({ command: ['nosuch'] });
    expect(await stream.ended).toMatchObject({
      kind: 'failed',
      error: {
        code: 'exec-failed',
        message: 'image busybox:1.37 has not the program that was to run in it',
        detail: message,
      },
    });
  });

  test('db-ephemeral: an image that cannot be named right ends the wait at once', async () => {
    await start({
      states: [{ waiting: { reason: 'InvalidImageName', message: 'couldn’t parse image name' } }],
    });
    await expect(debug({ image: 'B@D' })).rejects.toMatchObject({
      code: 'exec-failed',
      detail: 'InvalidImageName',
    });
  });

  test('db-ephemeral: an image that never comes ends the wait after five minutes, with the last words', async () => {
    await start({ states: [BACK_OFF] });
    await expect(debug()).rejects.toMatchObject({
      code: 'timed-out',
      message: expect.stringContaining('within 5 minutes: Back-off pulling image "nosuch"'),
    });
  });

  test.each([
    [
      'a server without the subresource',
      { ...createStatus(404, 'NotFound', 'the server could not find the requested resource'), details: {} },
      'cluster-refused',
      'has no ephemeral containers',
    ],
    ['a page of 404', '404 page not found', 'cluster-refused', 'has no ephemeral containers'],
    ['a pod that has gone', createNotFound('web'), 'pod-not-found', 'pods "web" not found'],
  ])('db-ephemeral: %s is told apart', async (_case, body, code, words) => {
    await start({ refusals: { PATCH: { status: 404, body } } });
    await expect(debug()).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
  });

  test('db-ephemeral: a missing role names every verb that it takes', async () => {
    const message =
      'pods "web" is forbidden: User "anna" cannot patch resource "pods/ephemeralcontainers" in API group "" in the namespace "shop"';
    await start({ refusals: { PATCH: { status: 403, body: createStatus(403, 'Forbidden', message) } } });
    const refused = debug();
    await expect(refused).rejects.toMatchObject({ code: 'forbidden', message });
    for (const part of [
      'grant to anna',
      'patch on pods/ephemeralcontainers',
      'get on pods',
      'get and create on pods/attach',
    ]) {
      await expect(refused).rejects.toMatchObject({ hint: expect.stringContaining(part) });
    }
  });

  test('db-ephemeral: a namespace’s pod security level is named, with a profile that it allows', async () => {
    const message =
      'pods "web" is forbidden: violates PodSecurity "restricted:latest": unrestricted capabilities (container "debugger-x" must set securityContext.capabilities.drop=["ALL"])';
    await start({ refusals: { PATCH: { status: 403, body: createStatus(403, 'Forbidden', message) } } });
    await expect(debug()).rejects.toMatchObject({
      code: 'forbidden',
      message:
        'namespace shop enforces the pod security level restricted, which refuses this debug container',
      hint: expect.stringContaining('profile restricted'),
    });
  });

  test('db-ephemeral: a webhook that refuses names no role', async () => {
    const message = 'admission webhook "no-debug.example" denied the request: not in production';
    await start({ refusals: { PATCH: { status: 403, body: createStatus(403, 'Forbidden', message) } } });
    const refused = debug();
    await expect(refused).rejects.toMatchObject({ code: 'forbidden', message });
    await expect(refused).rejects.not.toMatchObject({ hint: expect.stringContaining('ephemeralcontainers') });
  });

  test('db-ephemeral: only the pod’s own containers can be looked at', async () => {
    const { deeds } = await start();
    await expect(debug({ container: 'nosuch' })).rejects.toMatchObject({
      code: 'container-unknown',
      hint: 'A debug container looks at one of the pod’s containers: app, proxy.',
    });
    expect(find(deeds, 'PATCH')).toBeUndefined();
  });
});

/** A kubectl that adds the same container as ours; it ends when the server has greeted. */
async function runKubectlDebug(server: string, profile: DebugProfile): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-kubectl-'));
  const kubeconfig = join(folder, 'config');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace: 'shop' } }],
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user: {} }],
  };
  await writeFile(kubeconfig, JSON.stringify(config));
  const flags = ['--image=busybox:1.37', '--target=app', `--profile=${profile}`, '-i'];
  const child = spawn(kubectlPath ?? '', ['debug', 'web', ...flags, '--', 'sh', '-c', 'echo "a b"'], {
    env: { ...kubectlEnvironment(kubeconfig), KUBECACHEDIR: join(folder, 'cache') },
    stdio: 'ignore',
  });
  await once(child, 'close');
  await rm(folder, { recursive: true, force: true });
}

describe('db-node-shell', () => {
  const NODE: NodeTarget = {
    node: 'node-a',
    namespace: 'shop',
    image: 'busybox:1.37',
    command: ['sh'],
    stdin: true,
    tty: true,
  };
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubereel-ledger-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A run of Kubereel with its own ledger; a dead one has left its file behind. */
  function createLedger({ isDead = false } = {}): NodeShellLedger {
    const processId = isDead ? 1 : 2;
    const describe = () => ({ hostName: 'here', processId, processStartedAtMs: 0 });
    return createNodeShellLedger({
      folder,
      clock,
      owner: { describe, isAlive: (owner) => owner.processId !== 1 },
    });
  }

  function openNode(ledger: NodeShellLedger, target: Partial<NodeTarget> = {}): Promise<OpenedNodeShell> {
    const onProgress = (words: string): void => void progress.push(words);
    const needs = { transport, clock, log, life: { signal }, ledger };
    return openNodeShell(needs, { ...NODE, ...target }, SIZE, { onProgress, signal });
  }

  test('db-node-shell: the pod is root of its node, for twelve hours at the most', async () => {
    const { deeds } = await start();
    const ledger = createLedger();
    const { stream } = await openNode(ledger);
    await stream.close();
    const post = find(deeds, 'POST');
    expect(post?.what).toBe('POST /api/v1/namespaces/shop/pods');
    expect(post?.body).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: expect.stringMatching(/^node-debugger-node-a-[bcdfghjklmnpqrstvwxz2456789]{5}$/),
        labels: {
          'app.kubernetes.io/managed-by': 'kubereel',
          'kubereel/node-shell': ledger.instance,
        },
      },
      spec: {
        nodeName: 'node-a',
        restartPolicy: 'Never',
        activeDeadlineSeconds: 43_200,
        terminationGracePeriodSeconds: 1,
        automountServiceAccountToken: false,
        hostNetwork: true,
        hostPID: true,
        hostIPC: true,
        tolerations: [{ operator: 'Exists' }],
        volumes: [{ name: 'host-root', hostPath: { path: '/' } }],
        containers: [
          {
            name: 'debugger',
            image: 'busybox:1.37',
            command: ['sleep', '43200'],
            resources: {},
            securityContext: { privileged: true },
            terminationMessagePolicy: 'File',
            volumeMounts: [{ name: 'host-root', mountPath: '/host' }],
          },
        ],
      },
    });
  });

  test('db-node-shell: its shell runs in the node’s own files, and the pod goes when it ends', async () => {
    const server = await start({ states: [PULLING, RUNNING] });
    const { stream, pod } = await openNode(createLedger());
    expect(progress).toEqual([`pod ${pod} is made on node node-a, with busybox:1.37`, 'ContainerCreating']);
    expect(await readOutput(stream)).toBe('hello');
    expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 0 });
    const exec = server.deeds.find(({ what }) => what.endsWith(`/pods/${pod}/exec`));
    expect(exec?.query.getAll('command')).toEqual(['chroot', '/host', 'sh']);
    expect(exec?.query.get('container')).toBe('debugger');
    expect(find(server.deeds, 'DELETE')).toMatchObject({ body: { preconditions: { uid: 'uid-node' } } });
    expect(server.pods).toEqual(['web']);
    expect(await readdir(folder)).toEqual([]);
  });

  test('db-node-shell: a node that is not there or runs Windows is told before anything is made', async () => {
    const server = await start();
    await expect(openNode(createLedger(), { node: 'nosuch' })).rejects.toMatchObject({
      code: 'not-found',
      message: 'nodes "nosuch" not found',
    });
    await expect(openNode(createLedger(), { node: 'win-1' })).rejects.toMatchObject({ code: 'bad-input' });
    expect(server.deeds).toEqual([]);
  });

  test('db-node-shell: who may not read nodes may still have a shell there', async () => {
    await start();
    const { stream } = await openNode(createLedger(), { node: 'secret' });
    expect(await readOutput(stream)).toBe('hello');
    await stream.close();
  });

  test('db-node-shell: closing it deletes the pod too', async () => {
    const server = await start({ serve: (socket) => socket.send(frame(1, '# ')) });
    const { stream } = await openNode(createLedger());
    await stream.close();
    expect(server.pods).toEqual(['web']);
    expect((await stream.ended).kind).toBe('closed');
  });

  test('db-node-shell: a deletion that fails is tried again, and its entry stays until it has not', async () => {
    const server = await start({ failedDeletions: 3, serve: (socket) => socket.send(frame(1, '# ')) });
    const { stream, pod } = await openNode(createLedger());
    await stream.close();
    await eventually(async () => {
      expect(server.pods).not.toContain(pod);
      expect(await readdir(folder)).toEqual([]);
    });
    expect(server.deeds.filter(({ what }) => what.startsWith('DELETE'))).toHaveLength(4);
  });

  test('db-node-shell: a sweep that fails leaves the pod to the next one', async () => {
    const server = await start({ failedDeletions: 11, serve: (socket) => socket.send(frame(1, '# ')) });
    const lost = await openNode(createLedger({ isDead: true }));
    await sweepNodePods({ transport, clock, ledger: createLedger(), log }, { signal });
    expect(server.pods).toContain(lost.pod);
    await sweepNodePods({ transport, clock, ledger: createLedger(), log }, { signal });
    expect(server.pods).toEqual(['web']);
    await lost.stream.close();
  });

  test('db-node-shell: what a crash has left is deleted by the next run, and nothing else', async () => {
    const server = await start({ serve: (socket) => socket.send(frame(1, '# ')) });
    const lost = await openNode(createLedger({ isDead: true }));
    const alive = await openNode(createLedger());
    expect(server.pods).toHaveLength(3);
    await sweepNodePods({ transport, clock, ledger: createLedger(), log }, { signal });
    expect(server.pods).toEqual(['web', alive.pod]);
    expect(server.pods).not.toContain(lost.pod);
    expect(await readdir(folder)).toHaveLength(1);
    await alive.stream.close();
    await lost.stream.close();
  });

  test('db-node-shell: a pod of the same name that is another’s is left alone', async () => {
    const server = await start();
    const dead = createLedger({ isDead: true });
    await dead.add({
      context: 'staging',
      server: server.address,
      namespace: 'shop',
      pod: 'web',
      createdAtMs: clock.nowMs(),
    });
    await sweepNodePods({ transport, clock, ledger: createLedger(), log }, { signal });
    expect(server.pods).toEqual(['web']);
    expect(find(server.deeds, 'DELETE')).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
  });

  test('db-node-shell: another cluster under the same context is not asked', async () => {
    const server = await start();
    const entry = { context: 'staging', namespace: 'shop', pod: 'web', createdAtMs: clock.nowMs() };
    await createLedger({ isDead: true }).add({ ...entry, server: 'https://elsewhere' });
    await sweepNodePods({ transport, clock, ledger: createLedger(), log }, { signal });
    expect(server.deeds).toEqual([]);
    expect(await readdir(folder)).toHaveLength(1);
  });

  test('db-node-shell: a shell that cannot be opened leaves no pod', async () => {
    const body = createStatus(
      403,
      'Forbidden',
      'pods "x" is forbidden: User "anna" cannot create resource "pods/exec" in API group "" in the namespace "shop"',
    );
    const server = await start({ upgradeRefusal: { status: 403, body } });
    await expect(openNode(createLedger())).rejects.toMatchObject({ code: 'forbidden' });
    expect(server.pods).toEqual(['web']);
    expect(await readdir(folder)).toEqual([]);
  });

  test('db-node-shell: giving up while its image is pulled leaves no pod', async () => {
    const server = await start({ states: [PULLING] });
    const leaving = new AbortController();
    const onProgress = (words: string): void => {
      if (words === 'ContainerCreating') leaving.abort(new Error('given up'));
    };
    const needs = { transport, clock, log, life: { signal }, ledger: createLedger() };
    const opening = openNodeShell(needs, NODE, SIZE, { onProgress, signal: leaving.signal });
    await expect(opening).rejects.toThrow('given up');
    expect(server.pods).toEqual(['web']);
    expect(await readdir(folder)).toEqual([]);
  });

  test('db-node-shell: an image that cannot sleep is told, and leaves no pod', async () => {
    const server = await start({ states: [{ terminated: { exitCode: 128, reason: 'StartError' } }] });
    await expect(openNode(createLedger())).rejects.toMatchObject({
      code: 'exec-failed',
      hint: expect.stringContaining('sleep and chroot'),
    });
    expect(server.pods).toEqual(['web']);
  });

  test('db-node-shell: a namespace that refuses privileged pods says so, and what to choose', async () => {
    const message =
      'pods "node-debugger-node-a-x" is forbidden: violates PodSecurity "baseline:v1.33": host namespaces (hostNetwork=true, hostPID=true, hostIPC=true), privileged (container "debugger" must not set securityContext.privileged=true)';
    await start({ refusals: { POST: { status: 403, body: createStatus(403, 'Forbidden', message) } } });
    await expect(openNode(createLedger())).rejects.toMatchObject({
      code: 'forbidden',
      message: 'namespace shop enforces the pod security level baseline, which refuses this node shell',
      hint: expect.stringContaining('kube-system'),
      detail: expect.stringContaining('hostPID=true'),
    });
  });
});
