import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** What a recording takes of the disk. */
export interface RecordingStorage {
  /** Of all its files. */
  readonly totalBytes: number;
  /** Unix milliseconds, of its cast. */
  readonly lastWrittenMs: number;
}

/** `ID.cast` and what stands beside it, whole or half written; the id itself may have dots. */
const FILE_NAME =
  /^(.+)\.(cast|cast\.age|json|chain|stderr|marks|annotation|reserve|lock)(?:\.[0-9a-f]{12}(?:\.tmp)?)?$/;
/** Files looked at together. */
const PARALLEL_FILES = 16;

/** By id: all that have a cast. Empty where there is no folder yet. */
export async function measureRecordings(folder: string): Promise<ReadonlyMap<string, RecordingStorage>> {
  const measured = new Map<string, RecordingStorage>();
  const casts = new Set<string>();
  await forEachFile(await readdir(folder).catch(() => []), async (name) => {
    const [, recordingId, kind] = FILE_NAME.exec(name) ?? [];
    if (recordingId === undefined) return;
    const file = await stat(join(folder, name)).catch(() => undefined);
    if (!file) return; // It went away meanwhile, and takes nothing any more.
    const isCast = kind === 'cast' || kind === 'cast.age';
    if (isCast) casts.add(recordingId);
    const { totalBytes = 0, lastWrittenMs = 0 } = measured.get(recordingId) ?? {};
    measured.set(recordingId, {
      totalBytes: totalBytes + file.size,
      lastWrittenMs: isCast ? Math.max(lastWrittenMs, file.mtimeMs) : lastWrittenMs,
    });
  });
  for (const recordingId of measured.keys()) if (!casts.has(recordingId)) measured.delete(recordingId);
  return measured;
}

/** Of a folder with all within it; 0 where there is none. */
export async function measureFolder(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  let total = 0;
  await forEachFile(
    entries.filter((entry) => entry.isFile()),
    async ({ parentPath, name }) => {
      total += (await stat(join(parentPath, name)).catch(() => undefined))?.size ?? 0;
    },
  );
  return total;
}

/** Of the disk that the folder is on. */
export async function readFreeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

async function forEachFile<File>(files: readonly File[], work: (file: File) => Promise<void>): Promise<void> {
  const waiting = files.values();
  await Promise.all(
    Array.from({ length: PARALLEL_FILES }, async () => {
      for (const file of waiting) await work(file);
    }),
  );
}
