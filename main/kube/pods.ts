import * as v from 'valibot';
import type { Clock } from '../base/clock.ts';
import { AppError, toAppError } from '../base/errors.ts';
import { fetchJson, fetchLines } from './api-client.ts';
import { type PodInfo, podInfoSchema } from './pod-info.ts';
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

/** How long changes are gathered before they are told: a rollout changes hundreds of pods in a second. */
const GATHER_MS = 100;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** The server ends a watch after this long; we start the next where it stopped. */
const WATCH_SECONDS = 540;

const listSchema = v.object({
  metadata: v.object({ resourceVersion: v.string() }),
  items: v.array(podInfoSchema),
});
const metadataSchema = v.object({ metadata: v.object({ resourceVersion: v.string() }) });
const eventSchema = v.variant('type', [
  v.object({
    type: v.picklist(['ADDED', 'MODIFIED', 'DELETED']),
    object: v.intersect([podInfoSchema, metadataSchema]),
  }),
  v.object({ type: v.literal('BOOKMARK'), object: metadataSchema }),
  v.object({
    type: v.literal('ERROR'),
    object: v.object({ code: v.optional(v.number(), 0), message: v.optional(v.string(), '') }),
  }),
]);

interface PodsNeeds {
  readonly transport: KubeTransport;
}

/** One pod, as the server has it now. Throws `pod-not-found` in the server's words. */
export async function getPod(
  { transport }: PodsNeeds,
  { namespace, pod }: { readonly namespace: string; readonly pod: string },
  { signal }: { signal: AbortSignal },
): Promise<PodInfo> {
  const path = `${pathOf(namespace)}/${encodeURIComponent(pod)}`;
  try {
    return await fetchJson(transport, { method: 'GET', path, signal }, podInfoSchema);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'not-found') throw error;
    throw new AppError('pod-not-found', error.message, {
      hint: 'It may have been replaced: look for its successor in the list of pods.',
      cause: error,
    });
  }
}

export async function listPods(
  { transport }: PodsNeeds,
  { namespace }: { readonly namespace: string | null },
  { signal }: { signal: AbortSignal },
): Promise<readonly PodInfo[]> {
  return (await fetchJson(transport, { method: 'GET', path: pathOf(namespace), signal }, listSchema)).items;
}

/**
 * Lists, then watches until aborted. What passes is tried again with growing waits; what a new try cannot mend
 * (401, 403, an untrusted certificate) is thrown.
 */
export async function watchPods(
  needs: PodsNeeds & { readonly clock: Pick<Clock, 'sleep'> },
  { namespace }: { readonly namespace: string | null },
  onChange: (change: PodsChange) => void,
  { signal }: { signal: AbortSignal },
): Promise<void> {
  let retryMs = FIRST_RETRY_MS;
  onChange({ state: { kind: 'connecting' }, reset: false, upserted: [], removed: [] });
  while (!signal.aborted) {
    try {
      await followOnce(needs, namespace, signal, (change) => {
        retryMs = FIRST_RETRY_MS;
        onChange(change);
      });
    } catch (thrown) {
      signal.throwIfAborted();
      const error = toAppError(thrown);
      // Too old a version is the server's way to ask for a new list.
      if (error.code === 'watch-expired') {
        await needs.clock.sleep(FIRST_RETRY_MS, { signal });
        continue;
      }
      if (!isPassing(error)) throw error;
      onChange({ state: { kind: 'retrying', error }, reset: false, upserted: [], removed: [] });
      await needs.clock.sleep(retryMs, { signal });
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    }
  }
  signal.throwIfAborted();
}

function isPassing({ code }: AppError): boolean {
  return (
    code === 'cluster-unreachable' ||
    code === 'cluster-refused' ||
    code === 'timed-out' ||
    code === 'internal'
  );
}

/** One list and the watches that continue it; ends by throwing. */
async function followOnce(
  { transport, clock }: PodsNeeds & { readonly clock: Pick<Clock, 'sleep'> },
  namespace: string | null,
  signal: AbortSignal,
  onChange: (change: PodsChange) => void,
): Promise<never> {
  const path = pathOf(namespace);
  const { items, metadata } = await fetchJson(transport, { method: 'GET', path, signal }, listSchema);
  onChange({ state: { kind: 'live' }, reset: true, upserted: items, removed: [] });
  const gathered = createGatherer(onChange);
  let { resourceVersion } = metadata;
  try {
    while (true) {
      const startedAt = performance.now();
      const query = new URLSearchParams({
        watch: 'true',
        allowWatchBookmarks: 'true',
        timeoutSeconds: String(WATCH_SECONDS),
        resourceVersion,
      });
      for await (const event of fetchLines(transport, { method: 'GET', path, query, signal }, eventSchema)) {
        if (event.type === 'ERROR') throw toWatchError(event.object);
        resourceVersion = event.object.metadata.resourceVersion;
        if (event.type === 'DELETED') gathered.remove(event.object.uid);
        else if (event.type !== 'BOOKMARK') gathered.put(event.object);
      }
      // A server or proxy that ends every watch at once must not be asked in a loop.
      if (performance.now() - startedAt < FIRST_RETRY_MS) await clock.sleep(FIRST_RETRY_MS, { signal });
    }
  } finally {
    gathered.tell();
  }
}

interface Gatherer {
  put(pod: PodInfo): void;
  remove(uid: string): void;
  tell(): void;
}

function createGatherer(onChange: (change: PodsChange) => void): Gatherer {
  const upserted = new Map<string, PodInfo>();
  const removed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  function tell(): void {
    clearTimeout(timer);
    timer = undefined;
    if (upserted.size === 0 && removed.size === 0) return;
    const change = { upserted: [...upserted.values()], removed: [...removed] };
    upserted.clear();
    removed.clear();
    onChange({ state: { kind: 'live' }, reset: false, ...change });
  }

  function tellSoon(): void {
    timer ??= setTimeout(tell, GATHER_MS);
  }

  return {
    put(pod) {
      removed.delete(pod.uid);
      upserted.set(pod.uid, pod);
      tellSoon();
    },
    remove(uid) {
      upserted.delete(uid);
      removed.add(uid);
      tellSoon();
    },
    tell,
  };
}

function toWatchError({ code, message }: { readonly code: number; readonly message: string }): AppError {
  const words = message || `the watch ended with ${code}`;
  return new AppError(code === 410 ? 'watch-expired' : 'cluster-refused', words);
}

function pathOf(namespace: string | null): string {
  return namespace === null ? '/api/v1/pods' : `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
}
