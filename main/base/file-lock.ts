import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import type { Clock } from './clock.ts';
import { systemCode } from './errors.ts';

/** A process that died with it, or waits for its keychain, is not waited for longer. */
const STALE_MS = 10_000;
const TRY_MS = 20;
const FILE_MODE = 0o600;
const ENDLESS: AbortSignal = new AbortController().signal;

/**
 * One process at a time does what is to be done under this path, which is a file while it does. For a deed of
 * milliseconds: read a small file, write it anew. Within a process, turns keep the order.
 */
export async function holdFileLock<T>(
  clock: Pick<Clock, 'nowMs' | 'sleep'>,
  path: string,
  deed: () => Promise<T>,
): Promise<T> {
  while (!(await takeLock(path))) {
    const held = await stat(path).catch(() => undefined);
    if (held && clock.nowMs() - held.mtimeMs > STALE_MS) await breakLock(path, held.mtimeMs);
    else await clock.sleep(TRY_MS, { signal: ENDLESS });
  }
  try {
    return await deed();
  } finally {
    await rm(path, { force: true });
  }
}

async function takeLock(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx', FILE_MODE)).close();
    return true;
  } catch (cause) {
    if (systemCode(cause) === 'EEXIST') return false;
    throw cause;
  }
}

/** Of two that find it stale, one moves it away; what the other moves may be the new one, and goes back. */
async function breakLock(path: string, staleMs: number): Promise<void> {
  const moved = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, moved);
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return;
    throw cause;
  }
  const isStale = (await stat(moved)).mtimeMs === staleMs;
  if (isStale) await rm(moved, { force: true });
  else await rename(moved, path);
}
