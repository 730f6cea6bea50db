/** What a server's refusal says about the permission that is missing. */
export interface RbacRefusal {
  readonly user: string;
  readonly verb: string;
  /** With its subresource: `pods/exec`. */
  readonly resource: string;
  /** Empty: the core group. */
  readonly group: string;
  /** Undefined: at the cluster scope. */
  readonly namespace: string | undefined;
}

/**
 * The API server's sentence (apiserver, endpoints/handlers/responsewriters/errors.go, forbiddenMessage). A group
 * and a scope always follow; a name may stand before it, a reason behind.
 */
const SENTENCE =
  /User "([^"]*)" cannot (\S+) resource "([^"]+)" in API group "([^"]*)" (?:in the namespace "([^"]*)"|at the cluster scope)/;

/** Undefined where the refusal is another's: admission, a webhook, a proxy. */
export function parseRbacRefusal(message: string): RbacRefusal | undefined {
  const found = SENTENCE.exec(message);
  if (!found) return undefined;
  const [, user = '', verb = '', resource = '', group = '', namespace] = found;
  return { user, verb, resource, group, namespace };
}

/** Kubernetes checks a remote command's WebSocket for both from 1.35 on, older ones for get alone. */
const REMOTE_COMMAND = /^pods\/(exec|attach|portforward)$/;

/** What to ask an administrator for. */
export function describeGrant({ user, verb, resource, group, namespace }: RbacRefusal): string {
  const verbs = REMOTE_COMMAND.test(resource)
    ? 'the verbs get and create (Kubernetes 1.35 and later check both)'
    : `the verb ${verb}`;
  const what = group === '' ? resource : `${resource}.${group}`;
  const where = namespace === undefined ? 'in the whole cluster' : `in namespace ${namespace}`;
  const whom = user === '' ? '' : ` to ${user}`;
  return `Ask an administrator of the cluster to grant${whom} ${verbs} on ${what} ${where}.`;
}
