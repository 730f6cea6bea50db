import type { AppError, ErrorCode } from '../base/errors.ts';

/** Waits before the tries of one loss, in milliseconds; the last one is used for all further tries. */
const STEPS_MS: readonly number[] = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
/**
 * About ten minutes of waiting. Counted in tries and not in time: a laptop that slept for a night has not tried
 * for a night.
 */
export const MAX_TRIES = 24;
/** Thirty shells that lost the same proxy do not come back in the same instant. */
const JITTER = 0.2;

/** The wait before a try, the first being 1. `random` is at least 0 and below 1. */
export function retryDelayMs(attempt: number, random: number): number {
  const stepMs = STEPS_MS[Math.min(attempt, STEPS_MS.length) - 1] ?? 0;
  return Math.round(stepMs * (1 - JITTER + 2 * JITTER * random));
}

/**
 * What no further try can mend. All else may pass: what answers while a laptop wakes up in another network (a
 * login page, a proxy, an interceptor of TLS) is not the cluster.
 */
const FINAL_CODES: ReadonlySet<ErrorCode> = new Set([
  'pod-gone',
  'pod-not-found',
  'pod-completed',
  'container-unknown',
  'no-shell',
  'context-unknown',
  'recording-required',
]);

export function isFinal({ code }: AppError): boolean {
  return FINAL_CODES.has(code);
}
