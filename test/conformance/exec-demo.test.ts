/** Our own client against the demo cluster, which was written apart from it and is judged by a real kubectl. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSystemClock } from '../../main/base/clock.ts';
import type { DemoCluster } from '../../main/demo/demo-cluster.ts';
import { type ExecStream, openExecStream } from '../../main/exec/exec-stream.ts';
import type { ExecRequest } from '../../main/exec/exec-url.ts';
import { SHELL_COMMAND } from '../../main/exec/shell-choice.ts';
import { loadKubeconfig } from '../../main/kube/kubeconfig.ts';
import { listNamespaces } from '../../main/kube/namespaces.ts';
import type { PodInfo } from '../../main/kube/pod-info.ts';
import { listPods, type PodsChange, watchPods } from '../../main/kube/pods.ts';
import { resolveContext, toPluginCluster } from '../../main/kube/resolve-context.ts';
import { createTransport, type KubeTransport } from '../../main/kube/transport.ts';
import { createTestCredentials } from '../fakes/credentials.ts';
import { startTestDemo } from '../fakes/demo-start.ts';
import { createDialNeeds } from '../fakes/kube-access.ts';
import { readOutput } from '../fakes/remote-command.ts';
import { eventually } from '../fakes/until.ts';

const signal = new AbortController().signal;
const clock = createSystemClock();
let demo: DemoCluster;
let transport: KubeTransport;
let pods: readonly PodInfo[];

beforeAll(async () => {
  demo = await startTestDemo();
  const context = await resolveContext(await loadKubeconfig([demo.kubeconfigPath]), demo.contextName);
  const { credentials } = await createTestCredentials();
  const provider = credentials.provider(context.user, toPluginCluster(context.cluster), {
    context: context.name,
    kubeconfigPath: demo.kubeconfigPath,
  });
  transport = createTransport(createDialNeeds(), context, provider);
  pods = await listPods({ transport }, { namespace: null }, { signal });
});

afterAll(async () => {
  await transport?.close();
  await demo?.stop();
});

function find(start: string): PodInfo {
  const pod = pods.find(({ name }) => name.startsWith(start));
  if (!pod) throw new Error(`no pod ${start}`);
  return pod;
}

function open(start: string, request: Partial<ExecRequest>): Promise<ExecStream> {
  const { namespace, name, defaultContainer } = find(start);
  const base = { kind: 'exec', namespace, pod: name, container: defaultContainer, stdin: false } as const;
  const whole = { ...base, tty: false, command: [], ...request };
  return openExecStream({ transport }, whole, { signal, size: { cols: 91, rows: 33 } });
}

test('its namespaces and pods are listed', async () => {
  expect(await listNamespaces({ transport }, { signal })).toEqual(['data', 'default', 'kube-system', 'shop']);
  expect(find('web-')).toMatchObject({ status: 'Running', readyContainers: 1, totalContainers: 1 });
  expect(find('checkout-').defaultContainer).toBe('checkout');
  expect(pods.some(({ status }) => status === 'Completed')).toBe(true);
});

test('its pods are watched', async () => {
  const ending = new AbortController();
  const changes: PodsChange[] = [];
  const namespace = find('web-').namespace;
  const watching = watchPods({ transport, clock }, { namespace }, (change) => changes.push(change), {
    signal: ending.signal,
  });
  const left = expect(watching).rejects.toThrow('left');
  await eventually(() => expect(changes.at(-1)).toMatchObject({ state: { kind: 'live' }, reset: true }));
  expect(changes.at(-1)?.upserted.every((pod) => pod.namespace === namespace)).toBe(true);
  ending.abort(new Error('left'));
  await left;
});

describe('a command', () => {
  test('has its output, its errors and its exit code', async () => {
    const stream = await open('web-', { command: ['sh', '-c', 'echo out; echo err >&2; exit 42'] });
    const texts = { stdout: '', stderr: '' };
    for await (const { channel, bytes } of stream.output) texts[channel] += Buffer.from(bytes).toString();
    expect(texts).toEqual({ stdout: 'out\n', stderr: 'err\n' });
    expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 42 });
  });

  test('takes megabytes of input to its end, and gives them back unchanged', async () => {
    const stream = await open('web-', { command: ['cat'], stdin: true });
    const input = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 7) & 0x7f));
    const reading = readOutput(stream);
    await stream.write(input);
    await stream.closeInput();
    expect((await reading) === input.toString()).toBe(true);
    expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 0 });
  });

  test('that is not there fails as such', async () => {
    const stream = await open('web-', { command: ['/no/such/program'] });
    expect(await stream.ended).toMatchObject({ kind: 'failed', error: { code: 'no-shell' } });
  });
});

test('a shell has a terminal of our size, follows it, and ends when it is closed', async () => {
  const stream = await open('web-', { command: SHELL_COMMAND, stdin: true, tty: true });
  let screen = '';
  const reading = (async () => {
    for await (const { bytes } of stream.output) screen += Buffer.from(bytes).toString();
  })();
  const says = async (input: string, answer: string): Promise<void> => {
    await stream.write(Buffer.from(input));
    await eventually(() => expect(screen).toContain(answer));
  };
  await says('echo "is $(stty size) $TERM"\r', 'is 33 91 xterm-256color');
  stream.resize({ cols: 120, rows: 40 });
  await says('echo "now $(stty size)"\r', 'now 40 120');
  await stream.close();
  await reading;
  expect(await stream.ended).toEqual({ kind: 'exited', exitCode: 0 });
});

test('a pod or a container that is not there is told as such', async () => {
  await expect(open('web-', { pod: 'nope', command: ['ls'] })).rejects.toMatchObject({
    code: 'pod-not-found',
  });
  await expect(open('web-', { container: 'nope', command: ['ls'] })).rejects.toMatchObject({
    code: 'container-unknown',
  });
});
