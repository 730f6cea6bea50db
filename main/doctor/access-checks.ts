import { AppError } from '../base/errors.ts';
import { type AccessAnswer, fetchIdentity, type Identity, reviewRemoteCommand } from '../kube/access.ts';
import type { ResolvedContext } from '../kube/kubeconfig.ts';
import { fetchServerVersion, type ServerVersion } from '../kube/server-version.ts';
import type { KubeTransport } from '../kube/transport.ts';
import { detailOf, type Finding, ok, type Result, toFinding } from './check.ts';

interface AccessNeeds {
  readonly transport: KubeTransport;
}

/** Whom the server takes us for. A server that does not tell leaves it unknown; one that lets us not in fails. */
export async function checkIdentity(
  needs: AccessNeeds,
  { impersonation }: ResolvedContext,
  options: { signal: AbortSignal },
): Promise<Result<true>> {
  let identity: Identity;
  try {
    identity = await fetchIdentity(needs, options);
  } catch (error) {
    const isSilent = error instanceof AppError && (error.code === 'not-found' || error.code === 'forbidden');
    // To act as another is a permission of its own; without it nothing else works either.
    if (!isSilent || (error.code === 'forbidden' && impersonation)) throw error;
    return { finding: toFinding(error, 'unknown'), found: true };
  }
  const { username } = identity;
  const acting = impersonation ? ', as the context impersonates' : '';
  const anonymous =
    username === 'system:anonymous'
      ? { hint: 'The server took no credential from us: nearly everything will be refused.' }
      : {};
  return {
    finding: ok(`${username || 'a user without a name'}${acting}`, {
      ...anonymous,
      ...describeIdentity(identity),
    }),
    found: true,
  };
}

/** Everything that a server says about a user; extra is told by its keys, since values may be anything. */
function describeIdentity({ uid, groups, extra }: Identity): { readonly detail?: string } {
  const keys = Object.keys(extra);
  return detailOf(
    uid && `uid ${uid}`,
    groups.length > 0 ? `groups ${groups.join(', ')}` : 'no groups',
    keys.length > 0 ? `extra ${keys.join(', ')}` : undefined,
  );
}

/** From here on a WebSocket needs the verb create beside get (kubernetes/kubernetes#133515). */
const BOTH_VERBS_FROM_MINOR = 35;

/** Both verbs, weighed by what this server's version asks for. */
export async function checkRemoteCommand(
  needs: AccessNeeds,
  target: { readonly kind: 'exec' | 'attach'; readonly namespace: string; readonly pod?: string | undefined },
  options: { signal: AbortSignal },
): Promise<Result<true>> {
  const [{ get, create }, version] = await Promise.all([
    reviewRemoteCommand(needs, target, options),
    fetchServerVersion(needs, options),
  ]);
  const resource = `pods/${target.kind}`;
  const place =
    target.pod === undefined ? `in namespace ${target.namespace}` : `${target.namespace}/${target.pod}`;
  const detail = detailOf(
    describeAnswer('get', resource, get),
    describeAnswer('create', resource, create),
    `server version ${version?.text ?? 'unknown'}`,
  );
  return { finding: { ...weigh({ get, create, version, resource, place, ...target }), ...detail } };
}

function weigh(known: {
  readonly get: AccessAnswer;
  readonly create: AccessAnswer;
  readonly version: ServerVersion | undefined;
  readonly resource: string;
  readonly place: string;
  readonly namespace: string;
}): Finding {
  const { get, create, version, resource, place, namespace } = known;
  const grant = (verbs: string): { readonly hint: string } => ({
    hint: `Ask an administrator of the cluster for ${verbs} on ${resource} in namespace ${namespace}.`,
  });
  if (get.verdict === 'denied' && create.verdict === 'denied') {
    return {
      outcome: 'failed',
      message: `no: neither get nor create on ${resource}, ${place}`,
      ...grant('the verbs get and create'),
    };
  }
  if (get.verdict === 'denied') {
    return {
      outcome: 'failed',
      message: `no: create is ${create.verdict}, get is denied on ${resource}, ${place}; a WebSocket needs get`,
      ...grant('the verb get'),
    };
  }
  if (get.verdict === 'unknown' || create.verdict === 'unknown') {
    return {
      outcome: 'unknown',
      message: `the server does not say whether you may, ${place}`,
      hint: 'Open a shell to find out: what is not told may be allowed.',
    };
  }
  if (create.verdict === 'allowed') return ok(`yes: get and create on ${resource}, ${place}`);
  if (version && version.minor < BOTH_VERBS_FROM_MINOR) {
    return ok(
      `yes: get on ${resource}, ${place}; create is missing, which Kubernetes 1.35 will ask for`,
      grant('the verb create'),
    );
  }
  return {
    outcome: version ? 'failed' : 'unknown',
    message: `${version ? 'no' : 'perhaps not'}: get is allowed, create is denied on ${resource}, ${place}; Kubernetes 1.35 and later ask for both`,
    ...grant('the verb create'),
  };
}

function describeAnswer(verb: string, resource: string, { verdict, reason }: AccessAnswer): string {
  return `${verb} ${resource}: ${verdict}${reason === '' ? '' : ` (${reason})`}`;
}
