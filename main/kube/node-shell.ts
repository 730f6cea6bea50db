import * as v from 'valibot';
import { AppError } from '../base/errors.ts';
import { fetchJson } from './api-client.ts';
import { parseApiStatus, toApiError } from './api-error.ts';
import { generateName } from './generated-name.ts';
import { explainPodSecurity } from './pod-security.ts';
import { parseRbacRefusal } from './rbac-refusal.ts';
import type { KubeTransport } from './transport.ts';

export interface NodeShellRequest {
  readonly node: string;
  /** Where the pod is made; it has to allow privileged pods. */
  readonly namespace: string;
  readonly image: string;
}

/** kubectl's name for it. */
export const NODE_SHELL_CONTAINER = 'debugger';
/** The label that tells our pods from others', its value one run of Kubereel from another. */
const NODE_SHELL_LABEL = 'kubereel/node-shell';
/** The cluster ends what we could not: a crash, a lost network, a laptop that never comes back. */
const LONGEST_SECONDS = 12 * 60 * 60;
/** Its only program sleeps: there is nothing to save. */
const END_SECONDS = 1;
/** For a deletion, which nobody waits for longer; the sweep tries again. */
const DELETE_LIMIT_MS = 10_000;
const HOST_VOLUME = 'host-root';
/** Where the node's own files are in the pod. */
const HOST_PATH = '/host';

/** What runs a command as root of the node, in its own files, processes and network. */
export const ON_NODE: readonly string[] = ['chroot', HOST_PATH];

interface Needs {
  readonly transport: KubeTransport;
}

interface PodPlace {
  readonly namespace: string;
  readonly pod: string;
}

const nodeSchema = v.object({
  metadata: v.object({ labels: v.nullish(v.record(v.string(), v.string()), {}) }),
});
const podSchema = v.object({
  metadata: v.object({
    uid: v.nullish(v.string(), ''),
    labels: v.nullish(v.record(v.string(), v.string()), {}),
  }),
});

export function nameNodePod(node: string): string {
  return generateName(`node-debugger-${node}-`);
}

/**
 * The pod of `kubectl debug node/…` with the sysadmin profile, which its container needs to be root of the node.
 * It sleeps until its time is over; the shell is a command in it.
 */
function buildNodePod(name: string, { node, image }: NodeShellRequest, instance: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      labels: { 'app.kubernetes.io/managed-by': 'kubereel', [NODE_SHELL_LABEL]: instance },
    },
    spec: {
      nodeName: node,
      restartPolicy: 'Never',
      activeDeadlineSeconds: LONGEST_SECONDS,
      terminationGracePeriodSeconds: END_SECONDS,
      automountServiceAccountToken: false,
      hostNetwork: true,
      hostPID: true,
      hostIPC: true,
      tolerations: [{ operator: 'Exists' }],
      volumes: [{ name: HOST_VOLUME, hostPath: { path: '/' } }],
      containers: [
        {
          name: NODE_SHELL_CONTAINER,
          image,
          command: ['sleep', String(LONGEST_SECONDS)],
          resources: {},
          securityContext: { privileged: true },
          terminationMessagePolicy: 'File',
          volumeMounts: [{ name: HOST_VOLUME, mountPath: HOST_PATH }],
        },
      ],
    },
  };
}

/** Throws `not-found` for a node that is not there, `bad-input` for one of Windows. Who may not look goes on. */
export async function checkNode(
  { transport }: Needs,
  node: string,
  { signal }: { signal: AbortSignal },
): Promise<void> {
  const path = `/api/v1/nodes/${encodeURIComponent(node)}`;
  try {
    const { metadata } = await fetchJson(transport, { method: 'GET', path, signal }, nodeSchema);
    if (metadata.labels['kubernetes.io/os'] !== 'windows') return;
  } catch (error) {
    if (error instanceof AppError && error.code === 'forbidden') return;
    throw error;
  }
  throw new AppError('bad-input', `node ${node} runs Windows, which has no such shell`, {
    hint: 'Use a host process container instead.',
  });
}

/** Creates the pod. Returns its uid. Rejects with `forbidden`, which says what is missing. */
export async function createNodePod(
  { transport }: Needs,
  name: string,
  request: NodeShellRequest & { readonly instance: string },
  { signal }: { signal: AbortSignal },
): Promise<string> {
  const { namespace, instance } = request;
  const { metadata } = await fetchJson(
    transport,
    {
      method: 'POST',
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(buildNodePod(name, request, instance)),
      signal,
    },
    podSchema,
    (httpStatus, body) => explainRefusal(transport, namespace, httpStatus, body),
  );
  return metadata.uid;
}

/** Deletes the pod if it is there and carries our label. Resolves when it is gone or going. Opens no login for it. */
export async function deleteNodePod(
  { transport }: Needs,
  { namespace, pod }: PodPlace,
  instance: string,
): Promise<void> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}`;
  const options = { path, isUnattended: true, signal: AbortSignal.timeout(DELETE_LIMIT_MS) };
  try {
    const { metadata } = await fetchJson(transport, { method: 'GET', ...options }, podSchema);
    // Another pod that has come to the same name is not ours to delete.
    if (metadata.labels[NODE_SHELL_LABEL] !== instance) return;
    const body = JSON.stringify({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid: metadata.uid },
    });
    const headers = { 'content-type': 'application/json' };
    await fetchJson(transport, { method: 'DELETE', headers, body, ...options }, v.unknown());
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'not-found') throw error;
  }
}

function explainRefusal(
  transport: KubeTransport,
  namespace: string,
  httpStatus: number,
  body: string,
): AppError | undefined {
  const status = parseApiStatus(body);
  if (httpStatus !== 403 || !status) return undefined;
  const refused = explainPodSecurity(status.message, 'node shell', namespace);
  if (refused) return refused;
  // A webhook's or a policy's refusal names no role that could be asked for.
  if (!parseRbacRefusal(status.message)) return undefined;
  const { message, hint, detail } = toApiError(transport.server, httpStatus, body);
  return new AppError('forbidden', message, {
    hint: `${hint ?? ''} A shell on a node takes create, get and delete on pods, and get and create on pods/exec, in namespace ${namespace}.`,
    ...(detail === undefined ? {} : { detail }),
  });
}
