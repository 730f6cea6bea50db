import type { Timers } from '../../renderer/timers.ts';

/** A clock that a test turns by hand. */
export interface ManualTimers extends Timers {
  /** Lets that much time pass, running what falls due in between, each with its own time. */
  advance(ms: number): Promise<void>;
  /** Lets everything run that waits for no time. */
  settle(): Promise<void>;
  readonly pending: number;
}

export function createManualTimers(): ManualTimers {
  let nowMs = 1_000;
  let timers: { readonly atMs: number; readonly callback: () => void }[] = [];

  async function settle(): Promise<void> {
    // An event loop turn runs all microtasks, however long their chain.
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  return {
    nowMs: () => nowMs,
    setTimeout(callback, ms) {
      const timer = { atMs: nowMs + Math.max(0, ms), callback };
      timers.push(timer);
      return timer;
    },
    clearTimeout(handle) {
      timers = timers.filter((timer) => timer !== handle);
    },
    async advance(ms) {
      await settle();
      const untilMs = nowMs + ms;
      while (true) {
        const due = timers.filter((timer) => timer.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
        if (!due) break;
        timers = timers.filter((timer) => timer !== due);
        nowMs = due.atMs;
        due.callback();
        await settle();
      }
      nowMs = untilMs;
      await settle();
    },
    settle,
    get pending() {
      return timers.length;
    },
  };
}
