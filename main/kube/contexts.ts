import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../base/errors.ts';
import { createEmitter, type Dispose, type Event } from '../base/event.ts';
import type { Lifetime } from '../base/lifetime.ts';
import { createTurns } from '../base/turns.ts';
import type { ContextEntry, Kubeconfig, ResolvedContext } from './kubeconfig.ts';
import type { KubeconfigPlaces } from './kubeconfig-places.ts';
import type { KubeTransport } from './transport.ts';

/** The contexts that there are now, and one way to each of those that are used. */
export interface Contexts {
  /** As last loaded; contacts no cluster. */
  current(): Kubeconfig;
  /** Asks again which files there are and reads them; resolves when the new list stands. */
  reload(): Promise<Kubeconfig>;
  readonly onChanged: Event<Kubeconfig>;
  /** Throws `context-unknown`. */
  entry(context: string): ContextEntry;
  /**
   * The transport for a context as its files say now; callers share it. Where a change of the kubeconfig changed
   * this context, the next caller gets a new one, and what was opened through the old one lives on.
   */
  transport(context: string): Promise<KubeTransport>;
}

export interface ContextsNeeds {
  /** Asked at each load: the files may be others than they were at the start. */
  places(): Promise<KubeconfigPlaces>;
  load(places: KubeconfigPlaces): Promise<Kubeconfig>;
  resolve(kubeconfig: Kubeconfig, context: string): Promise<ResolvedContext>;
  connect(context: ResolvedContext): KubeTransport;
  /** Calls back after any of the files has changed or appeared. */
  watch(paths: readonly string[], onChanged: () => void): Dispose;
  onReloadError(error: unknown): void;
}

/** A transport and what it was made from. */
interface Connection {
  readonly context: ResolvedContext;
  readonly transport: KubeTransport;
}

export async function openContexts(needs: ContextsNeeds, life: Lifetime): Promise<Contexts> {
  const changed = createEmitter<Kubeconfig>();
  const turns = createTurns();
  const connections = new Map<string, Promise<Connection>>();
  let watchedPaths: readonly string[] = [];
  let stopWatching: Dispose = () => {};
  let kubeconfig = await load();
  life.own(() => stopWatching());
  life.own(async () => {
    await Promise.allSettled([...connections.values()].map(async (one) => (await one).transport.close()));
  });

  /** Watches first: what is changed while the files are read is read again. */
  async function load(): Promise<Kubeconfig> {
    const places = await needs.places();
    if (!isDeepStrictEqual(places.paths, watchedPaths) && !life.signal.aborted) {
      stopWatching();
      watchedPaths = places.paths;
      stopWatching = needs.watch(watchedPaths, () => {
        reload().catch(needs.onReloadError);
      });
    }
    return needs.load(places);
  }

  function reload(): Promise<Kubeconfig> {
    return turns.take(async () => {
      kubeconfig = await load();
      const checked = [...connections].map(([name, old]) => keep(name, checkAgain(name, old)));
      await Promise.allSettled(checked);
      changed.fire(kubeconfig);
      return kubeconfig;
    });
  }

  /** A failure is not kept: the next caller tries again, with files that may have been mended. */
  function keep(name: string, opening: Promise<Connection>): Promise<Connection> {
    connections.set(name, opening);
    opening.catch(() => {
      if (connections.get(name) === opening) connections.delete(name);
    });
    return opening;
  }

  async function connect(name: string): Promise<Connection> {
    const context = await needs.resolve(kubeconfig, name);
    return { context, transport: needs.connect(context) };
  }

  /** The old connection where all that it was made from is as it was, else a new one. */
  async function checkAgain(name: string, old: Promise<Connection>): Promise<Connection> {
    const [was, is] = await Promise.allSettled([old, needs.resolve(kubeconfig, name)]);
    if (was.status === 'fulfilled') {
      if (is.status === 'fulfilled' && isDeepStrictEqual(was.value.context, is.value)) return was.value;
      await was.value.transport.close();
    }
    if (is.status === 'rejected') throw is.reason;
    return { context: is.value, transport: needs.connect(is.value) };
  }

  function entry(context: string): ContextEntry {
    const found = kubeconfig.contexts.find((candidate) => candidate.name === context);
    if (found) return found;
    throw new AppError('context-unknown', `context was not found for specified context: ${context}`, {
      hint: 'Check the name against the list of contexts.',
    });
  }

  return {
    current: () => kubeconfig,
    reload,
    onChanged: changed.event,
    entry,
    async transport(context) {
      const connection = connections.get(context) ?? keep(context, connect(context));
      return (await connection).transport;
    },
  };
}
