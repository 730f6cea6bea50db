import { AppError } from '../base/errors.ts';
import { type RemoteCommandAccess, reviewRemoteCommand } from '../kube/access.ts';
import { parseApiStatus } from '../kube/api-error.ts';
import type { KubeTransport } from '../kube/transport.ts';
import type { UpgradeRefusal } from '../kube/upgrade.ts';
import { toUpgradeError } from './exec-error.ts';
import type { ExecRequest } from './exec-url.ts';

/** The refusal stands already; what explains it better must not hold it up for long. */
const REVIEW_LIMIT_MS = 5_000;

/**
 * What the server answered, as `toUpgradeError` says it; a refusal with the verb that is missing, which the
 * server's sentence names in part or not at all: both are asked for by access review.
 */
export async function explainRefusal(
  needs: { readonly transport: KubeTransport },
  request: ExecRequest,
  answer: UpgradeRefusal,
  { signal }: { readonly signal: AbortSignal },
): Promise<AppError> {
  const { kind, namespace, pod } = request;
  const refusal = toUpgradeError(needs.transport.server, request, answer);
  // A page of a proxy says nothing about roles.
  if (refusal.code !== 'forbidden' || !parseApiStatus(answer.body)) return refusal;
  const limited = AbortSignal.any([signal, AbortSignal.timeout(REVIEW_LIMIT_MS)]);
  let access: RemoteCommandAccess;
  try {
    access = await reviewRemoteCommand(needs, { kind, namespace, pod }, { signal: limited });
  } catch {
    // The refusal is what matters; that it could not be explained is told by what it says itself.
    return refusal;
  }
  const hint = describeMissing(access, `pods/${kind}`, namespace);
  if (hint === undefined) return refusal;
  const { message, detail, cause } = refusal;
  const verdicts = `get: ${access.get.verdict}, create: ${access.create.verdict}`;
  return new AppError('forbidden', message, {
    hint,
    detail: detail === undefined ? verdicts : `${detail}; ${verdicts}`,
    cause,
  });
}

/** Undefined where the review says nothing that the refusal does not. */
function describeMissing(
  { get, create }: RemoteCommandAccess,
  resource: string,
  namespace: string,
): string | undefined {
  const place = `on ${resource} in namespace ${namespace}`;
  if (get.verdict === 'denied' && create.verdict === 'allowed') {
    return `create is allowed, get is denied, and a WebSocket needs get: ask for the verb get ${place}. kubectl gets in with create alone, by the older protocol SPDY.`;
  }
  if (get.verdict === 'allowed' && create.verdict === 'denied') {
    return `get is allowed, create is denied, and Kubernetes 1.35 and later check both: ask for the verb create ${place}.`;
  }
  if (get.verdict === 'allowed' && create.verdict === 'allowed') {
    return `Your roles allow get and create ${place}: a policy of the cluster refused it (admission). Ask whoever runs the cluster.`;
  }
  return undefined;
}
