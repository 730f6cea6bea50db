import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../base/atomic-file.ts';
import type { Log } from '../base/log.ts';
import { makePrivateFolder } from '../base/paths.ts';

/**
 * What was made of recordings, one file each, in a folder that may be deleted at any time. Nothing here rejects:
 * whatever goes wrong is logged and costs time only.
 */
export interface CacheFiles {
  /** Nothing where there is no file, or `parse` makes nothing of it. */
  read<T>(recordingId: string, parse: (content: Buffer) => Promise<T | undefined>): Promise<T | undefined>;
  write(recordingId: string, castPath: string, format: () => Promise<string | Uint8Array>): Promise<void>;
  remove(recordingId: string): Promise<void>;
  /** Deletes what the folder has of recordings that are none of these, of whatever kind. */
  sweep(recordingIds: ReadonlySet<string>): Promise<void>;
}

/** Whole, or as `writeFileAtomically` names what it has not finished. */
const FILE_NAME = /^(.+)\.(?:replay|thumbnail)(?:\.[0-9a-f]{12}\.tmp)?$/;

export function createCacheFiles(
  { log, folder }: { readonly log: Log; readonly folder: string },
  kind: 'replay' | 'thumbnail',
): CacheFiles {
  const pathOf = (recordingId: string): string => join(folder, `${recordingId}.${kind}`);

  async function attempt<T>(
    what: string,
    recordingId: string,
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      log.warn({ recording: recordingId, error: String(error) }, `a cached ${kind} could not be ${what}`);
      return undefined;
    }
  }

  return {
    read: (recordingId, parse) =>
      attempt('read', recordingId, async () => {
        const content = await readFile(pathOf(recordingId)).catch(() => undefined);
        return content && (await parse(content));
      }),
    write: (recordingId, castPath, format) =>
      attempt('stored', recordingId, async () => {
        await makePrivateFolder(folder);
        await writeFileAtomically(pathOf(recordingId), await format());
        // Deleted meanwhile, maybe by another process: nothing of it stays.
        const isThere = await stat(castPath).catch(() => undefined);
        if (!isThere) await rm(pathOf(recordingId), { force: true });
      }),
    async remove(recordingId) {
      await attempt('removed', recordingId, () => rm(pathOf(recordingId), { force: true }));
    },
    async sweep(recordingIds) {
      for (const name of await readdir(folder).catch(() => [])) {
        const recordingId = FILE_NAME.exec(name)?.[1];
        if (recordingId === undefined || recordingIds.has(recordingId)) continue;
        await attempt('removed', recordingId, () => rm(join(folder, name), { force: true }));
      }
    },
  };
}
