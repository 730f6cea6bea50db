import { afterEach, expect, test } from 'vitest';
import { findControllerPod, type PodController } from '../../../main/kube/controller-pod.ts';
import { createStatus, type FakeApiServer, sendJson, startApiServer } from '../../fakes/api-server.ts';
import { openTransport } from '../../fakes/kube-access.ts';
import { createContainerStatus, createPod } from '../../fakes/kube-pods.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createPodList } from '../../fakes/pods-api.ts';
import { until } from '../../fakes/until.ts';

const signal = new AbortController().signal;
let server: FakeApiServer;
afterEach(() => server?.close());

async function start(selector: unknown, ...lists: readonly (readonly unknown[])[]) {
  const asked: URL[] = [];
  let next = 0;
  server = await startApiServer({
    answer(request, response) {
      const url = new URL(request.url ?? '', 'http://h');
      asked.push(url);
      if (url.pathname.endsWith('/pods')) {
        sendJson(response, 200, createPodList(lists[Math.min(next, lists.length - 1)] ?? []));
        next += 1;
      } else if (url.pathname.endsWith('/absent')) {
        sendJson(response, 404, createStatus(404, 'NotFound', 'deployments.apps "absent" not found'));
      } else {
        sendJson(response, 200, { spec: { selector } });
      }
    },
  });
  const clock = createManualClock();
  const find = (controller: Partial<PodController> = {}) =>
    findControllerPod(
      { transport: openTransport(server.address), clock },
      { type: 'deploy', name: 'web', namespace: 'shop', ...controller },
      { timeoutMs: 3_000, signal },
    );
  return { find, asked, clock };
}

const LABELS = { matchLabels: { app: 'web' } };

test.each([
  ['deploy', '/apis/apps/v1/namespaces/shop/deployments/web'],
  ['Deployment.apps', '/apis/apps/v1/namespaces/shop/deployments/web'],
  ['sts', '/apis/apps/v1/namespaces/shop/statefulsets/web'],
  ['daemonsets', '/apis/apps/v1/namespaces/shop/daemonsets/web'],
  ['rs', '/apis/apps/v1/namespaces/shop/replicasets/web'],
  ['job', '/apis/batch/v1/namespaces/shop/jobs/web'],
  ['svc', '/api/v1/namespaces/shop/services/web'],
  ['rc', '/api/v1/namespaces/shop/replicationcontrollers/web'],
])('%s is asked for at %s', async (type, path) => {
  const { find, asked } = await start(LABELS, [createPod('web-1')]);
  expect(await find({ type })).toBe('web-1');
  expect(asked[0]?.pathname).toBe(path);
});

test.each([
  [LABELS, 'app=web'],
  [{ app: 'web', tier: 'front' }, 'app=web,tier=front'],
  [
    {
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['a', 'b'] },
        { key: 'env', operator: 'NotIn', values: ['test'] },
        { key: 'live', operator: 'Exists' },
        { key: 'old', operator: 'DoesNotExist' },
      ],
    },
    'app=web,tier in (a,b),env notin (test),live,!old',
  ],
])('its pods are found by its selector %j', async (selector, text) => {
  const { find, asked } = await start(selector, [createPod('web-1')]);
  await find();
  expect(asked[1]?.pathname).toBe('/api/v1/namespaces/shop/pods');
  expect(asked[1]?.searchParams.get('labelSelector')).toBe(text);
});

test('of several the most alive one is taken: on a node, running, ready, seldom restarted, old', async () => {
  const restarted = [createContainerStatus('app', { running: {} }, { restartCount: 3 })];
  const pods = [
    createPod('unassigned', { spec: { nodeName: '' } }),
    createPod('pending', { status: { phase: 'Pending' } }),
    createPod('unready', { status: { containerStatuses: [createContainerStatus('app', { waiting: {} })] } }),
    createPod('restarted', { status: { containerStatuses: restarted } }),
    createPod('young', { metadata: { creationTimestamp: '2026-02-02T00:00:00Z' } }),
    createPod('best'),
  ];
  const names = ['unassigned', 'pending', 'unready', 'restarted', 'young', 'best'];
  // Each is better than those before it, in whatever order they come.
  for (const [index, name] of names.entries()) {
    const { find } = await start(LABELS, pods.slice(0, index + 1).reverse(), []);
    expect(await find()).toBe(name);
    await server.close();
  }
});

test('a pod that has to appear is waited for, and not for ever', async () => {
  const { find, asked, clock } = await start(LABELS, [], [], [createPod('web-1')]);
  const found = find();
  for (const requests of [2, 3]) {
    await until(() => asked.length === requests && clock.sleepers === 1);
    await clock.advance(1_000);
  }
  expect(await found).toBe('web-1');
  await server.close();

  const never = await start(LABELS, []);
  const refused = expect(never.find()).rejects.toMatchObject({
    code: 'timed-out',
    message: 'no pod of deploy/web appeared within 3 s',
  });
  for (let second = 0; second < 3; second += 1) {
    await until(() => never.clock.sleepers === 1);
    await never.clock.advance(1_000);
  }
  await refused;
});

test('what stands for no pods is refused, and so is what selects them all', async () => {
  const { find, asked } = await start({}, [createPod('any')]);
  await expect(find({ type: 'configmap' })).rejects.toMatchObject({ code: 'bad-input' });
  expect(asked).toEqual([]);
  await expect(find()).rejects.toMatchObject({ code: 'bad-input' });
  await expect(find({ name: 'absent' })).rejects.toMatchObject({ code: 'not-found' });
});
