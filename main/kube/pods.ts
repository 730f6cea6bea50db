import * as v from 'valibot';
import type { Clock } from '../base/clock.ts';
import { AppError, toAppError } from '../base/errors.ts';
import { fetchJson, fetchLines } from './api-client.ts';
import { gatherPodChanges, type PodChanges } from './pod-changes.ts';
import { type PodDetails, type PodInfo, podDetailsSchema, podInfoSchema } from './pod-info.ts';
import type { KubeTransport } from './transport.ts';

/** What is new in a list of pods that is followed. */
export interface PodsChange {
  readonly state: PodsState;
  /** True: `upserted` is all there is. */
  readonly reset: boolean;
  readonly upserted: readonly PodInfo[];
  /** uids */
  readonly removed: readonly string[];
}

export type PodsState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** Tried again by itself after a wait. */
  | { readonly kind: 'retrying'; readonly error: AppError };

/** The pods of one namespace or (null) of all; with a name or labels, those alone. */
export interface PodsScope {
  readonly namespace: string | null;
  readonly pod?: string;
  /** As the API writes it: `app=web,tier in (a,b)`. */
  readonly selector?: string;
}

export interface PodsOptions {
  /** As of a credential. */
  readonly isUnattended?: boolean;
  readonly signal: AbortSignal;
}

interface PodsNeeds {
  readonly transport: KubeTransport;
}

type WatchNeeds = PodsNeeds & { readonly clock: Pick<Clock, 'sleep' | 'nowMicros'> };

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** The server ends a watch after this long; we start the next where it stopped. */
const WATCH_SECONDS = 540;
/** A watch that the server has not ended by then hangs on a connection that died without a word. */
const WATCH_LIMIT_MS = (WATCH_SECONDS + 30) * 1_000;
/** kubectl's: a page of this size is parsed without holding up everything else. */
const PAGE_ITEMS = '500';
const NOTHING_NEW = { reset: false, upserted: [], removed: [] } as const;

const listSchema = v.object({
  metadata: v.object({ resourceVersion: v.string(), continue: v.nullish(v.string(), '') }),
  items: v.nullish(v.array(podInfoSchema), []),
});
const versionSchema = v.object({ metadata: v.object({ resourceVersion: v.string() }) });
const eventSchema = v.variant('type', [
  v.object({
    type: v.picklist(['ADDED', 'MODIFIED', 'DELETED']),
    object: v.intersect([podInfoSchema, versionSchema]),
  }),
  v.object({ type: v.literal('BOOKMARK'), object: versionSchema }),
  v.object({
    type: v.literal('ERROR'),
    object: v.object({ code: v.nullish(v.number(), 0), message: v.nullish(v.string(), '') }),
  }),
]);

/** One pod, as the server has it now. Throws `pod-not-found` in the server's words. */
export async function getPod(
  { transport }: PodsNeeds,
  { namespace, pod }: { readonly namespace: string; readonly pod: string },
  options: PodsOptions,
): Promise<PodDetails> {
  const path = `${pathOf(namespace)}/${encodeURIComponent(pod)}`;
  try {
    return await fetchJson(transport, { method: 'GET', path, ...options }, podDetailsSchema);
  } catch (error) {
    if (!(error instanceof AppError && isNotFound(error))) throw error;
    throw new AppError('pod-not-found', error.message, {
      hint: 'It may have been replaced: look for its successor in the list of pods.',
      cause: error,
    });
  }
}

/** Said by the API and not by a proxy that knows no such page. */
function isNotFound({ code, detail }: AppError): boolean {
  return code === 'not-found' && detail !== undefined && detail.endsWith('HTTP 404 NotFound');
}

export async function listPods(
  needs: PodsNeeds,
  scope: PodsScope,
  options: PodsOptions,
): Promise<readonly PodInfo[]> {
  return (await listAll(needs, scope, options)).pods;
}

/**
 * Lists, then watches until aborted; rejects with the signal's reason. What passes is tried again with growing
 * waits; what a new try cannot mend (401, 403, an untrusted certificate) is thrown. Somebody asked for the first
 * list; all that follows goes on by itself, and opens no login.
 */
export async function watchPods(
  needs: WatchNeeds,
  scope: PodsScope,
  onChange: (change: PodsChange) => void,
  options: PodsOptions,
): Promise<never> {
  const { clock } = needs;
  const { signal } = options;
  let retryMs = FIRST_RETRY_MS;
  let list = options;
  signal.throwIfAborted();
  onChange({ state: { kind: 'connecting' }, ...NOTHING_NEW });
  while (true) {
    const startedMicros = clock.nowMicros();
    try {
      await follow(needs, scope, onChange, list);
    } catch (thrown) {
      signal.throwIfAborted();
      list = { isUnattended: true, signal };
      const error = toAppError(thrown);
      if (!isPassing(error)) throw error;
      // What had held for longer than the longest wait has a new trouble, not the old one.
      if (millisSince(clock, startedMicros) > LONGEST_RETRY_MS) retryMs = FIRST_RETRY_MS;
      // Too old a version is the server's way to ask for a new list, no trouble.
      if (error.code !== 'watch-expired') {
        onChange({ state: { kind: 'retrying', error }, ...NOTHING_NEW });
      }
      await clock.sleep(retryMs, { signal });
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    }
  }
}

