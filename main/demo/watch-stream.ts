import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Clock } from '../base/clock.ts';
import type { Change, DemoStore, ResourceName, StoredObject } from './demo-store.ts';
import type { Selector } from './selectors.ts';
import { StatusError } from './status.ts';

export interface WatchRequest {
  readonly resource: ResourceName;
  /** Where the client's knowledge ends; undefined: it has none and is told of all that exists first. */
  readonly after: number | undefined;
  readonly selector: Selector;
  readonly hasBookmarks: boolean;
  /** How an object travels: itself, or a table of one row. */
  format(objects: readonly StoredObject[], version: string): object;
}

/** As often as an API server with a quiet watch. */
const BOOKMARK_MS = 60_000;

/**
 * Writes events until the signal aborts. It reads the store's history at the client's pace, so a client that does
 * not read costs nothing; one that has fallen too far behind is told 410 and let go, as by a real server.
 */
export async function streamWatch(
  needs: { readonly clock: Clock; readonly store: DemoStore },
  request: WatchRequest,
  response: ServerResponse,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  const { clock, store } = needs;

  async function write(type: string, object: object): Promise<void> {
    if (response.write(`${JSON.stringify({ type, object })}\n`)) return;
    await once(response, 'drain', { signal });
  }

  async function writeObject(type: Change['type'], object: StoredObject): Promise<void> {
    await write(type, request.format([object], object.metadata.resourceVersion));
  }

  let version = request.after ?? store.version;
  if (request.after === undefined) {
    for (const object of store.list(request.resource).filter(request.selector))
      await writeObject('ADDED', object);
  }
  while (!signal.aborted) {
    let changes: readonly Change[];
    try {
      changes = store.changesAfter(version);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      await write('ERROR', error.status);
      return;
    }
    for (const change of changes) {
      version = change.version;
      const event = seenThrough(request.selector, change);
      if (change.resource === request.resource && event) await writeObject(event, change.object);
    }
    if (changes.length > 0) continue;
    const woken = await waitForChange(clock, store, signal);
    if (woken === 'quiet' && request.hasBookmarks) await write('BOOKMARK', bookmark(request, version));
  }
}

/** What a change looks like to somebody who sees only what the selector lets through. */
function seenThrough(selector: Selector, change: Change): Change['type'] | undefined {
  const isSeen = change.type !== 'DELETED' && selector(change.object);
  const wasSeen = change.previous !== undefined && selector(change.previous);
  if (isSeen) return wasSeen ? 'MODIFIED' : 'ADDED';
  return wasSeen ? 'DELETED' : undefined;
}

async function waitForChange(
  clock: Clock,
  store: DemoStore,
  signal: AbortSignal,
): Promise<'changed' | 'quiet' | 'over'> {
  const changed = new AbortController();
  const stopListening = store.onChanged(() => changed.abort());
  try {
    await clock.sleep(BOOKMARK_MS, { signal: AbortSignal.any([signal, changed.signal]) });
    return 'quiet';
  } catch {
    return signal.aborted ? 'over' : 'changed';
  } finally {
    stopListening();
  }
}

function bookmark({ resource }: WatchRequest, version: number): object {
  const metadata = { resourceVersion: String(version), creationTimestamp: null };
  return resource === 'pods'
    ? { kind: 'Pod', apiVersion: 'v1', metadata, spec: { containers: null }, status: {} }
    : { kind: 'Namespace', apiVersion: 'v1', metadata, spec: {}, status: {} };
}
