import * as v from 'valibot';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { fetchJson } from './api-client.ts';
import type { PodInfo } from './pod-info.ts';
import { listPods } from './pods.ts';
import type { KubeTransport } from './transport.ts';

/** What stands for a pod on the command line, as `deploy/web`. */
export interface PodController {
  readonly type: string;
  readonly name: string;
  readonly namespace: string;
}

interface ControllerKind {
  readonly path: string;
  readonly resource: string;
  readonly names: readonly string[];
}

/** Whose pods kubectl finds by a selector (kubectl, polymorphichelpers/helpers.go, SelectorsForObject). */
const KINDS: readonly ControllerKind[] = [
  { path: '/apis/apps/v1', resource: 'deployments', names: ['deployment', 'deploy'] },
  { path: '/apis/apps/v1', resource: 'statefulsets', names: ['statefulset', 'sts'] },
  { path: '/apis/apps/v1', resource: 'daemonsets', names: ['daemonset', 'ds'] },
  { path: '/apis/apps/v1', resource: 'replicasets', names: ['replicaset', 'rs'] },
  { path: '/apis/batch/v1', resource: 'jobs', names: ['job'] },
  { path: '/api/v1', resource: 'services', names: ['service', 'svc'] },
  { path: '/api/v1', resource: 'replicationcontrollers', names: ['replicationcontroller', 'rc'] },
];

const labelsSchema = v.record(v.string(), v.string());
const expressionSchema = v.object({
  key: v.string(),
  operator: v.picklist(['In', 'NotIn', 'Exists', 'DoesNotExist']),
  values: v.nullish(v.array(v.string()), []),
});
/** As text, the way a list takes it (apimachinery, labels/selector.go). */
const selectorSchema = v.union([
  v.pipe(
    v.strictObject({
      matchLabels: v.nullish(labelsSchema, {}),
      matchExpressions: v.nullish(v.array(expressionSchema), []),
    }),
    v.transform(({ matchLabels, matchExpressions }) =>
      [formatLabels(matchLabels), ...matchExpressions.map(formatExpression)].filter(Boolean).join(','),
    ),
  ),
  // Of services and replication controllers.
  v.pipe(labelsSchema, v.transform(formatLabels)),
]);
const controllerSchema = v.object({ spec: v.object({ selector: v.nullish(selectorSchema, {}) }) });

const POLL_MS = 1_000;

/**
 * The name of the pod that kubectl takes for a controller: the most alive one. Waits for one to appear, at most
 * `timeoutMs`; then throws `timed-out`. Throws `bad-input` for a type that stands for no pods.
 */
export async function findControllerPod(
  needs: { readonly transport: KubeTransport; readonly clock: Clock },
  controller: PodController,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<string> {
  const { type, name, namespace } = controller;
  const selector = await readSelector(needs.transport, controller, signal);
  const endMicros = needs.clock.nowMicros() + timeoutMs * 1_000;
  while (true) {
    const pods = await listPods(needs, { namespace, selector }, { signal });
    const [best] = [...pods].sort(compareLiveness);
    if (best) return best.name;
    if (needs.clock.nowMicros() >= endMicros) {
      throw new AppError('timed-out', `no pod of ${type}/${name} appeared within ${timeoutMs / 1_000} s`, {
        hint: 'It may be scaled to nothing, or its pods cannot be created.',
      });
    }
    await needs.clock.sleep(POLL_MS, { signal });
  }
}

async function readSelector(
  transport: KubeTransport,
  { type, name, namespace }: PodController,
  signal: AbortSignal,
): Promise<string> {
  // `deployments.apps` is the same.
  const [plain = ''] = type.toLowerCase().split('.');
  const kind = KINDS.find(({ resource, names }) => resource === plain || names.includes(plain));
  if (!kind) {
    throw new AppError('bad-input', `${type}/${name} stands for no pod`, {
      hint: `Name a pod, or one of: ${KINDS.map(({ names }) => names[0]).join(', ')}.`,
    });
  }
  const place = `${kind.path}/namespaces/${encodeURIComponent(namespace)}`;
  const path = `${place}/${kind.resource}/${encodeURIComponent(name)}`;
  const { spec } = await fetchJson(transport, { method: 'GET', path, signal }, controllerSchema);
  const { selector } = spec;
  // None selects all pods of the namespace.
  if (selector === '') throw new AppError('bad-input', `${type}/${name} has no selector, and so no pods`);
  return selector;
}

function formatLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

function formatExpression({ key, operator, values }: v.InferOutput<typeof expressionSchema>): string {
  switch (operator) {
    case 'In':
      return `${key} in (${values.join(',')})`;
    case 'NotIn':
      return `${key} notin (${values.join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
  }
}

const PHASES: Readonly<Partial<Record<PodInfo['phase'], number>>> = { Unknown: 1, Running: 2 };

/**
 * Most alive first (kubectl, podutils.go, ActivePods reversed): on a node, running, ready, with fewer restarts,
 * older. How long a pod has been ready is not told apart.
 */
function compareLiveness(a: PodInfo, b: PodInfo): number {
  const rank = (pod: PodInfo): readonly number[] => [
    pod.node === null ? 0 : 1,
    PHASES[pod.phase] ?? 0,
    pod.readyContainers === pod.totalContainers ? 1 : 0,
    -pod.restarts,
    -pod.createdAtMs,
  ];
  const [ofA, ofB] = [rank(a), rank(b)];
  return ofB.map((value, i) => value - (ofA[i] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
