import { expect, test } from 'vitest';
import { POD_PLANS } from '../../../main/demo/demo-pods.ts';
import { type Change, createDemoStore, type DemoStore } from '../../../main/demo/demo-store.ts';
import type { Pod } from '../../../main/demo/kube-objects.ts';
import { buildNamespace, buildPod } from '../../../main/demo/pod-builder.ts';

const [FIRST, SECOND] = POD_PLANS.map((plan) => buildPod(plan, 0)) as [Pod, Pod];

function describe(changes: readonly Change[]): string[] {
  return changes.map(({ type, object }) => `${type} ${object.metadata.name}`);
}

test('each change gets the next number, and the object carries it', () => {
  const store = createDemoStore();
  const before = store.version;
  expect(store.put('pods', FIRST).metadata.resourceVersion).toBe(String(before + 1));
  expect(store.put('pods', FIRST).metadata.resourceVersion).toBe(String(before + 2));
  expect(store.version).toBe(before + 2);
});

test('lists in the order of namespace and name, each kind apart', () => {
  const store = createDemoStore();
  for (const plan of POD_PLANS) store.put('pods', buildPod(plan, 0));
  store.put('namespaces', buildNamespace('shop', 1, 0));
  const keys = store.list('pods').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  expect(keys).toEqual([...keys].sort());
  expect(keys).toHaveLength(POD_PLANS.length);
  expect(store.list('namespaces').map(({ metadata }) => metadata.name)).toEqual(['shop']);
});

test('tells what has happened after a version, in order', () => {
  const store = createDemoStore();
  store.put('pods', FIRST);
  const after = store.version;
  store.put('pods', SECOND);
  store.put('pods', FIRST);
  store.remove('pods', SECOND.metadata);
  expect(describe(store.changesAfter(after))).toEqual([
    `ADDED ${SECOND.metadata.name}`,
    `MODIFIED ${FIRST.metadata.name}`,
    `DELETED ${SECOND.metadata.name}`,
  ]);
  expect(store.changesAfter(store.version)).toEqual([]);
});

test('a deletion has a number of its own, carried by what was deleted', () => {
  const store = createDemoStore();
  store.put('pods', FIRST);
  store.remove('pods', FIRST.metadata);
  const [deleted] = store.changesAfter(store.version - 1);
  expect(deleted?.object.metadata.resourceVersion).toBe(String(store.version));
  expect(
    store.get('pods', { namespace: FIRST.metadata.namespace, name: FIRST.metadata.name }),
  ).toBeUndefined();
});

test('removing what is not there changes nothing', () => {
  const store = createDemoStore();
  const before = store.version;
  store.remove('pods', { namespace: 'shop', name: 'nosuch' });
  expect(store.version).toBe(before);
});

test('a version from before the history is refused with 410, the oldest that is known is not', () => {
  const store = createDemoStore();
  const fresh = store.version;
  expect(() => store.changesAfter(fresh - 1)).toThrow('too old resource version');
  expect(store.changesAfter(fresh)).toEqual([]);
  for (let count = 0; count < 1_000; count += 1) store.put('pods', FIRST);
  expect(() => store.changesAfter(fresh)).toThrow('too old resource version');
  const oldest = oldestVersion(store);
  expect(store.changesAfter(oldest)).toHaveLength(store.version - oldest);
  expect(store.version - oldest).toBeLessThan(1_000);
});

function oldestVersion(store: DemoStore): number {
  for (let version = store.version; ; version -= 1) {
    try {
      store.changesAfter(version - 1);
    } catch {
      return version;
    }
  }
}

test('announces each change after it can be read', () => {
  const store = createDemoStore();
  const seen: (string | undefined)[] = [];
  store.onChanged(({ object }) => {
    seen.push(store.get('pods', object.metadata)?.metadata.resourceVersion);
  });
  const stored = store.put('pods', FIRST);
  store.remove('pods', FIRST.metadata);
  expect(seen).toEqual([stored.metadata.resourceVersion, undefined]);
});
