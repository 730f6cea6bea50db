import { vi } from 'vitest';

/** Longer than anything takes on a machine that does other things as well. */
const PATIENCE_MS = 30_000;

/** Waits until `check` gives something true, and resolves with it. */
export function until<T>(check: () => T | Promise<T>): Promise<Exclude<NonNullable<T>, false>> {
  return vi.waitUntil(check, { timeout: PATIENCE_MS }) as Promise<Exclude<NonNullable<T>, false>>;
}

/** Waits until `check` passes, and resolves with what it gives. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: PATIENCE_MS });
}
