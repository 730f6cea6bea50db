/** The page's time, handed to what schedules, so that a test can turn the clock. */
export interface Timers {
  /** Monotonic. */
  nowMs(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}
