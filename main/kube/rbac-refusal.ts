/** What a server's refusal says about the permission that is missing. */
export type RbacRefusal = ResourceRefusal | PathRefusal;

interface ResourceRefusal {
  readonly kind: 'resource';
  readonly user: string;
  readonly verb: string;
  /** With its subresource: `pods/exec`. */
  readonly resource: string;
  /** Empty: the core group. */
  readonly group: string;
  /** Undefined: at the cluster scope. */
  readonly namespace: string | undefined;
}

interface PathRefusal {
  readonly kind: 'path';
  readonly user: string;
  readonly verb: string;
  readonly path: string;
}

/**
 * The API server's sentences (apiserver, endpoints/handlers/responsewriters/errors.go, forbiddenMessage). A group
 * and a scope always follow a resource; a name may stand before the sentence, a reason behind it.
 */
const RESOURCE =
  /User "([^"]*)" cannot (\S+) resource "([^"]+)" in API group "([^"]*)" (?:in the namespace "([^"]*)"|at the cluster scope)/;
const PATH = /User "([^"]*)" cannot (\S+) path "([^"]*)"/;

/** Undefined where the refusal is another's: admission, a webhook, a proxy. */
export function parseRbacRefusal(message: string): RbacRefusal | undefined {
  const about = RESOURCE.exec(message);
  if (about) {
    const [, user = '', verb = '', resource = '', group = '', namespace] = about;
    return { kind: 'resource', user, verb, resource, group, namespace };
  }
  const [, user, verb, path] = PATH.exec(message) ?? [];
  if (user === undefined || verb === undefined || path === undefined) return undefined;
  return { kind: 'path', user, verb, path };
}

/** Kubernetes checks a remote command's WebSocket for both from 1.35 on, older ones for get alone. */
const REMOTE_COMMAND = /^pods\/(exec|attach|portforward)$/;

/** What to ask an administrator for. */
export function describeGrant(refusal: RbacRefusal): string {
  const whom = refusal.user === '' ? '' : ` to ${refusal.user}`;
  return `Ask an administrator of the cluster to grant${whom} ${describeRule(refusal)}.`;
}

function describeRule(refusal: RbacRefusal): string {
  if (refusal.kind === 'path') {
    return `the verb ${refusal.verb} on the path ${refusal.path}, by nonResourceURLs of a ClusterRole`;
  }
  const { verb, resource, group, namespace } = refusal;
  const verbs = REMOTE_COMMAND.test(resource)
    ? 'the verbs get and create (Kubernetes 1.35 and later check both)'
    : `the verb ${verb}`;
  const what = group === '' ? resource : `${resource}.${group}`;
  return `${verbs} on ${what} ${namespace === undefined ? 'in the whole cluster' : `in namespace ${namespace}`}`;
}
