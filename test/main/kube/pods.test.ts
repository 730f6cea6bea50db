import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KubeRequest } from '../../../main/kube/http-client.ts';
import { getPod, listPods, type PodsChange, watchPods } from '../../../main/kube/pods.ts';
import { createStatus, sendJson, startApiServer } from '../../fakes/api-server.ts';
import { openTransport } from '../../fakes/kube-access.ts';
import { createPod } from '../../fakes/kube-pods.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createPodList, type OpenWatch, type PodsApi, startPodsApi } from '../../fakes/pods-api.ts';
import { eventually } from '../../fakes/until.ts';

const signal = new AbortController().signal;
let api: PodsApi;
beforeEach(async () => {
  api = await startPodsApi();
});
afterEach(() => api.close());

/** Follows the pods; what was told stands in `told` as short words. */
function follow(namespace: string | null = 'shop') {
  const clock = createManualClock();
  const sleeps: number[] = [];
  const ending = new AbortController();
  const changes: PodsChange[] = [];
  const transport = openTransport(api.address);
  const attended: boolean[] = [];
  const needs = {
    transport: {
      ...transport,
      request(request: KubeRequest) {
        attended.push(request.isUnattended !== true);
        return transport.request(request);
      },
    },
    clock: {
      nowMicros: clock.nowMicros,
      sleep(ms: number, options: { signal: AbortSignal }) {
        sleeps.push(ms);
        return clock.sleep(ms, options);
      },
    },
  };
  const watching = watchPods(needs, { namespace }, (change) => changes.push(change), {
    signal: ending.signal,
  });
  watching.catch(() => {});
  return {
    clock,
    /** What it asked to sleep for, in milliseconds. */
    sleeps,
    /** Whether somebody asked for it, of each request. */
    attended,
    watching,
    changes,
    get told() {
      return changes.map(describeChange);
    },
    async end() {
      const reason = new Error('unwatched');
      ending.abort(reason);
      await expect(watching).rejects.toBe(reason);
    },
  };
}

function describeChange({ state, reset, upserted, removed }: PodsChange): string {
  const names = upserted.map(({ name, status }) => `${name}:${status}`).join(' ');
  return `${state.kind}${reset ? ' all' : ''} [${names}] -[${removed.join(' ')}]`;
}

/** The pods as they stand after all that was told. */
function listAfter(changes: readonly PodsChange[]): string[] {
  const pods = new Map<string, string>();
  for (const { reset, upserted, removed } of changes) {
    if (reset) pods.clear();
    for (const uid of removed) pods.delete(uid);
    for (const { uid, name, status } of upserted) pods.set(uid, `${name}:${status}`);
  }
  return [...pods.values()].toSorted();
}

async function watchNumber(count: number): Promise<OpenWatch> {
  await eventually(() => expect(api.watches).toHaveLength(count));
  return api.watches[count - 1] as OpenWatch;
}

function changed(name: string, resourceVersion: string, phase = 'Running'): Record<string, unknown> {
  return createPod(name, { metadata: { resourceVersion }, status: { phase } });
}

