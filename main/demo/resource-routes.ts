import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../base/clock.ts';
import type { DemoStore, ObjectKey, ResourceName, StoredObject } from './demo-store.ts';
import type { Pod } from './kube-objects.ts';
import { isTrue, type RequestInfo } from './request-info.ts';
import { parseSelectors } from './selectors.ts';
import {
  badRequest,
  initialEventsForbidden,
  methodNotAllowed,
  notFound,
  StatusError,
  versionTooLarge,
} from './status.ts';
import { formatTable, wantsTable } from './table.ts';
import { streamWatch } from './watch-stream.ts';

export interface ResourceNeeds {
  readonly clock: Clock;
  readonly store: DemoStore;
  /** Starts to delete a pod; the store tells of its end. Returns it as it is now. */
  deletePod(pod: Pod): Pod;
}

export interface ResourceRequest {
  readonly resource: ResourceName;
  readonly info: RequestInfo & { readonly kind: 'resource' };
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
}

/** Longest watch, also where the client asks for more: the least of the real servers' half to one hour. */
const WATCH_LIMIT_SECONDS = 30 * 60;

/** The objects themselves: get, list, watch, delete. Throws a status for everything else. */
export async function answerResource(
  needs: ResourceNeeds,
  request: ResourceRequest,
  response: ServerResponse,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  const { resource, info, url } = request;
  const format = createFormat(needs, request);
  switch (info.verb) {
    case 'get': {
      const object = find(needs.store, request);
      return sendJson(response, 200, format([object], object.metadata.resourceVersion));
    }
    case 'list': {
      refuseFuture(url, needs.store.version);
      const objects = needs.store.list(resource).filter(createScope(request));
      const version = String(needs.store.version);
      return sendJson(
        response,
        200,
        wantsTable(request.headers.accept) ? format(objects, version) : listOf(resource, objects, version),
      );
    }
    case 'watch':
      return await watch(needs, request, format, response, signal);
    case 'delete': {
      const object = find(needs.store, request);
      if (object.kind !== 'Pod') throw new StatusError(methodNotAllowed());
      return sendJson(response, 200, needs.deletePod(object));
    }
    default:
      throw new StatusError(methodNotAllowed());
  }
}

export function sendJson(response: ServerResponse, code: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(code, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-cache, private',
  });
  response.end(text);
}

async function watch(
  needs: ResourceNeeds,
  request: ResourceRequest,
  format: Format,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const { resource, url } = request;
  if (url.searchParams.has('sendInitialEvents')) throw new StatusError(initialEventsForbidden());
  const after = parseVersion(url);
  const selector = createScope(request);
  const seconds = Math.min(Number(url.searchParams.get('timeoutSeconds')) || Infinity, WATCH_LIMIT_SECONDS);
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  // Not awaited: it ends with the watch, however that ends.
  needs.clock.sleep(seconds * 1_000, { signal: either }).then(
    () => over.abort(),
    () => {},
  );
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' });
  response.flushHeaders();
  try {
    await streamWatch(
      needs,
      {
        resource,
        after: after || undefined,
        selector,
        hasBookmarks: isTrue(url.searchParams.get('allowWatchBookmarks')),
        format,
      },
      response,
      { signal: either },
    );
  } catch (error) {
    if (!either.aborted) throw error;
  } finally {
    over.abort();
    response.end();
  }
}

type Format = (objects: readonly StoredObject[], version: string) => object;

/** One object, or a table of them. A watch's tables carry their columns once. */
function createFormat(needs: ResourceNeeds, { resource, url, headers }: ResourceRequest): Format {
  if (!wantsTable(headers.accept)) return ([object]) => object ?? {};
  let hasColumns = true;
  return (objects, resourceVersion) => {
    const table = formatTable(resource, objects, {
      resourceVersion,
      nowMs: needs.clock.nowMs(),
      includeObject: url.searchParams.get('includeObject') ?? 'Metadata',
      hasColumns,
    });
    hasColumns = false;
    return table;
  };
}

function find(store: DemoStore, { resource, info }: ResourceRequest): StoredObject {
  const key: ObjectKey =
    resource === 'pods' ? { namespace: info.namespace, name: info.name } : { name: info.name };
  const object = store.get(resource, key);
  if (!object) throw new StatusError(notFound(resource, info.name));
  return object;
}

function createScope({ resource, info, url }: ResourceRequest): (object: StoredObject) => boolean {
  const selector = parseSelectors(url.searchParams);
  const isEverywhere = resource === 'namespaces' || info.namespace === '';
  return (object) => (isEverywhere || object.metadata.namespace === info.namespace) && selector(object);
}

function listOf(resource: ResourceName, objects: readonly StoredObject[], resourceVersion: string): object {
  return {
    kind: resource === 'pods' ? 'PodList' : 'NamespaceList',
    apiVersion: 'v1',
    metadata: { resourceVersion },
    items: objects.map(({ kind: _kind, apiVersion: _apiVersion, ...item }) => item),
  };
}

/** The version asked for; 0 stands for "any", as does undefined. */
function parseVersion(url: URL): number | undefined {
  const text = url.searchParams.get('resourceVersion');
  if (!text) return undefined;
  if (!/^\d{1,15}$/.test(text)) {
    throw new StatusError(
      badRequest(`resourceVersion: Invalid value: ${JSON.stringify(text)}: invalid syntax`),
    );
  }
  return Number(text);
}

function refuseFuture(url: URL, current: number): void {
  const asked = parseVersion(url);
  if (asked !== undefined && asked > current) throw new StatusError(versionTooLarge(asked, current));
}
