import type { AppError } from '../../base/errors.ts';
import type { RecorderAddress } from '../../policy/policy.ts';
import { retryDelayMs } from '../queue/retry-times.ts';
import { wishedDelayMs } from './recorder-error.ts';

/** Which recorders may be asked now: one delivery at a time each, and none while one that failed is left alone. */
export interface RecorderGates {
  /** Returns what lets the next one in; undefined where somebody is in. */
  enter(recorder: RecorderAddress): (() => void) | undefined;
  isBusy(recorder: RecorderAddress): boolean;
  isHeld(recorder: RecorderAddress): boolean;
  /** 0 where it is not held. */
  heldUntilMs(recorder: RecorderAddress): number;
  /**
   * It failed: the others that are owed to it do not all find that out by themselves. One that failed with a
   * recording midway may have done so because of that one, and is not left alone for long.
   */
  hold(recorder: RecorderAddress, error: AppError, how: { readonly hasBegun: boolean }): void;
  /** It took one, or somebody wants it asked. */
  open(recorder: RecorderAddress): void;
}

export interface RecorderGatesNeeds {
  readonly clock: { nowMs(): number };
  /** At least 0 and below 1. */
  random(): number;
}

const LONGEST_HOLD_MIDWAY_MS = 60_000;

export function createRecorderGates({ clock, random }: RecorderGatesNeeds): RecorderGates {
  const busy = new Set<string>();
  const holds = new Map<string, { readonly failures: number; readonly untilMs: number }>();

  const heldUntilMs = ({ url }: RecorderAddress): number => {
    const untilMs = holds.get(url)?.untilMs ?? 0;
    return untilMs > clock.nowMs() ? untilMs : 0;
  };

  return {
    enter({ url }) {
      if (busy.has(url)) return undefined;
      busy.add(url);
      return () => busy.delete(url);
    },
    isBusy: ({ url }) => busy.has(url),
    isHeld: (recorder) => heldUntilMs(recorder) > 0,
    heldUntilMs,
    hold({ url }, error, { hasBegun }) {
      const failures = (holds.get(url)?.failures ?? 0) + 1;
      const limit = hasBegun ? { longestMs: LONGEST_HOLD_MIDWAY_MS } : {};
      const delayMs = retryDelayMs(failures, random(), { wishedMs: wishedDelayMs(error), ...limit });
      holds.set(url, { failures, untilMs: clock.nowMs() + delayMs });
    },
    open({ url }) {
      holds.delete(url);
    },
  };
}
