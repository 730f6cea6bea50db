import { readdir, readlink, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Machine } from './machine.ts';

/** What may be in a package, and what must be. */
interface Rule {
  readonly pattern: RegExp;
  /** How many files it stands for: without them, the package is not whole. */
  readonly least: number;
}

export interface FoundFile {
  /** From the folder that was looked at, with `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly mode: number;
  /** Where a link leads to. */
  readonly link?: string;
}

export async function listFiles(folder: string): Promise<readonly FoundFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: FoundFile[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) continue;
    const absolute = join(entry.parentPath, entry.name);
    const path = relative(folder, absolute).replaceAll('\\', '/');
    if (entry.isSymbolicLink()) {
      files.push({ path, bytes: 0, mode: 0, link: await readlink(absolute) });
    } else {
      const { size, mode } = await stat(absolute);
      files.push({ path, bytes: size, mode });
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The files of the app, the packed and the unpacked, as its archive lists them. */
export function appRules({ platform, arch }: Machine): readonly Rule[] {
  return [
    { pattern: /^package\.json$/, least: 1 },
    { pattern: /^out\/main\.mjs$/, least: 1 },
    { pattern: /^out\/app-[A-Z0-9]{8}\.mjs$/, least: 2 },
    { pattern: /^out\/preload\.cjs$/, least: 1 },
    // Of builds that have updates.
    { pattern: /^out\/update-source\.json$/, least: 0 },
    { pattern: /^out\/(command\/)?page\/(app\.css|app\.js|icon\.svg|index\.html)$/, least: 8 },
    ...unpackedRules({ platform, arch }),
  ];
}

export function unpackedRules({ platform, arch }: Machine): readonly Rule[] {
  const canvas = `@napi-rs/canvas-${platform}-${arch}`;
  return [
    { pattern: /^out\/command\/cli\.mjs$/, least: 1 },
    { pattern: /^out\/command\/(search|export|survey)-worker\.mjs$/, least: 3 },
    { pattern: /^out\/command\/part-[A-Z0-9]{8}\.mjs$/, least: 3 },
    { pattern: /^out\/command\/page\/(app\.css|app\.js|icon\.svg|index\.html)$/, least: 4 },
    { pattern: /^node_modules\/@lydell\/node-pty\/(package\.json|LICENSE|[\w/]+\.js)$/, least: 8 },
    {
      pattern: new RegExp(
        `^node_modules/@lydell/node-pty-${platform}-${arch}/(package\\.json|[\\w-]+\\.node|spawn-helper|conpty/.+)$`,
      ),
      least: 2,
    },
    { pattern: /^node_modules\/@napi-rs\/canvas\/(package\.json|LICENSE|[\w-]+\.js)$/, least: 7 },
    {
      pattern: new RegExp(
        `^node_modules/${canvas}(-gnu|-msvc)?/(package\\.json|skia\\.[\\w.-]+\\.node|icudtl\\.dat)$`,
      ),
      least: 2,
    },
    {
      pattern:
        /^node_modules\/asciinema-player\/(package\.json|LICENSE|dist\/bundle\/asciinema-player\.(css|min\.js))$/,
      least: 4,
    },
  ];
}

/** What stands in the resources folder, the unpacked files aside. */
export function resourceRules({ platform }: Machine): readonly Rule[] {
  return [
    { pattern: /^app\.asar$/, least: 1 },
    { pattern: /^LICENSES\.html$/, least: 1 },
    {
      pattern: platform === 'win32' ? /^bin\/(kubereel\.cmd|node\.exe)$/ : /^bin\/(kubereel|node)$/,
      least: 2,
    },
    // Packages that update themselves or have a sandbox to be let in have these too.
    { pattern: /^(app-update\.yml|package-type|apparmor-profile|icon\.icns)$/, least: 0 },
  ];
}

/** Both ways: nothing else, and nothing missing. */
export function findContentFaults(paths: readonly string[], rules: readonly Rule[]): readonly string[] {
  const strange = paths.filter((path) => !rules.some(({ pattern }) => pattern.test(path)));
  const short = rules.filter(
    ({ pattern, least }) => paths.filter((path) => pattern.test(path)).length < least,
  );
  return [
    ...strange.map((path) => `${path} does not belong into a package`),
    ...short.map(({ pattern, least }) => `fewer than ${least} files are ${pattern.source}`),
  ];
}

/** Whoever may write to what others run, runs as them. */
export function findModeFaults(files: readonly FoundFile[]): readonly string[] {
  return files.flatMap(({ path, mode, link }) => {
    const faults: string[] = [];
    if ((mode & 0o022) !== 0)
      faults.push(`${path} can be written to by others (${(mode & 0o7777).toString(8)})`);
    if ((mode & 0o6000) !== 0) faults.push(`${path} gives rights away (${(mode & 0o7777).toString(8)})`);
    if (link?.startsWith('/')) faults.push(`${path} leads out of the package, to ${link}`);
    if (/(^|\/)bin\/(kubereel|node)$/.test(path) && (mode & 0o111) !== 0o111) {
      faults.push(`${path} cannot be run by everybody`);
    }
    return faults;
  });
}
