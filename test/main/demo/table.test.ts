import { expect, test } from 'vitest';
import { POD_PLANS } from '../../../main/demo/demo-pods.ts';
import type { ContainerState, Pod } from '../../../main/demo/kube-objects.ts';
import {
  buildNamespace,
  buildPod,
  terminatedState,
  withContainerStatuses,
} from '../../../main/demo/pod-builder.ts';
import { formatTable, type TableOptions, wantsTable } from '../../../main/demo/table.ts';

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5);
const OPTIONS: TableOptions = {
  resourceVersion: '7',
  nowMs: NOW_MS,
  includeObject: 'Metadata',
  hasColumns: true,
};

interface Table {
  readonly columnDefinitions: { readonly name: string; readonly priority: number }[] | null;
  readonly rows: { readonly cells: string[]; readonly object: unknown }[];
}

function podNamed(start: string): Pod {
  const plan = POD_PLANS.find(({ name }) => name.startsWith(start));
  if (!plan) throw new Error('no such pod');
  return buildPod(plan, NOW_MS);
}

/** Ready, status and restarts, as kubectl would show them. */
function cellsOf(pod: Pod): string[] {
  return ((formatTable('pods', [pod], OPTIONS) as Table).rows[0]?.cells ?? []).slice(1, 4);
}

function withState(
  pod: Pod,
  index: number,
  ready: boolean,
  state: ContainerState,
  lastState: ContainerState = {},
): Pod {
  const statuses = pod.status.containerStatuses.map((status, at) =>
    at === index ? { ...status, ready, state, lastState } : status,
  );
  return withContainerStatuses(pod, statuses, NOW_MS);
}

test('a table is wanted where the first accepted type says so', () => {
  expect(wantsTable('application/json;as=Table;v=v1;g=meta.k8s.io,application/json')).toBe(true);
  expect(wantsTable('application/json, */*')).toBe(false);
  expect(wantsTable('application/json,application/json;as=Table;v=v1;g=meta.k8s.io')).toBe(false);
  expect(wantsTable(undefined)).toBe(false);
});

test('has kubectl’s columns, the wide ones marked', () => {
  const { columnDefinitions } = formatTable('pods', [], OPTIONS) as Table;
  const byPriority = (priority: number): string[] =>
    (columnDefinitions ?? []).filter((column) => column.priority === priority).map(({ name }) => name);
  expect(byPriority(0)).toEqual(['Name', 'Ready', 'Status', 'Restarts', 'Age']);
  expect(byPriority(1)).toEqual(['IP', 'Node', 'Nominated Node', 'Readiness Gates']);
});

test('each row has a cell for each column', () => {
  const { columnDefinitions, rows } = formatTable('pods', [podNamed('web')], OPTIONS) as Table;
  expect(rows[0]?.cells).toEqual([
    'web-5d9c7b6f4-x2kqp',
    '1/1',
    'Running',
    '0',
    '6d3h',
    '10.244.1.17',
    'node-a',
    '<none>',
    '<none>',
  ]);
  expect(rows[0]?.cells).toHaveLength(columnDefinitions?.length ?? -1);
});

test('counts the containers that are ready', () => {
  expect(cellsOf(podNamed('postgres'))).toEqual(['2/2', 'Running', '0']);
  expect(cellsOf(podNamed('catalog'))).toEqual(['0/1', 'Completed', '0']);
});

test('the status is the first container’s trouble', () => {
  const waiting = { waiting: { reason: 'CrashLoopBackOff' } };
  const failed = terminatedState(1, 'Error', NOW_MS - 60_000, NOW_MS - 12_000, 'containerd://x');
  const orders = podNamed('orders');
  expect(cellsOf(withState(orders, 0, false, failed))).toEqual(['0/1', 'Error', '14']);
  expect(cellsOf(withState(orders, 0, false, waiting, failed))).toEqual([
    '0/1',
    'CrashLoopBackOff',
    '14 (12s ago)',
  ]);
  expect(cellsOf(withState(podNamed('postgres'), 1, false, waiting))[1]).toBe('CrashLoopBackOff');
});

test('a pod with one container done and one running is not ready', () => {
  const done = terminatedState(0, 'Completed', NOW_MS - 60_000, NOW_MS, 'containerd://x');
  expect(cellsOf(withState(podNamed('postgres'), 0, false, done))).toEqual(['1/2', 'NotReady', '0']);
});

test('a pod that is being deleted is terminating, whatever its containers do', () => {
  const pod = podNamed('web');
  const marked = { ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2026-01-02T03:04:05Z' } };
  expect(cellsOf(marked)[1]).toBe('Terminating');
});

test('a row carries as much of its object as was asked for', () => {
  const objectWith = (includeObject: string): unknown =>
    (formatTable('pods', [podNamed('web')], { ...OPTIONS, includeObject }) as Table).rows[0]?.object;
  expect(objectWith('None')).toBeNull();
  expect(objectWith('Object')).toEqual(podNamed('web'));
  expect(objectWith('Metadata')).toEqual({
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: podNamed('web').metadata,
  });
});

test('later tables of a watch have no columns', () => {
  const table = formatTable('pods', [], { ...OPTIONS, hasColumns: false }) as Table;
  expect(table.columnDefinitions).toBeNull();
});

test('namespaces have columns of their own', () => {
  const table = formatTable('namespaces', [buildNamespace('shop', 3, NOW_MS)], OPTIONS) as Table;
  expect(table.columnDefinitions?.map(({ name }) => name)).toEqual(['Name', 'Status', 'Age']);
  expect(table.rows[0]?.cells).toEqual(['shop', 'Active', '3m']);
});
