import { type AppError, toAppError } from '../../base/errors.ts';
import type { RecorderAddress } from '../../policy/policy.ts';
import type { RecordingSource } from '../../recording/recording.ts';
import { askHttp1 } from '../http/http1-ask.ts';
import { toRefusal } from './recorder-answer.ts';
import type { DeliveryAttempt } from './recorder-client.ts';
import type { RecorderNeeds } from './recorder-dial.ts';
import { readEndpoint } from './recorder-endpoint.ts';
import { recorderError } from './recorder-error.ts';

/** One request to a Kubernetes API server, which a recorder is told of before it is sent. */
export interface ApiRequestEvent {
  /** Unix seconds. */
  readonly timestamp: number;
  readonly userAgent: string;
  readonly method: string;
  /** With its query, as it stands in the request. */
  readonly uri: string;
  readonly body: Uint8Array;
  /** What API servers make of it (k8s.io/apiserver, endpoints/request, RequestInfo). */
  readonly info: ApiRequestInfo;
  readonly source: RecordingSource;
}

export interface ApiRequestInfo {
  readonly isResourceRequest: boolean;
  readonly path: string;
  readonly verb: string;
  readonly apiPrefix?: string;
  readonly apiGroup?: string;
  readonly apiVersion?: string;
  readonly namespace?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
  /** Of the path, after the namespace; of resources only. */
  readonly parts?: readonly string[];
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

const PATH = '/v2/event';

/**
 * The event as its JSON (tailscale, sessionrecording/event.go). The names within `kubernetes` are those of Go's fields; a
 * body is base64.
 */
export function formatApiRequestEvent({
  timestamp,
  userAgent,
  method,
  uri,
  body,
  info,
  source,
}: ApiRequestEvent): string {
  const query = new URLSearchParams(uri.split('?').slice(1).join('?'));
  const keys = [...new Set(query.keys())];
  const queryParameters = Object.fromEntries(keys.map((key) => [key, query.getAll(key)]));
  return JSON.stringify({
    type: 'kubernetes-api-request',
    id: '',
    timestamp,
    userAgent,
    request: { method, path: uri, body: Buffer.from(body).toString('base64'), queryParameters },
    kubernetes: {
      IsResourceRequest: info.isResourceRequest,
      Path: info.path,
      Verb: info.verb,
      APIPrefix: info.apiPrefix ?? '',
      APIGroup: info.apiGroup ?? '',
      APIVersion: info.apiVersion ?? '',
      Namespace: info.namespace ?? '',
      Resource: info.resource ?? '',
      Subresource: info.subresource ?? '',
      Name: info.name ?? '',
      Parts: info.parts ?? null,
      FieldSelector: info.fieldSelector ?? '',
      LabelSelector: info.labelSelector ?? '',
    },
    source: {
      node: source.node.replace(/\.$/, ''),
      nodeID: source.nodeId,
      nodeUserID: source.userId,
      nodeUser: source.user,
    },
    destination: { node: '', nodeID: '' },
  });
}

/** The recorder that has the event, or none; before it those that were tried, in their order. */
export interface EventDelivery {
  readonly recorder: RecorderAddress | undefined;
  readonly attempts: readonly DeliveryAttempt[];
}

/** Tells the first recorder that takes events. Rejects with the signal's reason alone. */
export async function sendEvent(
  needs: RecorderNeeds,
  recorders: readonly RecorderAddress[],
  event: ApiRequestEvent,
  { signal }: { readonly signal: AbortSignal },
): Promise<EventDelivery> {
  const attempts: DeliveryAttempt[] = [];
  const body = formatApiRequestEvent(event);
  for (const recorder of recorders) {
    signal.throwIfAborted();
    try {
      await postEvent(needs, recorder, body, { signal });
      return { recorder, attempts };
    } catch (error) {
      signal.throwIfAborted();
      attempts.push({ recorder, error: toAppError(error) });
    }
  }
  return { recorder: undefined, attempts };
}

async function postEvent(
  needs: RecorderNeeds,
  recorder: RecorderAddress,
  body: string,
  options: { readonly signal: AbortSignal },
): Promise<void> {
  if (recorder.kind !== 'tsrecorder') throw toUnsupported(recorder);
  const endpoint = await readEndpoint(recorder);
  const { token } = endpoint;
  const common = {
    'user-agent': needs.userAgent,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const probe = { method: 'HEAD', path: PATH, headers: common } as const;
  const probed = await askHttp1(needs, recorder, endpoint, probe, options);
  if (probed.status === 404) throw toUnsupported(recorder);
  if (probed.status !== 200) throw toRefusal(recorder, probed, token);
  const headers = {
    ...common,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  };
  const posted = await askHttp1(
    needs,
    recorder,
    endpoint,
    { method: 'POST', path: PATH, headers, body },
    options,
  );
  if (posted.status !== 200) throw toRefusal(recorder, posted, token);
}

function toUnsupported(recorder: RecorderAddress): AppError {
  return recorderError('recorder-unfit', recorder, `takes no events (${PATH})`, {
    hint: 'A newer version of it may.',
  });
}
