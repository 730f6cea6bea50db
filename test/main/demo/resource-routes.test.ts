import { createServer } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listenOnLoopback } from '../../../main/base/loopback.ts';
import { NAMESPACES, POD_PLANS } from '../../../main/demo/demo-pods.ts';
import { createDemoStore, type DemoStore } from '../../../main/demo/demo-store.ts';
import type { Pod } from '../../../main/demo/kube-objects.ts';
import { buildNamespace, buildPod } from '../../../main/demo/pod-builder.ts';
import { parseRequestInfo, type RequestInfo } from '../../../main/demo/request-info.ts';
import { answerResource, sendJson } from '../../../main/demo/resource-routes.ts';
import { StatusError } from '../../../main/demo/status.ts';
import { createManualClock, type ManualClock } from '../../fakes/manual-clock.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

interface Body {
  readonly kind: string;
  readonly message?: string;
  readonly reason?: string;
  readonly metadata: {
    readonly resourceVersion: string;
    readonly name?: string;
    readonly deletionTimestamp?: string;
  };
  readonly items?: readonly (Pod & { readonly kind?: string })[];
  readonly rows?: readonly { readonly cells: readonly string[] }[];
}

let clock: ManualClock;
let store: DemoStore;
let address: string;
let stop: () => Promise<void>;

/** The routes behind a bare server: no identity, no rights, and deletion at once. */
beforeEach(async () => {
  clock = createManualClock();
  store = createDemoStore();
  for (const { name, ageMinutes } of NAMESPACES)
    store.put('namespaces', buildNamespace(name, ageMinutes, clock.nowMs()));
  for (const plan of POD_PLANS) store.put('pods', buildPod(plan, clock.nowMs()));
  const over = new AbortController();
  const deletePod = (pod: Pod): Pod => {
    store.remove('pods', pod.metadata);
    return pod;
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const info = parseRequestInfo(request.method ?? '', url) as RequestInfo & { kind: 'resource' };
    const resource = info.resource === 'namespaces' ? 'namespaces' : 'pods';
    const work = { resource, info, url, headers: request.headers } as const;
    answerResource({ clock, store, deletePod }, work, response, { signal: over.signal }).catch(
      (error: unknown) => {
        if (error instanceof StatusError) sendJson(response, error.status.code, error.status);
        else response.destroy();
      },
    );
  });
  address = `http://127.0.0.1:${await listenOnLoopback(server, 0)}`;
  stop = async () => {
    over.abort();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
});
afterEach(() => stop());

async function ask(
  path: string,
  options: { method?: string; accept?: string } = {},
): Promise<{ code: number; body: Body }> {
  const response = await fetch(`${address}${path}`, {
    method: options.method ?? 'GET',
    headers: { Accept: options.accept ?? 'application/json' },
  });
  return { code: response.status, body: (await response.json()) as Body };
}

test('a list has the pods that were asked for and the version at which it is true', async () => {
  const { code, body } = await ask('/api/v1/namespaces/shop/pods');
  expect({ code, kind: body.kind, version: body.metadata.resourceVersion }).toEqual({
    code: 200,
    kind: 'PodList',
    version: String(store.version),
  });
  expect(body.items?.map(({ metadata }) => metadata.namespace)).toEqual(['shop', 'shop', 'shop', 'shop']);
  expect(body.items?.[0]).not.toHaveProperty('kind');
});

test('a list of all namespaces has all pods; limits are ignored', async () => {
  expect((await ask('/api/v1/pods?limit=1')).body.items).toHaveLength(POD_PLANS.length);
});

test('selectors choose among them', async () => {
  const { body } = await ask('/api/v1/pods?labelSelector=app%3Dweb&fieldSelector=metadata.namespace%3Dshop');
  expect(body.items?.map(({ metadata }) => metadata.labels['app'])).toEqual(['web']);
});

test('one object is itself', async () => {
  expect((await ask('/api/v1/namespaces/data/pods/postgres-0')).body).toMatchObject({
    kind: 'Pod',
    metadata: { name: 'postgres-0', namespace: 'data' },
  });
  expect((await ask('/api/v1/namespaces/data')).body).toMatchObject({
    kind: 'Namespace',
    metadata: { name: 'data' },
  });
  expect((await ask('/api/v1/namespaces')).body.items?.map(({ metadata }) => metadata.name)).toEqual([
    'data',
    'default',
    'kube-system',
    'shop',
  ]);
});

