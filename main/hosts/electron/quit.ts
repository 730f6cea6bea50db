import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';

/** The way out of the app: shells are asked about, their recordings finished, and then it is over. */
export interface Quit {
  /**
   * Somebody wants to quit. True where that may happen now; else it is being seen to, and `leave` follows once it may.
   * `system` is a session that ends: it is not asked about, since nobody could answer in time.
   */
  request(by: 'user' | 'system'): boolean;
  /** Whether it is on its way: nothing more is to be opened. */
  hasBegun(): boolean;
}

export interface QuitNeeds {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly log: Log;
  /** The names of shells that live. */
  liveShells(): readonly string[];
  /** Whether they may end. Rejects where nobody can be asked. */
  ask(shells: readonly string[]): Promise<boolean>;
  /** Ends every shell with its recording complete, and all else. Never rejects. */
  end(): Promise<void>;
  /** Says of which shells the recordings were not finished in time. */
  tell(shells: readonly string[]): Promise<void>;
  /** `request` has become true: quit again. */
  leave(): void;
}

/** Recordings are finished in moments; a recorder that confirms the last bytes may take its time. */
export const QUIT_LIMIT_MS = 30_000;

export function createQuit(needs: QuitNeeds, limitMs: number = QUIT_LIMIT_MS): Quit {
  let state: 'open' | 'asking' | 'finishing' | 'over' = 'open';

  /** Never rejects. */
  async function ask(shells: readonly string[]): Promise<void> {
    state = 'asking';
    const mayEnd = await needs.ask(shells).catch((error: unknown) => {
      needs.log.error({ error: String(error) }, 'nobody could be asked before quitting');
      return false;
    });
    // A session that ends may have answered meanwhile.
    if (stateNow() !== 'asking') return;
    state = 'open';
    if (mayEnd) await finish('user');
  }

  /** Never rejects. */
  async function finish(by: 'user' | 'system'): Promise<void> {
    state = 'finishing';
    const waiting = new AbortController();
    const isInTime = await Promise.race([
      needs.end().then(() => true),
      needs.clock.sleep(limitMs, { signal: waiting.signal }).then(
        () => false,
        () => false,
      ),
    ]);
    waiting.abort();
    const unfinished = isInTime ? [] : needs.liveShells();
    if (unfinished.length > 0) {
      needs.log.error({ shells: unfinished }, 'recordings were not finished before quitting');
      if (by === 'user') await needs.tell(unfinished).catch(() => {});
    }
    state = 'over';
    needs.leave();
  }

  function stateNow(): typeof state {
    return state;
  }

  return {
    request(by) {
      if (state === 'over') return true;
      // Neither what is asked nor what is being finished is cut by somebody who asks again.
      if (state === 'finishing' || (state === 'asking' && by === 'user')) return false;
      const shells = by === 'user' ? needs.liveShells() : [];
      if (shells.length > 0) void ask(shells);
      else void finish(by);
      return false;
    },
    hasBegun: () => state === 'finishing' || state === 'over',
  };
}
