import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

export type FoundExecutable =
  | { readonly kind: 'found'; readonly path: string }
  /** In the words of the Go runtime, as container runtimes pass them on. */
  | { readonly kind: 'missing'; readonly reason: string };

const WINDOWS_SHELL = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';

/** Finds what a container runtime would execute for `name`: as a path from `folder`, or along the search path. */
export async function findExecutable(
  name: string,
  { searchPath, folder }: { readonly searchPath: string; readonly folder: string },
): Promise<FoundExecutable> {
  if (process.platform === 'win32') return findOnWindows(name, searchPath);
  if (name.includes('/')) {
    const path = isAbsolute(name) ? name : resolve(folder, name);
    const state = await examine(path);
    if (state === 'executable') return { kind: 'found', path };
    return {
      kind: 'missing',
      reason: state === 'absent' ? `stat ${name}: no such file or directory` : 'permission denied',
    };
  }
  for (const directory of searchPath.split(delimiter)) {
    const path = join(directory, name);
    if (name && (await examine(path)) === 'executable') return { kind: 'found', path };
  }
  return { kind: 'missing', reason: 'executable file not found in $PATH' };
}

async function examine(path: string): Promise<'executable' | 'forbidden' | 'absent'> {
  try {
    if (!(await stat(path)).isFile()) return 'forbidden';
  } catch {
    return 'absent';
  }
  try {
    await access(path, constants.X_OK);
    return 'executable';
  } catch {
    return 'forbidden';
  }
}

async function findOnWindows(name: string, searchPath: string): Promise<FoundExecutable> {
  if (/^(ba|a|z)?sh$/.test(name)) return { kind: 'found', path: WINDOWS_SHELL };
  for (const directory of searchPath.split(delimiter)) {
    for (const path of [join(directory, name), join(directory, `${name}.exe`)]) {
      if ((await examine(path)) === 'executable') return { kind: 'found', path };
    }
  }
  return { kind: 'missing', reason: 'executable file not found in $PATH' };
}
