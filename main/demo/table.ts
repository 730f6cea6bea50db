import type { ResourceName, StoredObject } from './demo-store.ts';
import { formatHumanDuration } from './human-duration.ts';
import type { ContainerStatus, Pod } from './kube-objects.ts';

/** The server-side printing of `kubectl get`: columns and rows instead of objects. */

interface Column {
  readonly name: string;
  readonly type: 'string';
  readonly format: '' | 'name';
  readonly description: string;
  /** Above 0: only with `-o wide`. */
  readonly priority: number;
}

const POD_COLUMNS: readonly Column[] = [
  column('Name', { format: 'name' }),
  column('Ready'),
  column('Status'),
  column('Restarts'),
  column('Age'),
  column('IP', { priority: 1 }),
  column('Node', { priority: 1 }),
  column('Nominated Node', { priority: 1 }),
  column('Readiness Gates', { priority: 1 }),
];
const NAMESPACE_COLUMNS: readonly Column[] = [
  column('Name', { format: 'name' }),
  column('Status'),
  column('Age'),
];

/** Whether an Accept header prefers a table to the objects themselves: kubectl lists it first. */
export function wantsTable(accept: string | undefined): boolean {
  const first = accept?.split(',')[0] ?? '';
  return /;\s*as=Table\b/.test(first) && /;\s*g=meta\.k8s\.io\b/.test(first);
}

export interface TableOptions {
  readonly resourceVersion: string;
  readonly nowMs: number;
  /** The query's `includeObject`: how much of each object a row carries. */
  readonly includeObject: string;
  /** Later events of a watch leave the columns out. */
  readonly hasColumns: boolean;
}

export function formatTable(
  resource: ResourceName,
  objects: readonly StoredObject[],
  options: TableOptions,
): object {
  const columns = resource === 'pods' ? POD_COLUMNS : NAMESPACE_COLUMNS;
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: options.resourceVersion },
    columnDefinitions: options.hasColumns ? columns : null,
    rows: objects.map((object) => ({
      cells: object.kind === 'Pod' ? podCells(object, options.nowMs) : namespaceCells(object, options.nowMs),
      object: rowObject(object, options.includeObject),
    })),
  };
}

function rowObject(object: StoredObject, include: string): object | null {
  if (include === 'None') return null;
  if (include === 'Object') return object;
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

function namespaceCells({ metadata, status }: Exclude<StoredObject, Pod>, nowMs: number): string[] {
  return [metadata.name, status.phase, formatAge(metadata.creationTimestamp, nowMs)];
}

function podCells(pod: Pod, nowMs: number): string[] {
  const statuses = pod.status.containerStatuses;
  const readyCount = statuses.filter((status) => status.ready && status.state.running).length;
  return [
    pod.metadata.name,
    `${readyCount}/${pod.spec.containers.length}`,
    podReason(pod),
    formatRestarts(statuses, nowMs),
    formatAge(pod.metadata.creationTimestamp, nowMs),
    pod.status.podIP,
    pod.spec.nodeName,
    '<none>',
    '<none>',
  ];
}

/** kubectl's STATUS column: the first container's trouble before the pod's phase (kubernetes, printers/internalversion). */
function podReason(pod: Pod): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  const statuses = pod.status.containerStatuses;
  const troubled = statuses.find(({ state }) => state.waiting || state.terminated);
  const reason = troubled?.state.waiting?.reason ?? troubled?.state.terminated?.reason;
  if (reason === undefined) return pod.status.phase;
  const hasRunning = statuses.some((status) => status.ready && status.state.running);
  return reason === 'Completed' && hasRunning ? 'NotReady' : reason;
}

function formatRestarts(statuses: readonly ContainerStatus[], nowMs: number): string {
  const count = statuses.reduce((sum, status) => sum + status.restartCount, 0);
  const lastMs = statuses
    .map((status) => Date.parse(status.lastState.terminated?.finishedAt ?? ''))
    .filter((ms) => !Number.isNaN(ms))
    .reduce((latest, ms) => Math.max(latest, ms), 0);
  return count > 0 && lastMs > 0 ? `${count} (${formatHumanDuration(nowMs - lastMs)} ago)` : String(count);
}

function formatAge(creationTimestamp: string, nowMs: number): string {
  return formatHumanDuration(nowMs - Date.parse(creationTimestamp));
}

function column(name: string, { format = '', priority = 0 }: Partial<Column> = {}): Column {
  return { name, type: 'string', format, description: '', priority };
}
