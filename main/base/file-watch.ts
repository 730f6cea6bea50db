import { type FSWatcher, lstatSync, readlinkSync, watch } from 'node:fs';
import { basename, dirname, join, parse, resolve, sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Dispose } from './event.ts';

/** Editors and tools write a file in several steps; one reload after the last of them is enough. */
const SETTLE_MS = 200;
/** As many links as Linux follows before it gives up. */
const MAX_LINKS = 40;

/**
 * Calls back after any of the files has changed, appeared, gone or been replaced. Watches the folders in which the
 * entries stand that lead to a file, since a file that is replaced takes a watch on itself with it: its own folder;
 * that of each link on the way (Kubernetes switches mounted secrets by a link named `..data`); and where a folder is
 * not there yet, the nearest one above it. A folder that may not be watched is left out.
 */
export function watchFiles(paths: readonly string[], onChanged: () => void): Dispose {
  let watchers: readonly FSWatcher[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  function watchAll(): void {
    for (const watcher of watchers) watcher.close();
    const entries = findEntries(paths);
    watchers = [...entries].flatMap(([folder, names]) => watchFolder(folder, names));
    // A folder may have appeared after it was looked for and before it was waited for.
    if (!isDeepStrictEqual(findEntries(paths), entries)) settle();
  }

  function watchFolder(folder: string, names: ReadonlySet<string>): FSWatcher[] {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        // Its own name comes when the folder itself is moved or removed.
        if (name === null || names.has(name) || name === basename(folder)) settle();
      });
      watcher.on('error', settle);
      return [watcher];
    } catch {
      return [];
    }
  }

  function settle(): void {
    if (isStopped) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      // Before the files are read: what changes from now on is seen.
      watchAll();
      onChanged();
    }, SETTLE_MS);
    timer.unref();
  }

  watchAll();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}

/** Folders to watch, each with the names in it whose change can make a path lead elsewhere. */
function findEntries(paths: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const entries = new Map<string, Set<string>>();
  for (const path of paths) {
    for (const entry of walk(resolve(path))) {
      const folder = dirname(entry);
      entries.set(folder, (entries.get(folder) ?? new Set()).add(basename(entry)));
    }
  }
  return entries;
}

/** The file itself, each link on the way to it, and the first part of the way that is missing. */
function* walk(path: string): Generator<string> {
  let links = 0;
  let at = parse(path).root;
  const rest = path.slice(at.length).split(sep);
  for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
    const entry = join(at, part);
    const target = readTarget(entry);
    if (target === undefined || target !== entry || rest.length === 0) yield entry;
    if (target === undefined) return;
    if (target === entry) {
      at = entry;
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) return;
    const whole = resolve(at, target);
    at = parse(whole).root;
    rest.unshift(...whole.slice(at.length).split(sep));
  }
}

/** Where a link leads, the entry itself where it is none, undefined where there is nothing. */
function readTarget(entry: string): string | undefined {
  try {
    return lstatSync(entry).isSymbolicLink() ? readlinkSync(entry) : entry;
  } catch {
    return undefined;
  }
}
