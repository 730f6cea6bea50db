import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { AppError, systemCode } from '../base/errors.ts';
import { isCastName, toRecordingId } from '../recording/cast-path.ts';

/** What stood in a folder of recordings at one moment. */
export interface FolderFiles {
  /** Of what has a cast there; each once. */
  readonly recordingIds: readonly string[];
  /** Whether a file of that folder was there, by its path. */
  has(path: string): boolean;
}

/** Rejects with `recording-unreadable` where the folder cannot be read; where there is none it is empty. */
export async function readRecordingsFolder(folder: string): Promise<FolderFiles> {
  const names = new Set(await readNames(folder));
  const recordingIds = [...new Set([...names].filter(isCastName).map(toRecordingId))];
  const start = join(folder, sep);
  return { recordingIds, has: (path) => path.startsWith(start) && names.has(path.slice(start.length)) };
}

async function readNames(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    const code = systemCode(cause);
    if (code === 'ENOENT') return [];
    throw new AppError(
      'recording-unreadable',
      `the folder of recordings ${folder} could not be read: ${code}`,
      {
        cause,
        hint: 'Check who may read it.',
      },
    );
  }
}

/** Of the recording that a file there belongs to; undefined where the library reads nothing of it. */
export function findRecordingId(fileName: string): string | undefined {
  return /^(.+)\.(?:cast|cast\.age|json|annotation)$/.exec(fileName)?.[1];
}

/** An id comes from pages and command lines: it names a file here and no path to elsewhere. */
export function isFileName(recordingId: string): boolean {
  return recordingId !== '' && !/[/\\\0]/.test(recordingId);
}
