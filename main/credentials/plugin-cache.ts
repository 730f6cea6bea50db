import { type AppError, toAppError } from '../base/errors.ts';
import type { Credential, CredentialOptions, PluginClusterInfo, PluginConfig } from './credential.ts';
import { type PluginNeeds, type PluginUser, runPlugin } from './exec-plugin.ts';
import type { PluginProgram, UserPlace } from './plugin-admission.ts';
import { createNeedsTerminal, createPaused } from './plugin-error.ts';
import { createSharedTask, type SharedTask, type Waiting } from './shared-task.ts';

export interface PluginCacheNeeds extends PluginNeeds {
  place(): UserPlace;
}

/** The credentials of exec plugins in this process: one run at a time for each, kept until they expire. */
export interface PluginCache {
  /** The same for every context that would run the same plugin the same way. */
  entry(plugin: PluginConfig, cluster: PluginClusterInfo): PluginEntry;
}

export interface PluginEntry {
  /** What is kept and holds; a credential that expires soon does not. */
  kept(): Credential | undefined;
  /** A new one. All who ask at the same time get the answer of one run. */
  fetch(program: PluginProgram, options: CredentialOptions): Promise<Credential>;
  /** After the server refused `stale`: it is kept no more. False where there is no sense in fetching another. */
  refuse(stale: Credential, options: CredentialOptions): boolean;
}

/**
 * So much earlier than it expires is a credential fetched anew, so that a long answer does not begin with one that
 * ends on the way. Only where it lives more than twice as long: a plugin that hands out what it has kept itself, or
 * what lives for seconds, would be run for each request.
 */
const EARLY_MS = 30_000;
/** After so many failures in a row a plugin runs only for somebody who asked. */
const MAX_FAILURES = 3;
/** Those that are in use live on beyond it, and are shared no more. */
const MAX_ENTRIES = 256;
/** A credential this young that is refused will be refused anew: nobody who did not ask runs the plugin for it. */
const YOUNG_MS = 60_000;

export function createPluginCache(needs: PluginCacheNeeds): PluginCache {
  const entries = new Map<string, PluginEntry>();
  return {
    entry(plugin, cluster) {
      // client-go keys its cache by the whole plugin configuration, and by the cluster only where it is passed on.
      const key = JSON.stringify([plugin, plugin.provideClusterInfo ? cluster : null]);
      const known = entries.get(key) ?? createEntry(needs, plugin, cluster);
      entries.set(key, known);
      const [oldest] = entries.keys();
      if (entries.size > MAX_ENTRIES && oldest !== undefined) entries.delete(oldest);
      return known;
    },
  };
}

interface Flight {
  readonly task: SharedTask<Credential>;
  readonly isUnattended: boolean;
}

function createEntry(needs: PluginCacheNeeds, plugin: PluginConfig, cluster: PluginClusterInfo): PluginEntry {
  let kept: { readonly credential: Credential; readonly fetchedAtMs: number } | undefined;
  let flight: Flight | undefined;
  let failures = 0;
  let lastFailure: AppError | undefined;
  /** The last run waited for a user in vain: another one by itself would open another login, or another browser. */
  let hasWaited = false;

  function startFlight(program: PluginProgram, isUnattended: boolean): Flight {
    const started: Flight = {
      isUnattended,
      task: createSharedTask(
        ({ signal, waiting }) => run(program, { signal, waiting, isUnattended }),
        () => {
          if (flight === started) flight = undefined;
        },
      ),
    };
    flight = started;
    return started;
  }

  async function run(
    program: PluginProgram,
    options: { signal: AbortSignal; waiting: Waiting; isUnattended: boolean },
  ): Promise<Credential> {
    const user = chooseUser(options.isUnattended ? { kind: 'away' } : needs.place(), options.waiting);
    if (plugin.interactiveMode === 'Always' && user.kind === 'nobody') throw createNeedsTerminal(plugin);
    if (options.isUnattended && lastFailure && (hasWaited || failures >= MAX_FAILURES)) {
      throw createPaused(plugin, lastFailure);
    }
    try {
      const credential = await runPlugin(needs, program, cluster, user, options);
      kept = { credential, fetchedAtMs: needs.clock.nowMs() };
      failures = 0;
      hasWaited = false;
      lastFailure = undefined;
      return credential;
    } catch (error) {
      const isLogin = user.kind !== 'nobody' && plugin.interactiveMode !== 'Never';
      // That all have left says nothing about the plugin; but a login is not opened again behind their back.
      if (options.signal.aborted && !isLogin) throw error;
      failures += 1;
      lastFailure = toAppError(error);
      hasWaited = isLogin || lastFailure.code === 'plugin-timed-out';
      throw error;
    }
  }

  return {
    kept() {
      return kept && holds(kept, needs.clock.nowMs()) ? kept.credential : undefined;
    },
    async fetch(program, { signal, isUnattended = false }) {
      const joined = flight ?? startFlight(program, isUnattended);
      try {
        return await joined.task.join({ signal });
      } catch (error) {
        signal.throwIfAborted();
        // It was run for nobody in particular, so it could ask nobody: somebody is here now.
        if (isUnattended || !joined.isUnattended) throw error;
        return (flight ?? startFlight(program, false)).task.join({ signal });
      }
    },
    refuse(stale, { isUnattended = false }) {
      // Somebody else was faster: what is kept is newer than what was refused.
      if (kept?.credential !== stale) return true;
      if (isUnattended && needs.clock.nowMs() - kept.fetchedAtMs < YOUNG_MS) return false;
      kept = undefined;
      return true;
    },
  };
}

/** An expired credential that a plugin gave is used once, as by client-go; it is not kept for the next request. */
function holds(
  { credential: { expiresAtMs }, fetchedAtMs }: { credential: Credential; fetchedAtMs: number },
  nowMs: number,
): boolean {
  if (expiresAtMs === undefined) return true;
  const earlyMs = expiresAtMs - fetchedAtMs > 2 * EARLY_MS ? EARLY_MS : 0;
  return nowMs <= expiresAtMs - earlyMs;
}

function chooseUser(place: UserPlace, waiting: Waiting): PluginUser {
  if (place.kind === 'page') return { kind: 'page', requests: place.requests, waiting };
  return place.kind === 'terminal' ? { kind: 'terminal' } : { kind: 'nobody' };
}
