import type { RecordingFiles } from '../../main/recording/writing/recording-files.ts';
import { systemRecordingFiles } from '../../main/recording/writing/recording-files.ts';

/** The system's files on a disk that a test can fill up, stall or break; what fits is really written. */
export interface LimitedDisk {
  readonly files: RecordingFiles;
  /** Bytes that still fit. A write of more takes what fits, and the next one fails, as on a real disk. */
  freeBytes: number;
  /** Of it, what a recording has put by for its end. */
  reservedBytes: number;
  /** While set, writes of casts wait for it. */
  stalled: Promise<void> | undefined;
  /** While set, every datasync fails with it. */
  syncError: Error | undefined;
  /** While set, every write to a cast fails with it. */
  writeError: Error | undefined;
  /** What was asked for, in order. */
  readonly calls: string[];
}

export function createLimitedDisk(freeBytes: number = Number.POSITIVE_INFINITY): LimitedDisk {
  function full(): Error {
    return Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  }

  const disk: LimitedDisk = {
    freeBytes,
    reservedBytes: 0,
    stalled: undefined,
    syncError: undefined,
    writeError: undefined,
    calls: [],
    files: {
      ...systemRecordingFiles,
      async create(path) {
        const file = await systemRecordingFiles.create(path);
        return {
          async write(bytes) {
            disk.calls.push('write');
            await disk.stalled;
            if (disk.writeError) throw disk.writeError;
            if (disk.freeBytes <= 0) throw full();
            const written = await file.write(bytes.subarray(0, Math.min(bytes.length, disk.freeBytes)));
            disk.freeBytes -= written;
            return written;
          },
          async truncate(length) {
            disk.calls.push('truncate');
            await file.truncate(length);
          },
          async sync() {
            disk.calls.push('sync');
            await file.sync();
          },
          async datasync() {
            disk.calls.push('datasync');
            if (disk.syncError) throw disk.syncError;
            await file.datasync();
          },
          putBack: () => file.putBack(),
          async close() {
            disk.calls.push('close');
            await file.close();
          },
        };
      },
      async syncFolder(folder) {
        disk.calls.push('syncFolder');
        await systemRecordingFiles.syncFolder(folder);
      },
      async reserve(path, bytes) {
        if (disk.freeBytes < bytes) throw full();
        disk.freeBytes -= bytes;
        disk.reservedBytes += bytes;
        await systemRecordingFiles.reserve(path, bytes);
      },
      async remove(path) {
        if (path.endsWith('.reserve')) {
          disk.freeBytes += disk.reservedBytes;
          disk.reservedBytes = 0;
        }
        await systemRecordingFiles.remove(path);
      },
      async replace(path, text) {
        disk.calls.push('replace');
        if (disk.freeBytes < text.length) throw full();
        await systemRecordingFiles.replace(path, text);
      },
    },
  };
  return disk;
}
