import { AppError } from '../base/errors.ts';
import { createEmitter, type Dispose, type Event } from '../base/event.ts';
import type { Lifetime } from '../base/lifetime.ts';
import { createTurns } from '../base/turns.ts';
import type { ContextEntry, Kubeconfig, ResolvedContext } from './kubeconfig.ts';
import type { KubeTransport } from './transport.ts';

/** The contexts that there are now, and one way to each of those that are used. */
export interface Contexts {
  /** As last loaded; contacts no cluster. */
  current(): Kubeconfig;
  /** Reads the files again; resolves when the new list stands. */
  reload(): Promise<Kubeconfig>;
  readonly onChanged: Event<Kubeconfig>;
  /** Throws `context-unknown`. */
  entry(context: string): ContextEntry;
  /**
   * The transport for a context as its files say now; callers share it. After a change of the kubeconfig the
   * next caller gets a new one, and what was opened through the old one lives on.
   */
  transport(context: string): Promise<KubeTransport>;
}

export interface ContextsNeeds {
  load(): Promise<Kubeconfig>;
  resolve(kubeconfig: Kubeconfig, context: string): Promise<ResolvedContext>;
  connect(context: ResolvedContext): KubeTransport;
  /** Calls back after any of the files has changed or appeared. */
  watch(paths: readonly string[], onChanged: () => void): Dispose;
  onReloadError(error: unknown): void;
}

export async function openContexts(needs: ContextsNeeds, life: Lifetime): Promise<Contexts> {
  const changed = createEmitter<Kubeconfig>();
  const turns = createTurns();
  const transports = new Map<string, Promise<KubeTransport>>();
  let kubeconfig = await needs.load();
  let stopWatching = watchSources();
  life.own(() => stopWatching());
  life.own(closeTransports);

  function watchSources(): Dispose {
    return needs.watch(
      kubeconfig.sources.map((source) => source.path),
      () => {
        reload().catch(needs.onReloadError);
      },
    );
  }

  function reload(): Promise<Kubeconfig> {
    return turns.take(async () => {
      kubeconfig = await needs.load();
      stopWatching();
      if (!life.signal.aborted) stopWatching = watchSources();
      await closeTransports();
      changed.fire(kubeconfig);
      return kubeconfig;
    });
  }

  async function closeTransports(): Promise<void> {
    const old = [...transports.values()];
    transports.clear();
    // One that never came to be has nothing to close; its caller was told why.
    await Promise.allSettled(old.map(async (transport) => (await transport).close()));
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
    transport(context) {
      const known = transports.get(context);
      if (known !== undefined) return known;
      const opening = needs.resolve(kubeconfig, context).then(needs.connect);
      transports.set(context, opening);
      // A failure is not kept: the next caller tries again, with files that may have been mended.
      opening.catch(() => {
        if (transports.get(context) === opening) transports.delete(context);
      });
      return opening;
    },
  };
}
