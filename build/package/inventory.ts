import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { listBundledModules } from './package-bundle.ts';

/** A thing of others that is in the package. */
export interface PackagedThing {
  readonly name: string;
  readonly version: string;
  /** As it was published: an SPDX expression. */
  readonly license: string;
  /** The texts that came with it, by their file names. */
  readonly texts: ReadonlyMap<string, string>;
  /** Of an npm package: where it is installed. */
  readonly folder?: string;
}

const LICENSE_FILE = /^(licen[cs]e|copying|notice|patents)([.-].*)?$/i;

/** All npm packages of which something is packaged: in a bundle or as they are. Sorted by name and version. */
export async function listThings(
  root: string,
  app: string,
  metafiles: readonly Metafile[],
): Promise<readonly PackagedThing[]> {
  const folders = new Set([
    ...listBundledModules(metafiles).map((folder) => join(root, folder)),
    ...(await listKept(join(app, 'node_modules'))).map((name) => join(root, 'node_modules', name)),
  ]);
  const things = new Map<string, PackagedThing>();
  for (const folder of folders) {
    const thing = await readThing(folder);
    things.set(`${thing.name}@${thing.version}`, thing);
  }
  return [...things].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, thing]) => thing);
}

export async function readThing(folder: string): Promise<PackagedThing> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`${folder} does not say its licence`);
  return { name, version, license, texts: await readLicenseTexts(folder), folder };
}

export async function readLicenseTexts(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder)).filter((name) => LICENSE_FILE.test(name)).sort();
  const texts = new Map<string, string>();
  for (const name of names) texts.set(name, (await readFile(join(folder, name), 'utf8')).trim());
  return texts;
}

/** Names of packages in a node_modules folder, scopes resolved. */
async function listKept(nodeModules: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const name of await readdir(nodeModules)) {
    if (!name.startsWith('@')) names.push(name);
    else for (const inner of await readdir(join(nodeModules, name))) names.push(`${name}/${inner}`);
  }
  return names;
}
