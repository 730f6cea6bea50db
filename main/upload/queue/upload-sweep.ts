import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What programs leave behind that are killed while they write a job, hold its lock, or send a test recording. */
const LITTER = /\.[0-9a-f]{12}\.tmp$|\.lock(?:\.[0-9a-f]{12})?$|^trial-/;
/** Older than anything that somebody still needs. */
const LITTER_MS = 60 * 60_000;

/** Deletes it, in the folder of uploads and in those within. Rejects where they cannot be read. */
export async function sweepUploads(clock: { nowMs(): number }, folder: string): Promise<void> {
  for (const inner of ['', 'delivered', 'unreadable']) {
    for (const name of await readdir(join(folder, inner))) {
      if (!LITTER.test(name)) continue;
      const path = join(folder, inner, name);
      const found = await stat(path).catch(() => undefined);
      if (found && clock.nowMs() - found.mtimeMs > LITTER_MS)
        await rm(path, { recursive: true, force: true });
    }
  }
}
