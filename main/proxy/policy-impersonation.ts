import type { Impersonation } from '../kube/kubeconfig.ts';
import type { RequestInfo } from '../kube/request-info.ts';
import type { PolicyAnswer, PolicyTarget } from '../policy/policy.ts';

export interface ImpersonationNeeds {
  /** The policy's files as they are at this moment. */
  read(): Promise<{ answer(target: PolicyTarget, deed: string): PolicyAnswer }>;
  /** With what the kubeconfig says of the context. Throws `context-unknown`. */
  describe(place: Pick<PolicyTarget, 'context' | 'namespace' | 'pod'>): PolicyTarget;
}

/**
 * Whom the policy has a request made as; undefined where it says nothing of that. Rejects with `policy-invalid`: whom it
 * would name is not known then.
 */
export async function findImpersonation(
  policy: ImpersonationNeeds,
  context: string,
  { namespace = '', resource, name = '' }: RequestInfo,
): Promise<Impersonation | undefined> {
  const target = policy.describe({ context, namespace, pod: resource === 'pods' ? name : '' });
  const { impersonate } = (await policy.read()).answer(target, 'nothing is asked of a cluster');
  if (!impersonate) return undefined;
  const { groups = [], extra = {}, ...who } = impersonate;
  return { ...who, groups, extra: new Map(Object.entries(extra)) };
}
