import { watch } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';

/** A growing cast changes many times a second; this often is enough for a list. */
const GATHER_MS = 1_000;

/**
 * Tells which files of a folder have changed, gathered for a second, until the signal aborts. Where the
 * system cannot watch (some network disks) it tells nothing.
 */
export function watchFolder(
  needs: { readonly clock: Pick<Clock, 'sleep'>; readonly log: Log },
  folder: string,
  onChanged: (names: ReadonlySet<string>) => void,
  { signal }: { signal: AbortSignal },
): void {
  let gathered: Set<string> | undefined;

  async function gather(name: string): Promise<void> {
    if (gathered) {
      gathered.add(name);
      return;
    }
    gathered = new Set([name]);
    try {
      await needs.clock.sleep(GATHER_MS, { signal });
    } catch {
      return;
    }
    const names = gathered;
    gathered = undefined;
    onChanged(names);
  }

  function complain(error: unknown): void {
    needs.log.warn({ folder, error: String(error) }, 'the folder of recordings is not watched');
  }

  try {
    const watcher = watch(folder, { signal, persistent: false });
    watcher.on('error', complain);
    watcher.on('change', (_kind, name) => {
      // Not awaited: it ends with the signal and does not reject.
      if (name !== null) void gather(String(name));
    });
  } catch (error) {
    complain(error);
  }
}
