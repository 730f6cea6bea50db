import { existsSync } from 'node:fs';
import { cp, mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { Machine } from './machine.ts';

/**
 * What stays in node_modules of a package, since it cannot be bundled: native parts, and files that are read where
 * they lie. Everything else is in the bundles.
 */
export interface PackagedModule {
  readonly name: string;
  /** Where only these of its files are needed; otherwise all that it needs at run time are taken. */
  readonly files?: readonly string[];
}

/** What a published package holds for people and compilers. */
const NOT_NEEDED = /^readme|\.md$|\.d\.[cm]?ts$|\.map$|\.pdb$|^sbom\./i;

function listPackagedModules({ platform, arch }: Machine): readonly PackagedModule[] {
  return [
    { name: '@lydell/node-pty' },
    { name: `@lydell/node-pty-${platform}-${arch}` },
    { name: '@napi-rs/canvas' },
    { name: `@napi-rs/canvas-${canvasTarget({ platform, arch })}` },
    {
      name: 'asciinema-player',
      files: [
        'package.json',
        'LICENSE',
        'dist/bundle/asciinema-player.css',
        'dist/bundle/asciinema-player.min.js',
      ],
    },
  ];
}

/** Those of them that are not installed here: npm brings along what the machine itself needs. */
export function findMissingModules(machine: Machine, nodeModules: string): readonly string[] {
  return listPackagedModules(machine)
    .map(({ name }) => name)
    .filter((name) => !existsSync(join(nodeModules, name)));
}

export async function copyPackagedModules(machine: Machine, from: string, to: string): Promise<void> {
  for (const { name, files } of listPackagedModules(machine)) {
    for (const file of files ?? (await listNeededFiles(join(from, name)))) {
      const target = join(to, name, file);
      await mkdir(dirname(target), { recursive: true });
      await cp(join(from, name, file), target);
    }
  }
}

async function listNeededFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !NOT_NEEDED.test(basename(entry.name)))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function canvasTarget({ platform, arch }: Machine): string {
  if (platform === 'linux') return `linux-${arch}-gnu`;
  return platform === 'win32' ? `win32-${arch}-msvc` : `darwin-${arch}`;
}
