import { expect, onTestFinished, test } from 'vitest';
import { createFactFinder, type FactFinder } from '../../../main/kube/fact-finder.ts';
import type { ContextEntry } from '../../../main/kube/kubeconfig.ts';
import { sendJson, startApiServer } from '../../fakes/api-server.ts';
import { openTransport } from '../../fakes/kube-access.ts';
import { createContainerStatus, createPod } from '../../fakes/kube-pods.ts';
import { createManualClock, type ManualClock } from '../../fakes/manual-clock.ts';

const PLACE = { context: 'staging', namespace: 'shop', pod: 'web-1', container: 'app' };
const ENTRY: ContextEntry = {
  name: 'staging',
  clusterName: 'staging-cluster',
  userName: 'ada',
  namespace: 'default',
  server: 'https://10.0.0.1:6443',
  originPath: '/home/u/.kube/config',
};

interface Stage {
  readonly finder: FactFinder;
  readonly clock: ManualClock;
  readonly asked: { reviews: number; pods: number };
}

/** `users` are told one a review; an absent one is refused. */
async function stage(users: readonly (string | undefined)[]): Promise<Stage> {
  const asked = { reviews: 0, pods: 0 };
  const server = await startApiServer({
    answer(request, response) {
      if (request.url?.endsWith('/selfsubjectreviews')) {
        const username = users[asked.reviews];
        asked.reviews += 1;
        if (username === undefined)
          sendJson(response, 403, { kind: 'Status', reason: 'Forbidden', code: 403 });
        else sendJson(response, 201, { status: { userInfo: { username } } });
        return;
      }
      asked.pods += 1;
      const status = createContainerStatus('app', { running: {} }, { imageID: 'nginx@sha256:0c12' });
      const pod = createPod('web-1', {
        spec: { nodeName: 'node-7', containers: [{ name: 'app', image: 'nginx:1.27' }] },
        status: { containerStatuses: [status] },
      });
      sendJson(response, 200, pod);
    },
  });
  onTestFinished(() => server.close());
  const transport = openTransport(server.address);
  onTestFinished(() => transport.close());
  const clock = createManualClock();
  const finder = createFactFinder({
    clock,
    contexts: { entry: () => ENTRY, transport: async () => transport },
    signal: new AbortController().signal,
  });
  return { finder, clock, asked };
}

test('the cluster is known without asking, the user once somebody has asked', async () => {
  const { finder, asked } = await stage(['ada@example.com']);
  const cluster = { name: 'staging-cluster', server: 'https://10.0.0.1:6443' };
  expect(await finder.known('staging')).toEqual({ cluster });
  expect(asked).toEqual({ reviews: 0, pods: 0 });
  await finder.find({ ...PLACE, podUid: 'uid-web-1' });
  expect(await finder.known('staging')).toEqual({ cluster, user: 'ada@example.com' });
});

test('many sessions of one connection ask once who they are, until that is five minutes old', async () => {
  const { finder, clock, asked } = await stage(['ada', 'grace']);
  const found = await Promise.all([1, 2, 3].map(() => finder.find({ ...PLACE, podUid: 'uid-web-1' })));
  expect(found).toEqual([{ user: 'ada' }, { user: 'ada' }, { user: 'ada' }]);
  await clock.advance(5 * 60_000);
  expect(await finder.known('staging')).not.toHaveProperty('user');
  expect(await finder.find({ ...PLACE, podUid: 'uid-web-1' })).toEqual({ user: 'grace' });
  expect(asked).toEqual({ reviews: 2, pods: 0 });
});

test('a pod that nobody has asked yet is asked beside the work', async () => {
  const { finder } = await stage(['ada']);
  expect(await finder.find(PLACE)).toEqual({
    user: 'ada',
    podUid: 'uid-web-1',
    node: 'node-7',
    image: 'nginx:1.27',
    imageId: 'nginx@sha256:0c12',
  });
});

test('a server that does not say who we are leaves that out, and is asked again for the next session', async () => {
  const { finder } = await stage([undefined, 'ada']);
  expect(await finder.find({ ...PLACE, podUid: 'uid-web-1' })).toEqual({});
  expect(await finder.find({ ...PLACE, podUid: 'uid-web-1' })).toEqual({ user: 'ada' });
});

test('a context that is gone leaves everything out', async () => {
  const finder = createFactFinder({
    clock: createManualClock(),
    contexts: { entry: () => ENTRY, transport: () => Promise.reject(new Error('gone')) },
    signal: new AbortController().signal,
  });
  expect(await finder.known('staging')).toEqual({});
  expect(await finder.find(PLACE)).toEqual({});
});
