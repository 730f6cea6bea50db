import type { Clock } from '../../base/clock.ts';

/** How much may be sent: so much at once, and as much again as time gives back. */
export interface AlisBudget {
  /** False where there is not as much; nothing is taken then. */
  take(bytes: number): boolean;
}

export interface AlisLimits {
  readonly burstBytes: number;
  readonly bytesPerSecond: number;
}

/** asciinema-server closes a stream that takes more than 60 MB at once and 100 KB/s after that; a fifth less is sure. */
export const ALIS_LIMITS: AlisLimits = { burstBytes: 48_000_000, bytesPerSecond: 80_000 };

export function createAlisBudget(
  clock: Pick<Clock, 'nowMicros'>,
  { burstBytes, bytesPerSecond }: AlisLimits,
): AlisBudget {
  let left = burstBytes;
  let atMicros = clock.nowMicros();
  return {
    take(bytes) {
      const nowMicros = clock.nowMicros();
      left = Math.min(burstBytes, left + ((nowMicros - atMicros) / 1_000_000) * bytesPerSecond);
      atMicros = nowMicros;
      if (bytes > left) return false;
      left -= bytes;
      return true;
    },
  };
}
