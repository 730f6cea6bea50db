import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import type { DemoCluster } from '../../../main/demo/demo-cluster.ts';
import type { ContractClient } from '../../../preload/client.ts';
import type { SessionInfo, ShellTarget } from '../../../preload/contract.ts';
import { startTestCore, type TestCore } from '../../fakes/core.ts';
import { startTestDemo } from '../../fakes/demo-start.ts';
import { eventually } from '../../fakes/until.ts';

const NO_SHELL = 'payments-6b8f5d7c9-h7w2d';
const SIZE = { cols: 80, rows: 24 };
const context = 'kubereel-demo';
let demo: DemoCluster;
let core: TestCore;
let page: ContractClient;
const notes: string[] = [];
/** The first container has been told to be created. */
const told = Promise.withResolvers<void>();
beforeAll(async () => {
  const clock = createSystemClock();
  demo = await startTestDemo({
    ...clock,
    async sleep(ms, options) {
      await clock.sleep(ms, options);
      // One that ran before anybody looked would have been waited for in vain.
      await told.promise;
    },
  });
  core = await startTestCore({ KUBECONFIG: demo.kubeconfigPath });
  page = core.connect();
  page.on('sessions.changed', ({ state }) => {
    if (state.kind === 'opening' && state.note !== undefined) notes.push(state.note);
    if (notes.includes('ContainerCreating')) told.resolve();
  });
});
afterAll(async () => {
  told.resolve();
  await core?.end();
  await demo?.stop();
});

async function open(target: Omit<ShellTarget, 'context' | 'namespace'>): Promise<SessionInfo> {
  const { sessionId } = await page.call('sessions.open', {
    target: { context, namespace: 'shop', ...target },
    size: SIZE,
  });
  return eventually(async () => {
    const found = (await page.call('sessions.list', {})).find((session) => session.sessionId === sessionId);
    expect(found?.state.kind).toBe('live');
    return found as SessionInfo;
  });
}

async function recordingOf(session: SessionInfo): Promise<object> {
  const recordingId = 'recordingId' in session.recording ? session.recording.recordingId : '';
  return page.call('library.get', { recordingId });
}

test('a debug container is a session that names the container it looks at, and a record of its own', async () => {
  const session = await open({ pod: NO_SHELL, debug: { image: 'busybox:1.37' } });
  expect(session.target).toMatchObject({
    pod: NO_SHELL,
    container: 'payments',
    debug: { image: 'busybox:1.37' },
  });
  expect(notes).toEqual([expect.stringMatching(/^container debugger-\w+ is added/), 'ContainerCreating']);
  await page.call('sessions.close', { sessionId: session.sessionId });
  expect(await recordingOf(session)).toMatchObject({
    pod: NO_SHELL,
    container: expect.stringMatching(/^debugger-/),
    image: 'busybox:1.37',
  });
});

test('a node’s shell is a session in the pod that was made for it, which goes with it', async () => {
  const session = await open({ pod: NO_SHELL, node: { name: 'node-a', image: 'busybox:1.37' } });
  expect(session.target.pod).toMatch(/^node-debugger-node-a-/);
  const { pod } = session.target;
  await page.call('sessions.close', { sessionId: session.sessionId });
  expect(await recordingOf(session)).toMatchObject({ pod, node: 'node-a', image: 'busybox:1.37' });
  const transport = await core.core.contexts.transport(context);
  const path = `/api/v1/namespaces/shop/pods/${pod}`;
  const { signal } = new AbortController();
  await eventually(async () =>
    expect((await transport.request({ method: 'GET', path, signal })).status).toBe(404),
  );
});
