import { vi } from 'vitest';

/** Longer than anything takes on a machine that does other things as well. */
const PATIENCE_MS = 15_000;

/** Waits until `check` gives something true, and resolves with it. */
export function until<T>(check: () => T | Promise<T>): Promise<NonNullable<T>> {
  return vi.waitUntil(check, { timeout: PATIENCE_MS }) as Promise<NonNullable<T>>;
}
