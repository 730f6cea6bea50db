import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Dispose } from '../base/event.ts';

/** Editors and tools write a file in several steps; one reload after the last of them is enough. */
const SETTLE_MS = 200;

/**
 * Calls back after any of the files has changed, appeared, gone or been replaced. Watches their folders, since
 * a file that is replaced takes a watch on itself with it. A folder that cannot be watched is left out.
 */
export function watchKubeconfig(paths: readonly string[], onChanged: () => void): Dispose {
  const watchers: FSWatcher[] = [];
  let timer: NodeJS.Timeout | undefined;

  function settle(): void {
    clearTimeout(timer);
    timer = setTimeout(onChanged, SETTLE_MS);
    timer.unref();
  }

  for (const folder of new Set(paths.map((path) => dirname(path)))) {
    const names = new Set(paths.filter((path) => dirname(path) === folder).map((path) => basename(path)));
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null || names.has(name)) settle();
      });
      // The folder itself has gone: there is nothing left to see there.
      watcher.on('error', () => watcher.close());
      watchers.push(watcher);
    } catch {
      // A folder that is not there (~/.kube on a new machine) is looked at again at the next start.
    }
  }

  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
