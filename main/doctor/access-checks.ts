import { AppError } from '../base/errors.ts';
import { type AccessAnswer, fetchIdentity, type Identity, reviewRemoteCommand } from '../kube/access.ts';
import type { ResolvedContext } from '../kube/kubeconfig.ts';
import { fetchServerVersion, type ServerVersion } from '../kube/server-version.ts';
import type { KubeTransport } from '../kube/transport.ts';
import { detailOf, ok, type Result, toFinding } from './check.ts';

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

/** Whether a remote command would be let in, and what that is taken from. */
export interface Weighing {
  readonly answer: 'yes' | 'no' | 'unknown';
  readonly why: string;
  readonly hint?: string;
  /** Each verb's answer, and the server's version. */
  readonly lines: readonly string[];
}

interface CommandTarget {
  readonly kind: 'exec' | 'attach';
  readonly namespace: string;
  readonly pod?: string | undefined;
}

/** Asks for both verbs, and weighs them by what this server's version asks for. */
export async function weighRemoteCommand(
  needs: AccessNeeds,
  target: CommandTarget,
  options: { signal: AbortSignal },
): Promise<Weighing> {
  const [{ get, create }, version] = await Promise.all([
    reviewRemoteCommand(needs, target, options),
    fetchServerVersion(needs, options),
  ]);
  const resource = `pods/${target.kind}`;
  const lines = [
    describeAnswer('get', resource, get),
    describeAnswer('create', resource, create),
    `server version: ${version?.text ?? 'not told'}`,
  ];
  return { ...weigh(target, get.verdict, create.verdict, version), lines };
}

/** The same as a line of the report. */
export async function checkRemoteCommand(
  needs: AccessNeeds,
  target: CommandTarget,
  options: { signal: AbortSignal },
): Promise<Result<true>> {
  const { answer, why, hint, lines } = await weighRemoteCommand(needs, target, options);
  const outcome = ({ yes: 'ok', no: 'failed', unknown: 'unknown' } as const)[answer];
  return {
    finding: {
      outcome,
      message: `${answer}: ${why}`,
      ...(hint === undefined ? {} : { hint }),
      ...detailOf(...lines),
    },
  };
}

function weigh(
  { kind, namespace, pod }: CommandTarget,
  get: AccessAnswer['verdict'],
  create: AccessAnswer['verdict'],
  version: ServerVersion | undefined,
): Omit<Weighing, 'lines'> {
  const resource = `pods/${kind}`;
  const place = pod === undefined ? `in namespace ${namespace}` : `of ${namespace}/${pod}`;
  const grant = (verbs: string): { readonly hint: string } => ({
    hint: `Ask an administrator of the cluster for ${verbs} on ${resource} in namespace ${namespace}.`,
  });
  if (get === 'denied' && create === 'denied') {
    const why = `neither get nor create on ${resource} ${place}`;
    return { answer: 'no', why, ...grant('the verbs get and create') };
  }
  if (get === 'denied') {
    const why = `create is ${create}, get is denied on ${resource} ${place}, and a WebSocket needs get`;
    return { answer: 'no', why, ...grant('the verb get') };
  }
  if (get === 'unknown' || create === 'unknown') {
    return {
      answer: 'unknown',
      why: `the server does not say whether ${resource} ${place} is allowed`,
      hint: 'Open a shell to find out: what is not told may be allowed.',
    };
  }
  if (create === 'allowed') return { answer: 'yes', why: `get and create on ${resource} ${place}` };
  const missing = `get is allowed, create is denied on ${resource} ${place}`;
  if (!version) {
    const why = `${missing}; Kubernetes 1.35 and later need both, and this server does not tell its version`;
    return { answer: 'unknown', why, ...grant('the verb create') };
  }
  return version.minor < BOTH_VERBS_FROM_MINOR
    ? { answer: 'yes', why: `${missing}, which Kubernetes 1.35 will ask for`, ...grant('the verb create') }
    : { answer: 'no', why: `${missing}; Kubernetes 1.35 and later need both`, ...grant('the verb create') };
}

function describeAnswer(verb: string, resource: string, { verdict, reason }: AccessAnswer): string {
  return `${verb} ${resource}: ${verdict}${reason === '' ? '' : ` (${reason})`}`;
}
