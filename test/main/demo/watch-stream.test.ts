import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { listenOnLoopback } from '../../../main/base/loopback.ts';
import { POD_PLANS } from '../../../main/demo/demo-pods.ts';
import { createDemoStore, type DemoStore } from '../../../main/demo/demo-store.ts';
import type { Pod } from '../../../main/demo/kube-objects.ts';
import { buildNamespace, buildPod } from '../../../main/demo/pod-builder.ts';
import { streamWatch, type WatchRequest } from '../../../main/demo/watch-stream.ts';
import { createManualClock, type ManualClock } from '../../fakes/manual-clock.ts';

const [FIRST, SECOND, THIRD] = POD_PLANS.map((plan) => buildPod(plan, 0)) as [Pod, Pod, Pod];

interface WatchEvent {
  readonly type: string;
  readonly object: Record<string, never> & Pod & { code?: number };
}

interface Stage {
  readonly clock: ManualClock;
  readonly store: DemoStore;
  readonly response: IncomingMessage;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
  /** What has come so far; `NAME` of pods only. */
  readonly events: WatchEvent[];
  readonly seen: string[];
}

/** A watch over a real socket; the store holds the first pod before it begins. */
async function startWatch(
  request: Partial<WatchRequest> = {},
  prepare?: (store: DemoStore) => void,
): Promise<Stage> {
  const clock = createManualClock();
  const store = createDemoStore();
  store.put('pods', FIRST);
  prepare?.(store);
  const stop = new AbortController();
  const ended = Promise.withResolvers<void>();
  const server = createServer((_request, response) => {
    response.flushHeaders();
    const watch: WatchRequest = {
      resource: 'pods',
      after: undefined,
      selector: () => true,
      hasBookmarks: false,
      format: ([object]) => object ?? {},
      ...request,
    };
    streamWatch({ clock, store }, watch, response, { signal: stop.signal })
      .finally(() => response.end())
      .then(ended.resolve, ended.reject);
  });
  const port = await listenOnLoopback(server, 0);
  const [response] = (await once(get({ host: '127.0.0.1', port }), 'response')) as [IncomingMessage];
  const events: WatchEvent[] = [];
  const seen: string[] = [];
  let rest = '';
  response.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = JSON.parse(line) as WatchEvent;
      events.push(event);
      seen.push(`${event.type} ${event.object.metadata.name ?? ''}`.trim());
    }
  });
  onTestFinished(async () => {
    stop.abort();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { clock, store, response, stop, ended: ended.promise, events, seen };
}

const name = (pod: Pod): string => pod.metadata.name;

test('without a version it begins with all that exists, then tells each change', async () => {
  const stage = await startWatch();
  await expect.poll(() => stage.seen).toEqual([`ADDED ${name(FIRST)}`]);
  stage.store.put('pods', SECOND);
  stage.store.put('pods', FIRST);
  stage.store.remove('pods', SECOND.metadata);
  await expect
    .poll(() => stage.seen.slice(1))
    .toEqual([`ADDED ${name(SECOND)}`, `MODIFIED ${name(FIRST)}`, `DELETED ${name(SECOND)}`]);
});

test('with a version it begins with what came after it', async () => {
  let after = 0;
  const prepare = (store: DemoStore): void => {
    after = store.version;
    store.put('pods', SECOND);
  };
  const probe = createDemoStore();
  probe.put('pods', FIRST);
  const stage = await startWatch({ after: probe.version }, prepare);
  expect(after).toBe(probe.version);
  await expect.poll(() => stage.seen).toEqual([`ADDED ${name(SECOND)}`]);
});

test('a version that is too old is an event with 410, and the end', async () => {
  const stage = await startWatch({ after: 1 });
  await stage.ended;
  await expect.poll(() => stage.seen).toEqual(['ERROR']);
  expect(stage.events[0]?.object).toMatchObject({ kind: 'Status', reason: 'Expired', code: 410 });
});

test('what leaves a selector is deleted for the watcher, what enters it is added', async () => {
  const selector: WatchRequest['selector'] = (object) => object.status.phase === 'Running';
  const stage = await startWatch({ selector });
  stage.store.put('pods', { ...FIRST, status: { ...FIRST.status, phase: 'Failed' } });
  stage.store.put('pods', { ...FIRST, status: { ...FIRST.status, phase: 'Pending' } });
  stage.store.put('pods', FIRST);
  await expect
    .poll(() => stage.seen)
    .toEqual([`ADDED ${name(FIRST)}`, `DELETED ${name(FIRST)}`, `ADDED ${name(FIRST)}`]);
});

test('other kinds of objects are not told', async () => {
  const stage = await startWatch();
  stage.store.put('namespaces', buildNamespace('shop', 1, 0));
  stage.store.put('pods', SECOND);
  await expect.poll(() => stage.seen).toEqual([`ADDED ${name(FIRST)}`, `ADDED ${name(SECOND)}`]);
});

test('a quiet minute brings a bookmark with the latest version, where it was asked for', async () => {
  const asked = await startWatch({ hasBookmarks: true });
  await expect.poll(() => asked.clock.sleepers).toBe(1);
  await asked.clock.advance(60_000);
  await expect.poll(() => asked.seen).toContain('BOOKMARK');
  expect(asked.events.at(-1)?.object).toMatchObject({
    kind: 'Pod',
    metadata: { resourceVersion: String(asked.store.version) },
  });

  const unasked = await startWatch();
  await expect.poll(() => unasked.clock.sleepers).toBe(1);
  await unasked.clock.advance(60_000);
  unasked.store.put('pods', SECOND);
  await expect.poll(() => unasked.seen).toEqual([`ADDED ${name(FIRST)}`, `ADDED ${name(SECOND)}`]);
});

test('ends with the signal and leaves nothing waiting', async () => {
  const stage = await startWatch();
  await expect.poll(() => stage.clock.sleepers).toBe(1);
  stage.stop.abort();
  await stage.ended;
  expect(stage.clock.sleepers).toBe(0);
});

test('a watcher that does not read costs the history and no more, and is told 410 when it returns', async () => {
  const stage = await startWatch();
  await expect.poll(() => stage.seen).toHaveLength(1);
  stage.response.pause();
  const heavy = { ...THIRD, metadata: { ...THIRD.metadata, labels: { note: 'x'.repeat(256 * 1024) } } };
  for (let count = 0; count < 300; count += 1) {
    stage.store.put('pods', heavy);
    await new Promise((resolve) => setImmediate(resolve));
  }
  stage.response.resume();
  await stage.ended;
  await expect.poll(() => stage.seen.at(-1)).toBe('ERROR');
  expect(stage.events.length).toBeLessThan(300);
});
