import * as v from 'valibot';
import { AppError } from '../base/errors.ts';
import { fetchJson } from './api-client.ts';
import type { KubeTransport } from './transport.ts';

/** What somebody wants to do, as RBAC names it. */
export interface AccessQuestion {
  readonly verb: string;
  /** Empty: the core group. */
  readonly group?: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace: string;
  /** Absent: any of them. */
  readonly name?: string;
}

/** `unknown`: the server does not let us ask, or cannot say; the deed itself may still be allowed. */
export interface AccessAnswer {
  readonly verdict: 'allowed' | 'denied' | 'unknown';
  /** The server's words; may be empty. */
  readonly reason: string;
}

/** A remote command over WebSocket: GET makes it the verb get; from Kubernetes 1.35 create is asked for too. */
export interface RemoteCommandAccess {
  readonly get: AccessAnswer;
  readonly create: AccessAnswer;
}

/** Whom the server takes us for; the impersonated user where there is one. */
export interface Identity {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

interface AccessNeeds {
  readonly transport: KubeTransport;
}

const ACCESS_PATH = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
/** Kubernetes 1.28, 1.27, 1.26 brought them. */
const IDENTITY_VERSIONS = ['v1', 'v1beta1', 'v1alpha1'] as const;

const accessSchema = v.object({
  status: v.object({
    allowed: v.optional(v.boolean(), false),
    reason: v.optional(v.string(), ''),
    evaluationError: v.optional(v.string(), ''),
  }),
});
const identitySchema = v.object({
  status: v.object({
    userInfo: v.object({
      username: v.optional(v.string(), ''),
      uid: v.optional(v.string(), ''),
      groups: v.nullish(v.array(v.string()), []),
      extra: v.nullish(v.record(v.string(), v.array(v.string())), {}),
    }),
  }),
});

/**
 * Asks the server by a SelfSubjectAccessReview. It does not see admission; a hint, never a gate. Throws only
 * where the server cannot be reached or does not take our credential.
 */
export async function reviewAccess(
  { transport }: AccessNeeds,
  { group = '', ...question }: AccessQuestion,
  { signal }: { signal: AbortSignal },
): Promise<AccessAnswer> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { group, ...question } },
  };
  try {
    const { status } = await fetchJson(transport, createPost(ACCESS_PATH, body, signal), accessSchema);
    return {
      verdict: status.allowed ? 'allowed' : 'denied',
      reason: [status.reason, status.evaluationError].filter((words) => words !== '').join(' - '),
    };
  } catch (error) {
    if (error instanceof AppError && UNANSWERED.has(error.code)) {
      return { verdict: 'unknown', reason: error.message };
    }
    throw error;
  }
}

/** The review was refused, is not there, or failed: nothing is said about what was asked. */
const UNANSWERED: ReadonlySet<string> = new Set(['forbidden', 'not-found', 'cluster-refused']);

/** Both verbs of `pods/exec` or `pods/attach`; for any pod of the namespace where none is named. */
export async function reviewRemoteCommand(
  needs: AccessNeeds,
  {
    kind,
    namespace,
    pod,
  }: { readonly kind: 'exec' | 'attach'; readonly namespace: string; readonly pod?: string | undefined },
  options: { signal: AbortSignal },
): Promise<RemoteCommandAccess> {
  const ask = (verb: string): Promise<AccessAnswer> =>
    reviewAccess(
      needs,
      { verb, resource: 'pods', subresource: kind, namespace, ...(pod === undefined ? {} : { name: pod }) },
      options,
    );
  const [get, create] = await Promise.all([ask('get'), ask('create')]);
  return { get, create };
}

/**
 * Asks by a SelfSubjectReview, an older version of it where the server does not know the newer one (kubectl,
 * auth whoami). Throws `not-found` where it knows none, `forbidden` where it does not say.
 */
export async function fetchIdentity(
  { transport }: AccessNeeds,
  { isUnattended = false, signal }: { readonly isUnattended?: boolean; readonly signal: AbortSignal },
): Promise<Identity> {
  let missing: unknown;
  for (const version of IDENTITY_VERSIONS) {
    const apiVersion = `authentication.k8s.io/${version}`;
    const body = { apiVersion, kind: 'SelfSubjectReview' };
    const request = { ...createPost(`/apis/${apiVersion}/selfsubjectreviews`, body, signal), isUnattended };
    try {
      const { status } = await fetchJson(transport, request, identitySchema);
      return status.userInfo;
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'not-found')) throw error;
      missing = error;
    }
  }
  throw new AppError('not-found', `${transport.server} does not tell who we are to it`, {
    hint: 'SelfSubjectReview came with Kubernetes 1.26; older servers have nothing like it.',
    cause: missing,
  });
}

function createPost(path: string, body: unknown, signal: AbortSignal): PostRequest {
  return {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  };
}

type PostRequest = Parameters<KubeTransport['request']>[0];
