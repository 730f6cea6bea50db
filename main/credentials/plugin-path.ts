import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { posix, win32 } from 'node:path';

/** Where a command is, or that it is nowhere. */
export type FoundProgram =
  /** Absolute. */
  | { readonly kind: 'found'; readonly path: string }
  /** `folders` were looked into, in this order; none for a command that is a path. */
  | { readonly kind: 'missing'; readonly folders: readonly string[] };

/** The variables of a process; on Windows their names have no case. */
export type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_PATHEXT = '.COM;.EXE;.BAT;.CMD';

/**
 * Looks a command up as Go's exec.LookPath does (os/exec, lp_unix.go and lp_windows.go): by the PATH that is given,
 * which is never the plugin's own, and never in the current folder, which Go finds and then refuses.
 */
export async function findProgram(
  command: string,
  environment: Environment,
  platform: NodeJS.Platform,
): Promise<FoundProgram> {
  const { isAbsolute, join, delimiter } = platform === 'win32' ? win32 : posix;
  const extensions = platform === 'win32' ? extensionsFor(command, environment) : [''];
  if (isAbsolute(command)) return (await findFile(command, extensions, platform)) ?? missing([]);
  // A relative path was resolved against its kubeconfig long before; what is left would mean the current folder.
  if (/[\\/]/.test(command)) return missing([]);
  const folders = (readVariable(environment, 'PATH', platform) ?? '').split(delimiter);
  for (const folder of folders) {
    const found = await findFile(join(folder || '.', command), extensions, platform);
    if (found && isAbsolute(folder)) return found;
    if (found) return missing(folders);
  }
  return missing(folders);
}

/** A variable's value, whatever the case of its name on Windows. */
export function readVariable(
  environment: Environment,
  name: string,
  platform: NodeJS.Platform,
): string | undefined {
  if (platform !== 'win32') return environment[name];
  const key = Object.keys(environment).find((known) => known.toUpperCase() === name);
  return key === undefined ? undefined : environment[key];
}

/** Windows runs what ends in one of PATHEXT; a command may leave its own out. */
function extensionsFor(command: string, environment: Environment): readonly string[] {
  const known = (readVariable(environment, 'PATHEXT', 'win32') || DEFAULT_PATHEXT)
    .toLowerCase()
    .split(';')
    .filter((extension) => extension !== '');
  const isComplete = known.includes(win32.extname(command).toLowerCase());
  return isComplete ? ['', ...known] : known;
}

async function findFile(
  base: string,
  extensions: readonly string[],
  platform: NodeJS.Platform,
): Promise<FoundProgram | undefined> {
  for (const extension of extensions) {
    const path = `${base}${extension}`;
    if (await isExecutable(path, platform)) return { kind: 'found', path };
  }
  return undefined;
}

async function isExecutable(path: string, platform: NodeJS.Platform): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false;
    if (platform !== 'win32') await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function missing(folders: readonly string[]): FoundProgram {
  return { kind: 'missing', folders };
}
