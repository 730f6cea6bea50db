import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/clock.ts';
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
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Asked at each load: the files may be others than they were at the start. */
  places(): Promise<KubeconfigPlaces>;
  load(places: KubeconfigPlaces): Promise<Kubeconfig>;
  resolve(kubeconfig: Kubeconfig, context: string): Promise<ResolvedContext>;
  connect(context: ResolvedContext): KubeTransport;
  /** Calls back after any of the files has changed or appeared: kubeconfigs, and certificates they name. */
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
  let authorityPaths: readonly string[] = [];
  let stopWatching: Dispose = () => {};
  let kubeconfig = await load();
  life.own(() => stopWatching());
  life.own(async () => {
    await Promise.allSettled([...connections.values()].map(async (one) => (await one).transport.close()));
  });

  /** Watches first: what is changed while the files are read is read again. */
  async function load(): Promise<Kubeconfig> {
    const places = await needs.places();
    watch([...places.paths, ...authorityPaths]);
    const loaded = await needs.load(places);
    authorityPaths = findAuthorities(loaded);
    watch([...places.paths, ...authorityPaths]);
    return loaded;
  }

  function watch(paths: readonly string[]): void {
    if (isDeepStrictEqual(paths, watchedPaths) || life.signal.aborted) return;
    stopWatching();
    watchedPaths = paths;
    stopWatching = needs.watch(paths, () => {
      reload().catch(needs.onReloadError);
    });
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

  async function connection(name: string): Promise<Connection> {
    const opening = connections.get(name) ?? keep(name, connect(name));
    const opened = await opening;
    const { endsAtMs = Number.POSITIVE_INFINITY } = opened.context;
    if (needs.clock.nowMs() < endsAtMs) return opened;
    // Of several callers the first looks, the others wait for what it finds.
    return connections.get(name) === opening ? keep(name, checkAgain(name, opening)) : connection(name);
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
    transport: async (context) => (await connection(context)).transport,
  };
}

/** Certificates that stand in files of their own: a cluster that is made anew brings new ones. */
function findAuthorities({ entries }: Kubeconfig): readonly string[] {
  const paths = [...entries.clusters.values()].map(({ fields }) => fields['certificate-authority'] ?? '');
  return [...new Set(paths)].filter((path) => path !== '').toSorted();
}
