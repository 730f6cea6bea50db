import type { Clock } from '../base/clock.ts';

/** How fast bytes may pass, for all that share it. */
export interface ByteRate {
  /** Resolves when so many more may pass; rejects with the signal's reason. */
  take(bytes: number, options: { readonly signal: AbortSignal }): Promise<void>;
}

/** What may pass at once after a pause. */
const BURST_MICROS = 1_000_000;
const MICROS_PER_SECOND = 1_000_000;

export function createByteRate(clock: Pick<Clock, 'nowMicros' | 'sleep'>, bytesPerSecond: number): ByteRate {
  /** When all that has been taken would have passed at that pace. */
  let paidMicros = Number.NEGATIVE_INFINITY;
  return {
    async take(bytes, { signal }) {
      const nowMicros = clock.nowMicros();
      const waitMicros = paidMicros - nowMicros;
      paidMicros =
        Math.max(paidMicros, nowMicros - BURST_MICROS) + (bytes * MICROS_PER_SECOND) / bytesPerSecond;
      if (waitMicros > 0) await clock.sleep(waitMicros / 1_000, { signal });
    },
  };
}
