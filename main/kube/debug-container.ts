import * as v from 'valibot';
import { AppError } from '../base/errors.ts';
import { type ExplainRefusal, fetchJson } from './api-client.ts';
import { parseApiStatus, toApiError } from './api-error.ts';
import { type DebugProfile, securityContextFor } from './debug-profile.ts';
import { generateName } from './generated-name.ts';
import { explainPodSecurity } from './pod-security.ts';
import { parseRbacRefusal } from './rbac-refusal.ts';
import type { KubeTransport } from './transport.ts';

export interface DebugContainerRequest {
  readonly namespace: string;
  readonly pod: string;
  /** Whose processes it sees; empty: those of the pod, where they are shared. */
  readonly target: string;
  readonly image: string;
  /** Empty: what the image runs by itself. */
  readonly command: readonly string[];
  readonly profile: DebugProfile;
  readonly stdin: boolean;
  readonly tty: boolean;
}

export interface DebugContainer {
  readonly name: string;
  readonly podUid: string;
}

const schema = v.object({ metadata: v.object({ uid: v.nullish(v.string(), '') }) });

/**
 * Adds an ephemeral container to a running pod, as `kubectl debug` does; nothing can remove it again. Rejects with
 * `pod-not-found`, `forbidden` naming all that it takes, or `cluster-refused` where the cluster has none of them.
 */
export async function addDebugContainer(
  { transport }: { readonly transport: KubeTransport },
  request: DebugContainerRequest,
  { signal }: { signal: AbortSignal },
): Promise<DebugContainer> {
  const { namespace, pod } = request;
  const name = generateName('debugger-');
  const pods = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const path = `${pods}/${encodeURIComponent(pod)}/ephemeralcontainers`;
  const { metadata } = await fetchJson(
    transport,
    {
      method: 'PATCH',
      path,
      headers: { 'content-type': 'application/strategic-merge-patch+json' },
      body: JSON.stringify({ spec: { ephemeralContainers: [buildDebugContainer(name, request)] } }),
      signal,
    },
    schema,
    explainRefusal(transport, request),
  );
  return { name, podUid: metadata.uid };
}

/** The list is merged by name, so that one entry is the whole change. */
function buildDebugContainer(name: string, request: DebugContainerRequest): object {
  const { image, command, target, profile, stdin, tty } = request;
  const securityContext = securityContextFor(profile);
  return {
    name,
    image,
    ...(command.length > 0 ? { command } : {}),
    resources: {},
    ...(securityContext ? { securityContext } : {}),
    ...(stdin ? { stdin } : {}),
    ...(target === '' ? {} : { targetContainerName: target }),
    terminationMessagePolicy: 'File',
    ...(tty ? { tty } : {}),
  };
}

function explainRefusal(transport: KubeTransport, request: DebugContainerRequest): ExplainRefusal {
  const { namespace, pod } = request;
  return (httpStatus, body) => {
    const status = parseApiStatus(body);
    // A server without the subresource names no pod (kubectl, pkg/cmd/debug/debug.go).
    if (httpStatus === 404 && !status?.name) {
      return new AppError('cluster-refused', `${transport.server} has no ephemeral containers`, {
        hint: 'They came with Kubernetes 1.23. Start a copy of the pod with a shell in its image instead.',
        detail: `HTTP 404 ${status?.message ?? ''}`.trim(),
      });
    }
    if (httpStatus === 404 && status) {
      return new AppError('pod-not-found', status.message, {
        hint: 'It may have been replaced: look for its successor in the list of pods.',
      });
    }
    if (httpStatus !== 403 || !status) return undefined;
    const refused = explainPodSecurity(status.message, 'debug container', namespace);
    if (refused) return refused;
    // A webhook's or a policy's refusal names no role that could be asked for.
    if (!parseRbacRefusal(status.message)) return undefined;
    const { message, hint, detail } = toApiError(transport.server, httpStatus, body);
    return new AppError('forbidden', message, {
      hint: `${hint ?? ''} A debug container in ${namespace}/${pod} takes patch on pods/ephemeralcontainers, get on pods, and get and create on pods/attach.`,
      ...(detail === undefined ? {} : { detail }),
    });
  };
}