test('one or many can be a table', async () => {
  const many = await ask('/api/v1/namespaces/data/pods', { accept: TABLE });
  expect(many.body).toMatchObject({ kind: 'Table', metadata: { resourceVersion: String(store.version) } });
  expect(many.body.rows).toHaveLength(3);
  const one = await ask('/api/v1/namespaces/data/pods/postgres-0', { accept: TABLE });
  expect(one.body.rows?.map(({ cells }) => cells[0])).toEqual(['postgres-0']);
});

test('what is in another namespace or nowhere is not found', async () => {
  for (const path of ['/api/v1/namespaces/shop/pods/postgres-0', '/api/v1/namespaces/nosuch']) {
    const { code, body } = await ask(path);
    expect({ code, reason: body.reason }).toEqual({ code: 404, reason: 'NotFound' });
  }
});

test('a list from the future times out, as after a restore of the cluster', async () => {
  const { code, body } = await ask('/api/v1/pods?resourceVersion=999999999');
  expect({ code, reason: body.reason }).toEqual({ code: 504, reason: 'Timeout' });
});

test('a version that is none is a bad request', async () => {
  expect((await ask('/api/v1/pods?resourceVersion=abc')).code).toBe(400);
  expect((await ask('/api/v1/pods?watch=true&resourceVersion=-1')).code).toBe(400);
});

test('initial events are refused as by a server without them', async () => {
  const { code, body } = await ask(
    '/api/v1/pods?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
  );
  expect({ code, reason: body.reason }).toEqual({ code: 422, reason: 'Invalid' });
});

test('deleting answers with the pod, and it is gone', async () => {
  const path = '/api/v1/namespaces/data/pods/postgres-0';
  expect((await ask(path, { method: 'DELETE' })).body).toMatchObject({
    kind: 'Pod',
    metadata: { name: 'postgres-0' },
  });
  expect((await ask(path)).code).toBe(404);
});

test.each([
  ['DELETE', '/api/v1/namespaces/shop'],
  ['PUT', '/api/v1/namespaces/data/pods/postgres-0'],
  ['POST', '/api/v1/namespaces/data/pods'],
  ['DELETE', '/api/v1/namespaces/data/pods'],
])('%s %s is not allowed', async (method, path) => {
  expect(await ask(path, { method })).toMatchObject({ code: 405, body: { reason: 'MethodNotAllowed' } });
});

/** The events of a watch that the clock brings to its end. */
async function watchUntilEnd(
  query: string,
  seconds: number,
  { accept = 'application/json', meanwhile = () => {} }: { accept?: string; meanwhile?: () => void } = {},
): Promise<{ type: string; object: Body }[]> {
  const response = await fetch(`${address}/api/v1/namespaces/data/pods?watch=true&${query}`, {
    headers: { Accept: accept },
  });
  await expect.poll(() => clock.sleepers).toBe(2);
  meanwhile();
  await expect.poll(() => clock.sleepers).toBe(2);
  await clock.advance(seconds * 1_000);
  const lines = (await response.text()).trim().split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as { type: string; object: Body });
}

test('a watch ends after the time that was asked for', async () => {
  const events = await watchUntilEnd('timeoutSeconds=5', 5);
  expect(events.map(({ type, object }) => `${type} ${object.kind}`)).toEqual([
    'ADDED Pod',
    'ADDED Pod',
    'ADDED Pod',
  ]);
  expect(clock.sleepers).toBe(0);
});

test('no watch is longer than half an hour, whatever was asked for', async () => {
  const events = await watchUntilEnd(
    'timeoutSeconds=9999999999&resourceVersion=0&allowWatchBookmarks=true',
    1_800,
  );
  expect(events.filter(({ type }) => type === 'BOOKMARK').length).toBeGreaterThan(25);
});

test('a watch from the list’s version has nothing old, and its tables have columns once', async () => {
  const version = store.version;
  const meanwhile = (): void => {
    for (const plan of POD_PLANS.filter(({ namespace }) => namespace === 'data')) {
      store.put('pods', buildPod(plan, clock.nowMs()));
    }
  };
  const query = `resourceVersion=${version}&timeoutSeconds=5`;
  const events = await watchUntilEnd(query, 5, { accept: TABLE, meanwhile });
  expect(events.map(({ type, object }) => `${type} ${object.kind}`)).toEqual([
    'MODIFIED Table',
    'MODIFIED Table',
    'MODIFIED Table',
  ]);
  const columns = events.map(
    ({ object }) => (object as unknown as { columnDefinitions: unknown }).columnDefinitions,
  );
  expect(columns.map((definitions) => definitions !== null)).toEqual([true, false, false]);
});
