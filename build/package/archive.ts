import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { extractFile, getRawHeader } from '@electron/asar';

/** A file as the archive's header describes it; a folder has `files`. */
interface Entry {
  readonly files?: Readonly<Record<string, Entry>>;
  readonly unpacked?: boolean;
  readonly size?: number;
  readonly link?: string;
  readonly integrity?: { readonly algorithm: string; readonly hash: string };
}

export interface ArchivedFile {
  readonly path: string;
  readonly bytes: number;
  readonly isUnpacked: boolean;
  readonly hash: string | undefined;
}

export function listArchive(archive: string): readonly ArchivedFile[] {
  const { header } = getRawHeader(archive) as { header: Entry };
  return walk(header, '');
}

function walk(entry: Entry, path: string): readonly ArchivedFile[] {
  if (!entry.files) {
    const { size = 0, unpacked = false, integrity } = entry;
    return [{ path, bytes: size, isUnpacked: unpacked, hash: integrity?.hash }];
  }
  return Object.entries(entry.files).flatMap(([name, inner]) => walk(inner, path ? `${path}/${name}` : name));
}

/** What Electron compares before it reads an archive: SHA-256 of its header's text. */
export function hashArchive(archive: string): string {
  return createHash('sha256').update(getRawHeader(archive).headerString).digest('hex');
}

/** Each file must be what the header says of it, in the archive as beside it. */
export async function findArchiveFaults(archive: string): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const { path, isUnpacked, hash } of listArchive(archive)) {
    const bytes = isUnpacked
      ? await readFile(join(`${archive}.unpacked`, path))
      : extractFile(archive, path.replaceAll('/', process.platform === 'win32' ? '\\' : '/'));
    if (createHash('sha256').update(bytes).digest('hex') !== hash) {
      faults.push(`${path} is not what the archive's header says`);
    }
    if (/\.(mjs|cjs|js|css)$/.test(path) && !path.startsWith('node_modules/') && hasMap(bytes)) {
      faults.push(`${path} tells of a source map`);
    }
  }
  return faults;
}

function hasMap(bytes: Buffer): boolean {
  return bytes.subarray(-512).includes('sourceMappingURL');
}
