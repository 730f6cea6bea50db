import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';

/** What an app looks for where its updates are: electron-builder's `latest*.yml`, as far as we join it. */
interface UpdateInfo {
  readonly files: readonly unknown[];
}

export async function readUpdateInfo(path: string): Promise<UpdateInfo | undefined> {
  if (!existsSync(path)) return undefined;
  const info: unknown = parse(await readFile(path, 'utf8'));
  if (!isUpdateInfo(info)) throw new Error(`${path} lists no files`);
  return info;
}

/** Packages of one system that were made in two runs: the second would be all that its apps find. */
export async function addFiles(path: string, earlier: UpdateInfo | undefined): Promise<void> {
  const later = await readUpdateInfo(path);
  if (!earlier || !later) return;
  await writeFile(path, stringify({ ...later, files: [...earlier.files, ...later.files] }));
}

function isUpdateInfo(info: unknown): info is UpdateInfo {
  return typeof info === 'object' && info !== null && 'files' in info && Array.isArray(info.files);
}
