import { AppError } from '../base/errors.ts';
import { parseApiStatus, toApiError } from '../kube/api-error.ts';
import type { UpgradeRefusal } from '../kube/upgrade.ts';
import type { ExecStatus } from './exec-status.ts';
import { type ExecRequest, formatExecPath } from './exec-url.ts';
import { createNoShell, isNoProgram } from './no-shell.ts';

const CHOOSE_CONTAINER = 'Choose one of the pod’s containers.';
const FIND_SUCCESSOR = 'It may have been replaced: look for its successor in the list of pods.';

/** An upgrade that was answered with something else than 101 (RBAC, a missing pod or container, a proxy). */
export function toUpgradeError(server: string, request: ExecRequest, refusal: UpgradeRefusal): AppError {
  const { namespace, pod, kind } = request;
  const status = parseApiStatus(refusal.body);
  const tried = `GET ${formatExecPath(request)}`;
  const details = {
    detail: `${tried}: HTTP ${refusal.status} ${status?.reason ?? ''}`.trim(),
    cause: refusal,
  };
  if (refusal.status === 403 && refusal.body.trim() === '') {
    // x/net's handshake: the one 403 of an API server that says nothing.
    const message = `the server speaks none of the ${kind} protocols that Kubereel offers`;
    const hint = 'It may be older than Kubernetes 1.29, or stand behind a proxy that takes WebSockets apart.';
    return new AppError('exec-refused', message, { ...details, hint });
  }
  if (refusal.status === 403 && status) {
    const hint = `Ask for the verbs get and create on pods/${kind} in namespace ${namespace}: Kubernetes 1.35 and later need both.`;
    return new AppError('forbidden', status.message || `you may not ${kind} in pod ${namespace}/${pod}`, {
      ...details,
      hint,
    });
  }
  if (refusal.status === 404 && status) {
    return new AppError('pod-not-found', status.message || `there is no pod ${namespace}/${pod}`, {
      ...details,
      hint: FIND_SUCCESSOR,
    });
  }
  if (refusal.status === 400 && status) {
    return /container/.test(status.message)
      ? new AppError('container-unknown', status.message, { ...details, hint: CHOOSE_CONTAINER })
      : new AppError('exec-refused', status.message || `the server refused the ${kind}`, details);
  }
  return toApiError(server, refusal.status, refusal.body, tried);
}

const NO_CONTAINER = /^(Internal error occurred: )?(unable to upgrade connection: )?container not found/;
const NO_POD = /^pods "[^"]*" not found|pod does not exist/;
/** cri-dockerd before the fix of Mirantis/cri-dockerd#560, behind kubelets from 1.36. */
const PLAIN_STREAMING_SERVER = /server gave HTTP response to HTTPS client/;

/** The server opened the stream and then said that the command failed. `context` is kubeconfig's. */
export function toStatusError(
  request: ExecRequest,
  { message, reason }: Extract<ExecStatus, { kind: 'failed' }>,
  context: string,
): AppError {
  const detail = [message, reason].filter((part) => part !== '').join(' — ');
  if (isNoProgram(message)) return createNoShell(request, detail, context);
  if (NO_CONTAINER.test(message)) {
    const subject = request.container === '' ? 'the container' : `container ${request.container}`;
    return new AppError('exec-failed', `${subject} of ${request.namespace}/${request.pod} is not running`, {
      detail,
      hint: 'Wait until it has started, or choose another container.',
    });
  }
  if (NO_POD.test(message)) {
    return new AppError('pod-not-found', message, { detail, hint: FIND_SUCCESSOR });
  }
  if (PLAIN_STREAMING_SERVER.test(message)) {
    return new AppError('exec-failed', message, {
      detail,
      hint: 'The node’s container runtime is too old for its kubelet: update cri-dockerd there.',
    });
  }
  return new AppError('exec-failed', message, {
    detail,
    hint: `The node or its container runtime said so: kubectl describe pod ${request.pod} -n ${request.namespace} may tell more.`,
  });
}

/** The connection went away, and with it the knowledge of how the command ended. */
export function createLost({ namespace, pod }: ExecRequest, reason: string): AppError {
  return new AppError('connection-lost', `the connection to ${namespace}/${pod} was lost: ${reason}`, {
    detail: reason,
    hint: 'The command may still run in the pod. Open the shell again.',
  });
}

/** The server sent what no WebSocket server may send, or more than we take at once. */
export function createProtocolError({ namespace, pod }: ExecRequest, cause: Error): AppError {
  return new AppError(
    'protocol-error',
    `the connection to ${namespace}/${pod} was cut by us: the server sent what it may not: ${cause.message}`,
    { hint: 'A proxy between here and the cluster may have garbled it. Open the shell again.', cause },
  );
}

/**
 * A connection that was closed without a status. In order (1000): the command has ended in some way, and kubectl
 * takes it for success (remotecommand, errorstream.go); we do not know. Anything else broke off.
 */
export function toCloseError(request: ExecRequest, code: number, reason: string): AppError {
  if (code !== 1000 && code !== 1005) return createLost(request, describeClose(code, reason));
  const words = describeClose(code, reason);
  return new AppError(
    'exit-unknown',
    `the command in ${request.namespace}/${request.pod} has ended: ${words}`,
    {
      detail: `close code ${code}`,
      hint: 'Whether it did its work is not known.',
    },
  );
}

/** Words for a close code (RFC 6455, 7.4). */
export function describeClose(code: number, reason: string): string {
  const words = reason === '' ? '' : ` (${reason})`;
  switch (code) {
    case 1000:
    case 1005:
      return `the server closed it without saying how the command ended${words}`;
    case 1001:
      return `the server is going away${words}`;
    case 1006:
      return 'it was cut without a word';
    default:
      return `the server closed it with code ${code}${words}`;
  }
}
