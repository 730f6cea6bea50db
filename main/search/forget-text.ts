import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../base/log.ts';
import { openTextStore } from './text-store.ts';

/** In the cache folder. */
export const TEXT_STORE_NAME = 'screen-text.sqlite';

/** Deletes what was on the screens of a recording, where no thread of ours has the store open. Does not reject. */
export async function forgetText(
  { log }: { readonly log: Log },
  cacheFolder: string,
  recordingId: string,
): Promise<void> {
  const path = join(cacheFolder, TEXT_STORE_NAME);
  const isThere = await stat(path).catch(() => undefined);
  if (!isThere) return;
  try {
    const store = openTextStore(path, (error) =>
      log.warn({ error: String(error) }, 'the text of recordings is read anew'),
    );
    store.remove([recordingId]);
    store.close();
  } catch (error) {
    log.warn(
      { recording: recordingId, error: String(error) },
      'the text of a recording could not be removed',
    );
  }
}
