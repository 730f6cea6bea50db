import type { IncomingHttpHeaders } from 'node:http';
import { isSameSecret } from '../base/loopback.ts';
import type { ReviewSpec } from './review-body.ts';
import { type AccessQuestion, forbidden, StatusError, unauthorized, unwelcome } from './status.ts';

/** The one user of the demo cluster. */
const DEMO_USER = {
  username: 'demo',
  uid: '7f0c1a52-demo',
  groups: ['shop-developers', 'system:authenticated'],
} as const;

interface Rule {
  readonly verbs: readonly string[];
  readonly group: string;
  /** `resource` or `resource/subresource`. */
  readonly resources: readonly string[];
  /** Absent: everywhere. */
  readonly namespaces?: readonly string[];
}

/** As a team would have it: its own namespaces to work in, the system's to look at. */
const RULES: readonly Rule[] = [
  { verbs: ['get', 'list', 'watch'], group: '', resources: ['pods', 'namespaces'] },
  { verbs: ['create', 'delete'], group: '', resources: ['pods'], namespaces: ['data', 'default', 'shop'] },
  {
    verbs: ['get', 'create'],
    group: '',
    resources: ['pods/exec', 'pods/attach'],
    namespaces: ['data', 'default', 'shop'],
  },
  {
    verbs: ['patch'],
    group: '',
    resources: ['pods/ephemeralcontainers'],
    namespaces: ['data', 'default', 'shop'],
  },
  { verbs: ['create'], group: 'authorization.k8s.io', resources: ['selfsubjectaccessreviews'] },
  { verbs: ['create'], group: 'authentication.k8s.io', resources: ['selfsubjectreviews'] },
];

/**
 * Throws a 403 status for what a browser asks for another's page, and for a name that somebody's DNS leads here: a client
 * of the demo has its address from a kubeconfig.
 */
export function checkCaller({ host = '', ...headers }: IncomingHttpHeaders): void {
  const site = headers['sec-fetch-site'];
  if (headers.origin !== undefined && URL.parse(headers.origin)?.host !== host)
    throw new StatusError(unwelcome());
  if (site === 'cross-site' || site === 'same-site') throw new StatusError(unwelcome());
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/i.test(host)) throw new StatusError(unwelcome());
}

/** Throws a 401 status unless the bearer token is right, and a 403 for the demo user's wish to be somebody else. */
export function checkIdentity(headers: IncomingHttpHeaders, token: string): void {
  const given = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (given === undefined || !isSameSecret(given, token)) throw new StatusError(unauthorized());
  const impersonated = headers['impersonate-user'];
  if (impersonated !== undefined) {
    const question = { verb: 'impersonate', group: '', resource: 'users', subresource: '', namespace: '' };
    throw new StatusError(forbidden(DEMO_USER.username, { ...question, name: String(impersonated) }));
  }
}

/** Throws a 403 status for what the demo user may not do. */
export function checkAccess(question: AccessQuestion): void {
  if (!isAllowed(question)) throw new StatusError(forbidden(DEMO_USER.username, question));
}

export function isAllowed({ verb, group, resource, subresource, namespace }: AccessQuestion): boolean {
  const asked = subresource ? `${resource}/${subresource}` : resource;
  return RULES.some(
    (rule) =>
      rule.group === group &&
      rule.verbs.includes(verb) &&
      rule.resources.includes(asked) &&
      (rule.namespaces === undefined || rule.namespaces.includes(namespace)),
  );
}

/** Answers a SelfSubjectAccessReview by the same rules that the routes obey. */
export function reviewAccess(spec: ReviewSpec): object {
  const allowed = spec.resourceAttributes
    ? isAllowed(spec.resourceAttributes)
    : spec.nonResourceAttributes?.verb === 'get';
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: { creationTimestamp: null },
    spec,
    status: {
      allowed,
      reason: allowed ? 'RBAC: allowed by RoleBinding "shop-developers" of Role "demo"' : '',
    },
  };
}

/** Answers a SelfSubjectReview. */
export function reviewIdentity(nowText: string): object {
  return {
    kind: 'SelfSubjectReview',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { creationTimestamp: nowText },
    status: { userInfo: DEMO_USER },
  };
}
