import type { Clock } from '../../main/base/clock.ts';

/** A clock that a test turns by hand. */
export interface ManualClock extends Clock {
  /** Lets that much time pass, waking sleepers as they fall due, each at its own time. */
  advance(ms: number): Promise<void>;
  /** Moves the wall clock alone, as a user or NTP does. */
  setWallMs(ms: number): void;
  readonly sleepers: number;
}

interface Sleeper {
  readonly atMs: number;
  wake(): void;
}

export function createManualClock(): ManualClock {
  let elapsedMs = 0;
  let wallOffsetMs = Date.UTC(2026, 0, 2, 3, 4, 5);
  const sleepers = new Set<Sleeper>();

  return {
    nowMs: () => wallOffsetMs + elapsedMs,
    nowMicros: () => Math.round(elapsedMs * 1_000),
    sleep(ms, { signal }) {
      signal.throwIfAborted();
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        };
        const sleeper: Sleeper = {
          atMs: elapsedMs + ms,
          wake() {
            sleepers.delete(sleeper);
            signal.removeEventListener('abort', onAbort);
            resolve();
          },
        };
        signal.addEventListener('abort', onAbort, { once: true });
        sleepers.add(sleeper);
      });
    },
    async advance(ms) {
      const untilMs = elapsedMs + ms;
      while (true) {
        const next = [...sleepers].sort((a, b) => a.atMs - b.atMs)[0];
        if (!next || next.atMs > untilMs) break;
        elapsedMs = Math.max(elapsedMs, next.atMs);
        next.wake();
        // An event loop turn runs what the sleeper does next, until it waits for something else.
        await new Promise((resolve) => setImmediate(resolve));
      }
      elapsedMs = untilMs;
    },
    setWallMs(ms) {
      wallOffsetMs = ms - elapsedMs;
    },
    get sleepers() {
      return sleepers.size;
    },
  };
}
