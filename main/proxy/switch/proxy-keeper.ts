import type { Clock } from '../../base/clock.ts';
import { type AppError, systemCode, toAppError } from '../../base/errors.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import type { Lifetime } from '../../base/lifetime.ts';
import type { ProxyRunner } from './proxy-runner.ts';
import type { EnabledContext, ProxyState } from './proxy-state.ts';
import type { ProxyStore } from './proxy-store.ts';

/** How the proxy stands, as this process sees it. */
export type ProxyRun =
  /** Not looked at yet. */
  | { readonly kind: 'starting' }
  /** No context is enabled. */
  | { readonly kind: 'off' }
  | { readonly kind: 'running'; readonly port: number }
  /** Another process of this user runs it; when that ends, this one does. */
  | { readonly kind: 'elsewhere'; readonly port: number; readonly processId?: number }
  /** Tried again by itself. */
  | { readonly kind: 'failed'; readonly error: AppError };

export interface ProxyStanding {
  readonly run: ProxyRun;
  /** Names of those that are enabled. */
  readonly contexts: readonly string[];
}

export interface ProxyKeeper {
  snapshot(): ProxyStanding;
  readonly onChanged: Event<void>;
  /** Looks at once, since something was changed here; resolves when it has. */
  look(): Promise<void>;
}

export interface StartedProxy {
  /** Ends what is open through other contexts. Never rejects. */
  retain(contexts: readonly string[]): Promise<void>;
  /** Lets nobody in any more and ends what is open, records complete. */
  stop(): Promise<void>;
}

export interface ProxyKeeperNeeds {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly store: Pick<ProxyStore, 'refresh' | 'leavePort' | 'watch'>;
  readonly runner: ProxyRunner;
  /** Rejects with the system's `EADDRINUSE` where something listens there. `contexts`: who is let in at that moment. */
  start(state: ProxyState, contexts: () => readonly EnabledContext[]): Promise<StartedProxy>;
  answersAsProxy(state: ProxyState): Promise<boolean>;
}

/** Where a file's change is not told (some network file systems), and where a failure is tried again. */
const LOOK_MS = 10_000;
/** How soon the port of a process that ended is taken. */
const TAKE_OVER_MS = 1_000;
/** Of ports in a row that others took first. */
const MOST_MOVES = 5;

/**
 * Runs the proxy in this process as long as contexts are enabled and no other process does, until `life` ends. The
 * port is the lock: who listens on it runs the proxy, and a process that dies lets it go.
 */
export function keepProxy(needs: ProxyKeeperNeeds, life: Lifetime): ProxyKeeper {
  const { clock, store, runner } = needs;
  const changed = createEmitter<void>();
  let standing: ProxyStanding = { run: { kind: 'starting' }, contexts: [] };
  let running: { readonly state: ProxyState; readonly proxy: StartedProxy } | undefined;
  let contexts: readonly EnabledContext[] = [];
  let awaited = new AbortController();
  let askers: PromiseWithResolvers<void>[] = [];

  function tell(run: ProxyRun): void {
    const was = describe(standing);
    standing = { run, contexts: contexts.map(({ name }) => name) };
    if (describe(standing) !== was) changed.fire();
  }

  async function stop(): Promise<void> {
    const was = running;
    running = undefined;
    if (!was) return;
    await runner.withdraw();
    await was.proxy.stop();
  }

  async function look(): Promise<void> {
    try {
      tell(await settle(await store.refresh()));
    } catch (error) {
      // Who may be let in is not known: nobody is.
      contexts = [];
      tell({ kind: 'failed', error: toAppError(error) });
    }
  }

  async function settle(wanted: ProxyState | undefined): Promise<ProxyRun> {
    contexts = wanted?.contexts ?? [];
    if (running && !(wanted && isSamePlace(running.state, wanted))) await stop();
    if (!wanted || contexts.length === 0) {
      await stop();
      return { kind: 'off' };
    }
    if (running) {
      await running.proxy.retain(contexts.map(({ name }) => name));
      return { kind: 'running', port: wanted.port };
    }
    return begin(wanted);
  }

  async function begin(wanted: ProxyState, moves = 0): Promise<ProxyRun> {
    const { port } = wanted;
    try {
      const proxy = await needs.start(wanted, () => contexts);
      running = { state: wanted, proxy };
      await runner.announce();
      return { kind: 'running', port };
    } catch (error) {
      if (systemCode(error) !== 'EADDRINUSE') throw error;
      if (await needs.answersAsProxy(wanted)) {
        const processId = (await runner.find())?.processId;
        return { kind: 'elsewhere', port, ...(processId !== undefined && { processId }) };
      }
      const moved = await store.leavePort(port);
      if (!moved || moves === MOST_MOVES) throw error;
      return begin(moved, moves + 1);
    }
  }

  async function work(): Promise<void> {
    while (!life.signal.aborted) {
      awaited = new AbortController();
      const { signal } = awaited;
      const asked = askers;
      askers = [];
      await look();
      for (const asker of asked) asker.resolve();
      const waitMs = standing.run.kind === 'elsewhere' ? TAKE_OVER_MS : LOOK_MS;
      // It rejects with what ended it: this process is over, or something has changed.
      await clock.sleep(waitMs, { signal: AbortSignal.any([signal, life.signal]) }).catch(() => {});
    }
    await stop();
    for (const asker of askers) asker.resolve();
  }

  const wake = (): void => awaited.abort();
  function lookNow(): Promise<void> {
    if (life.signal.aborted) return Promise.resolve();
    const asker = Promise.withResolvers<void>();
    askers.push(asker);
    wake();
    return asker.promise;
  }
  life.own(store.watch(wake));
  // Never rejects: a failure is its state.
  const working = work();
  life.own(() => working);
  return { snapshot: () => standing, onChanged: changed.event, look: lookNow };
}

function describe({ run, contexts }: ProxyStanding): string {
  return JSON.stringify([run.kind === 'failed' ? run.error.message : run, contexts]);
}

/** Of another port, or with another certificate, it is another server. */
function isSamePlace(one: ProxyState, other: ProxyState): boolean {
  return one.port === other.port && one.certificates.certificate === other.certificates.certificate;
}
