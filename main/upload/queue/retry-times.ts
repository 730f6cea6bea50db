/** Of the first wait: anything up to that. */
const FIRST_RETRY_MS = 10_000;
/** No wait is longer, unless a recorder asks for it. */
const LONGEST_RETRY_MS = 30 * 60_000;
/** No wait is shorter: what fails at once would be tried without a pause. */
const LEAST_RETRY_MS = 1_000;
/** What a recorder asks for beyond that is not believed. */
const LONGEST_WISH_MS = 60 * 60_000;

/**
 * How long to wait after that many failures in a row, from 1. Full jitter: anywhere between nothing and a bound that
 * doubles, so that what failed together is not tried together. `random` is at least 0 and below 1; `wishedMs` is what
 * the recorder asked for (`Retry-After`), and no try comes sooner.
 */
export function retryDelayMs(
  failures: number,
  random: number,
  { wishedMs = 0, longestMs = LONGEST_RETRY_MS }: { wishedMs?: number | undefined; longestMs?: number } = {},
): number {
  // Beyond that the bound is reached, and a power of two no longer a number.
  const doublings = Math.min(Math.max(0, failures - 1), 30);
  const bound = Math.min(longestMs, FIRST_RETRY_MS * 2 ** doublings);
  const jittered = Math.max(LEAST_RETRY_MS, Math.round(random * bound));
  return Math.max(jittered, Math.min(Math.max(0, wishedMs), LONGEST_WISH_MS));
}