/** One list, as `options` say, and the watches that continue it; ends by throwing. */
async function follow(
  needs: WatchNeeds,
  scope: PodsScope,
  onChange: (change: PodsChange) => void,
  options: PodsOptions,
): Promise<never> {
  const { signal } = options;
  const { pods, resourceVersion } = await listAll(needs, scope, options);
  onChange({ state: { kind: 'live' }, reset: true, upserted: pods, removed: [] });
  const changes = gatherPodChanges((change) =>
    onChange({ state: { kind: 'live' }, reset: false, ...change }),
  );
  let version = resourceVersion;
  try {
    while (true) {
      const startedMicros = needs.clock.nowMicros();
      version = await watchFrom(needs, scope, version, changes, { isUnattended: true, signal });
      // A server or proxy that ends every watch at once is not asked in a loop.
      if (millisSince(needs.clock, startedMicros) < FIRST_RETRY_MS) {
        await needs.clock.sleep(FIRST_RETRY_MS, { signal });
      }
    }
  } finally {
    if (signal.aborted) changes.drop();
    else changes.flush();
  }
}

/** Resolves, when the server ends the watch, with the version to go on from. */
async function watchFrom(
  { transport, clock }: WatchNeeds,
  scope: PodsScope,
  resourceVersion: string,
  changes: PodChanges,
  options: PodsOptions,
): Promise<string> {
  const over = new AbortController();
  const limit = AbortSignal.any([options.signal, over.signal]);
  // Not awaited: it aborts the watch or is aborted with it, and never rejects.
  clock.sleep(WATCH_LIMIT_MS, { signal: limit }).then(
    () => over.abort(createSilent(transport)),
    () => {},
  );
  const query = new URLSearchParams({
    ...selectorOf(scope),
    watch: 'true',
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(WATCH_SECONDS),
    resourceVersion,
  });
  const request = { method: 'GET', path: pathOf(scope.namespace), query, ...options, signal: limit } as const;
  let version = resourceVersion;
  try {
    for await (const event of fetchLines(transport, request, eventSchema)) {
      if (event.type === 'ERROR') throw toWatchError(event.object);
      version = event.object.metadata.resourceVersion;
      if (event.type === 'DELETED') changes.remove(event.object.uid);
      else if (event.type !== 'BOOKMARK') changes.put(event.object);
    }
    return version;
  } finally {
    over.abort();
  }
}

async function listAll(
  { transport }: PodsNeeds,
  scope: PodsScope,
  options: PodsOptions,
): Promise<{ readonly pods: readonly PodInfo[]; readonly resourceVersion: string }> {
  const query = new URLSearchParams({ ...selectorOf(scope), limit: PAGE_ITEMS });
  const pods: PodInfo[] = [];
  while (true) {
    const request = { method: 'GET', path: pathOf(scope.namespace), query, ...options } as const;
    const { items, metadata } = await fetchJson(transport, request, listSchema);
    pods.push(...items);
    if (metadata.continue === '') return { pods, resourceVersion: metadata.resourceVersion };
    query.set('continue', metadata.continue);
  }
}

function isPassing({ code }: AppError): boolean {
  return (
    code === 'cluster-unreachable' ||
    code === 'cluster-refused' ||
    code === 'watch-expired' ||
    code === 'timed-out' ||
    code === 'internal'
  );
}

/** Of a connection that died without a word. */
function createSilent({ server }: KubeTransport): AppError {
  return new AppError('timed-out', `the watch of pods on ${server} went silent`, { hint: AGAIN_BY_ITSELF });
}

const AGAIN_BY_ITSELF = 'It is begun anew by itself; if that goes on, check VPN and proxy.';

function toWatchError({ code, message }: { readonly code: number; readonly message: string }): AppError {
  const words = message || `the watch ended with ${code}`;
  return new AppError(
    code === 410 ? 'watch-expired' : 'cluster-refused',
    `the watch of pods was ended: ${words}`,
    {
      hint: AGAIN_BY_ITSELF,
      detail: `HTTP ${code}`,
    },
  );
}

function millisSince(clock: Pick<Clock, 'nowMicros'>, startedMicros: number): number {
  return (clock.nowMicros() - startedMicros) / 1_000;
}

/** RBAC takes the name for a pod's own: who may watch one pod may do it so (apiserver, requestinfo.go). */
function selectorOf({ pod, selector }: PodsScope): Record<string, string> {
  return {
    ...(pod === undefined ? {} : { fieldSelector: `metadata.name=${pod}` }),
    ...(selector === undefined ? {} : { labelSelector: selector }),
  };
}

function pathOf(namespace: string | null): string {
  return namespace === null ? '/api/v1/pods' : `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
}
