import { stat } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { holdFileLock } from '../base/file-lock.ts';
import { besideCast, toRecordingId } from './cast-path.ts';

/** `ID.lock` beside `ID.cast`, for the moment in which something beside the cast is written or deleted. */
function lockPathOf(castPath: string): string {
  return besideCast(castPath, '.lock');
}

/**
 * One at a time among all processes: who adds to what stands beside a recording loses nothing of the others'. Rejects
 * with `recording-not-found` where it was deleted meanwhile: nothing is left beside a cast that is gone.
 */
export function holdRecording<T>(
  clock: Pick<Clock, 'nowMs' | 'sleep'>,
  castPath: string,
  deed: () => Promise<T>,
): Promise<T> {
  return holdFileLock(clock, lockPathOf(castPath), async () => {
    const isThere = await stat(castPath).catch(() => undefined);
    if (!isThere) {
      throw new AppError('recording-not-found', `there is no recording ${toRecordingId(castPath)}`, {
        hint: 'It may have been deleted; the list shows those that there are.',
      });
    }
    return deed();
  });
}
