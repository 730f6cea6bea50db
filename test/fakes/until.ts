import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than anything takes on a machine that does other things as well. */
const PATIENCE_MS = 30_000;
/** Most of what is waited for comes within milliseconds; what does not is not looked at all the time. */
const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 50;

/** Waits until `check` gives something true, and resolves with it. What it throws is thrown. */
export async function until<T>(check: () => T | Promise<T>): Promise<Exclude<NonNullable<T>, false>> {
  for await (const isLast of looks()) {
    const result = await check();
    if (result) return result as Exclude<NonNullable<T>, false>;
    if (isLast) break;
  }
  throw new Error(`it has not come within ${PATIENCE_MS / 1_000} s: ${check}`);
}

/** Waits until `check` passes, and resolves with what it gives; throws what it throws in the end. */
export async function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  let failure: unknown;
  for await (const isLast of looks()) {
    try {
      return await check();
    } catch (error) {
      failure = error;
    }
    if (isLast) break;
  }
  throw failure;
}

/** When to look; true where it is for the last time. */
async function* looks(): AsyncGenerator<boolean> {
  const endMs = performance.now() + PATIENCE_MS;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    yield performance.now() >= endMs;
    await sleep(pauseMs);
  }
}
