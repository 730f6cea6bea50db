import { setTimeout as sleepMs } from 'node:timers/promises';

export interface Clock {
  /** Wall time in Unix milliseconds. May jump; for labels, never for durations. */
  nowMs(): number;
  /** Monotonic microseconds since some fixed point of this process. */
  nowMicros(): number;
  /** Rejects with the signal's reason when aborted. Does not keep the process alive. */
  sleep(ms: number, options: { signal: AbortSignal }): Promise<void>;
}

export function createSystemClock(): Clock {
  return {
    nowMs: () => Date.now(),
    nowMicros: () => Math.round(performance.now() * 1_000),
    async sleep(ms, { signal }) {
      try {
        await sleepMs(ms, undefined, { signal, ref: false });
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      }
    },
  };
}
