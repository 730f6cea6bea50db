/** The page's time, handed to what schedules, so that a test can turn the clock. */
export interface Timers {
  /** Monotonic. */
  nowMs(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}

/** The browser's own. */
export const pageTimers: Timers = {
  nowMs: () => performance.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (handle) => clearTimeout(handle as number),
};