describe('a list that is followed', () => {
  test('is told whole at first, then by its changes', async () => {
    api.list({ body: createPodList([createPod('a'), createPod('b')]) });
    const pods = follow();
    const watch = await watchNumber(1);
    expect(watch.path).toBe('/api/v1/namespaces/shop/pods');
    expect(watch.query.get('resourceVersion')).toBe('100');
    expect(watch.query.get('allowWatchBookmarks')).toBe('true');
    watch.send('ADDED', changed('c', '101'));
    watch.send('MODIFIED', createPod('a', { metadata: { deletionTimestamp: 'x' } }));
    watch.send('DELETED', changed('b', '103'));
    // In how many parts they are told is a matter of when they come.
    await eventually(() => expect(listAfter(pods.changes)).toEqual(['a:Terminating', 'c:Running']));
    expect(pods.told.slice(0, 2)).toEqual(['connecting [] -[]', 'live all [a:Running b:Running] -[]']);
    expect(pods.told.slice(2).filter((words) => !words.startsWith('live ['))).toEqual([]);
    await pods.end();
  });

  test('of all namespaces asks for all of them', async () => {
    const pods = follow(null);
    expect((await watchNumber(1)).path).toBe('/api/v1/pods');
    await pods.end();
  });

  test('comes in pages of 500, told as one', async () => {
    await api.close();
    const asked: (string | null)[] = [];
    const server = await startApiServer({
      answer(request, response) {
        const query = new URL(request.url ?? '', 'http://h').searchParams;
        asked.push(`${query.get('limit')} ${query.get('continue')}`);
        const isLast = query.get('continue') === 'next';
        const items = [createPod(isLast ? 'b' : 'a')];
        sendJson(response, 200, createPodList(items, isLast ? {} : { continue: 'next' }));
      },
    });
    const transport = openTransport(server.address);
    const pods = await listPods({ transport }, { namespace: null }, { signal });
    expect(pods.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(asked).toEqual(['500 null', '500 next']);
    await server.close();
  });

  test('goes on from the last bookmark when the server ends the watch', async () => {
    const pods = follow();
    const watch = await watchNumber(1);
    watch.send('ADDED', changed('a', '150'));
    watch.send('BOOKMARK', { kind: 'Pod', metadata: { resourceVersion: '200' } });
    await eventually(() => expect(pods.told).toHaveLength(3));
    await pods.clock.advance(2_000);
    watch.end();
    expect((await watchNumber(2)).query.get('resourceVersion')).toBe('200');
    expect(api.lists).toHaveLength(1);
    expect(pods.told).toHaveLength(3);
    await pods.end();
  });

  test('is not asked for in a loop by a server that ends every watch at once', async () => {
    const pods = follow();
    (await watchNumber(1)).end();
    await eventually(() => expect(pods.sleeps).toEqual([570_000, 1_000]));
    expect(api.watches).toHaveLength(1);
    await pods.clock.advance(1_000);
    await watchNumber(2);
    await pods.end();
  });

  test('ends its watch and tells nothing more once it is left', async () => {
    const pods = follow();
    const watch = await watchNumber(1);
    watch.send('ADDED', changed('a', '101'));
    await pods.end();
    await eventually(() => expect(watch.isGone).toBe(true));
    expect(pods.told).toEqual(['connecting [] -[]', 'live all [] -[]']);
  });
});

describe('trouble that passes', () => {
  test.each([
    ['as an event', (watch: OpenWatch) => watch.send('ERROR', createStatus(410, 'Expired', 'too old'))],
    [
      'as an event of older servers',
      (watch: OpenWatch) => watch.send('ERROR', createStatus(410, 'Gone', 'x')),
    ],
  ])('a version that is too old, told %s, is listed anew without a word', async (_case, expire) => {
    const pods = follow();
    expire(await watchNumber(1));
    api.list({ body: createPodList([createPod('new')], { resourceVersion: '900' }) });
    await eventually(() => expect(pods.sleeps).toEqual([570_000, 1_000]));
    await pods.clock.advance(1_000);
    expect((await watchNumber(2)).query.get('resourceVersion')).toBe('900');
    // Only the first list was asked for: a login would not be opened for what came after.
    expect(pods.attended).toEqual([true, false, false, false]);
    expect(pods.told).toEqual(['connecting [] -[]', 'live all [] -[]', 'live all [new:Running] -[]']);
    await pods.end();
  });

  test('a watch that is cut is told, with what had come, and begins anew with a list', async () => {
    const pods = follow();
    const watch = await watchNumber(1);
    watch.send('ADDED', changed('a', '101'));
    watch.cut();
    await eventually(() => expect(pods.told.at(-1)).toBe('retrying [] -[]'));
    expect(pods.changes.at(-1)?.state).toMatchObject({ error: { code: 'cluster-unreachable' } });
    await pods.clock.advance(1_000);
    await watchNumber(2);
    expect(pods.told.at(-1)).toBe('live all [] -[]');
    await pods.end();
  });

  test('a server that fails is asked again after 1, 2, 4, … and at most 30 s', async () => {
    api.list({ status: 500, body: createStatus(500, 'InternalError', 'etcd is down') });
    const pods = follow();
    for (let count = 1; count <= 8; count += 1) {
      await eventually(() => expect(pods.sleeps).toHaveLength(count));
      await pods.clock.advance(pods.sleeps.at(-1) ?? 0);
    }
    const seconds = pods.sleeps.slice(0, 8).map((ms) => ms / 1_000);
    expect(seconds).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
    expect(pods.changes[1]?.state).toMatchObject({
      kind: 'retrying',
      error: { message: expect.stringContaining('answered 500: etcd is down') },
    });
    await pods.end();
  });

  test('a connection that died without a word is given up half a minute after the watch should have ended', async () => {
    const pods = follow();
    const watch = await watchNumber(1);
    expect(watch.query.get('timeoutSeconds')).toBe('540');
    await pods.clock.advance(569_000);
    expect(pods.told).toHaveLength(2);
    await pods.clock.advance(1_000);
    await eventually(() => expect(pods.told.at(-1)).toBe('retrying [] -[]'));
    expect(pods.changes.at(-1)?.state).toMatchObject({ error: { code: 'timed-out' } });
    await pods.end();
  });

  test('an event that makes no sense is told and begun anew', async () => {
    const pods = follow();
    (await watchNumber(1)).send('ADDED', { metadata: {} });
    await eventually(() => expect(pods.told.at(-1)).toBe('retrying [] -[]'));
    expect(pods.changes.at(-1)?.state).toMatchObject({ error: { code: 'cluster-refused' } });
    await pods.end();
  });
});

describe('trouble that the user has to mend', () => {
  test.each([
    [401, 'Unauthorized', 'unauthorized'],
    [403, 'Forbidden', 'forbidden'],
  ])('%i is thrown and not tried again', async (status, reason, code) => {
    api.list({ status, body: createStatus(status, reason, 'words') });
    const pods = follow();
    await expect(pods.watching).rejects.toMatchObject({ code, message: expect.stringContaining('words') });
    expect(pods.told).toEqual(['connecting [] -[]']);
    expect(api.lists).toHaveLength(1);
  });
});

describe('one pod', () => {
  const get = () =>
    getPod({ transport: openTransport(api.address) }, { namespace: 'shop', pod: 'a' }, { signal });

  test('is as the server has it now', async () => {
    api.list({ body: createPod('a') });
    expect(await get()).toMatchObject({ name: 'a', status: 'Running', defaultContainer: 'app' });
  });

  test('that is not there is said so in the server’s words', async () => {
    api.list({ status: 404, body: createStatus(404, 'NotFound', 'pods "a" not found') });
    await expect(get()).rejects.toMatchObject({ code: 'pod-not-found', message: 'pods "a" not found' });
  });

  test('is told with the system it needs and what runs in it, where that is known', async () => {
    const containerStatuses = [{ name: 'app', imageID: 'app@sha256:1', state: { running: {} } }];
    api.list({
      body: createPod('a', { spec: { os: { name: 'windows' } }, status: { containerStatuses } }),
    });
    const known = await get();
    expect(known.os).toBe('windows');
    expect(known.imageIds.get('app')).toBe('app@sha256:1');
    api.list({ body: createPod('a') });
    const unknown = await get();
    expect(unknown).not.toHaveProperty('os');
    expect(unknown.imageIds.get('app')).toBe('app:1');
  });

  test('is not gone because a proxy knows no such page', async () => {
    api.list({ status: 404, body: 'default backend - 404' });
    await expect(get()).rejects.toMatchObject({ code: 'not-found' });
  });

  test('whose name is no name cannot become another path', async () => {
    const server = await startApiServer({
      answer: (_request, response) => sendJson(response, 404, createStatus(404, 'NotFound', 'no')),
    });
    const transport = openTransport(server.address);
    const target = { namespace: '../kube-system', pod: 'a?x=/b' };
    await expect(getPod({ transport }, target, { signal })).rejects.toMatchObject({ code: 'pod-not-found' });
    expect(server.requests[0]?.url).toBe('/api/v1/namespaces/..%2Fkube-system/pods/a%3Fx%3D%2Fb');
    await server.close();
  });
});
