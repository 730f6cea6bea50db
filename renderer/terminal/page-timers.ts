import type { Timers } from './timers.ts';

/** The browser's own. */
export const pageTimers: Timers = {
  nowMs: () => performance.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (handle) => clearTimeout(handle as number),
};
