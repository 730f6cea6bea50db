import { readdir } from 'node:fs/promises';
import { AppError, systemCode } from '../base/errors.ts';
import { isCastName, toRecordingId } from '../recording/cast-path.ts';

/** Ids of what has a cast there. Rejects with `recording-unreadable` where the folder cannot be read. */
export async function listRecordingIds(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter(isCastName).map(toRecordingId);
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
