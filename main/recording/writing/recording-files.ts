import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder, writeFileAtomically } from '../../base/atomic-file.ts';
import { makePrivateFolder } from '../../base/paths.ts';

/** The little that the cast writer wants of a file system, so that a test can let a disk fill up. */
export interface RecordingFiles {
  makeFolder(folder: string): Promise<void>;
  /** A new file for appending that only this user can read. Rejects with `EEXIST` where there is one. */
  create(path: string): Promise<AppendFile>;
  syncFolder(folder: string): Promise<void>;
  /** Replaces a small file so that a reader sees the old text or the new one. */
  replace(path: string, text: string): Promise<void>;
  /** Takes that many bytes of the disk, so that they are there when it is full. */
  reserve(path: string, bytes: number): Promise<void>;
  /** Resolves also where there is none. */
  remove(path: string): Promise<void>;
}

export interface AppendFile {
  /** Resolves with how many bytes were written: on a full disk fewer than asked for. */
  write(bytes: Uint8Array): Promise<number>;
  truncate(length: number): Promise<void>;
  sync(): Promise<void>;
  /** As `sync`, but for what is needed to read the data only. */
  datasync(): Promise<void>;
  /**
   * Writes all of it anew at its path where that no longer leads to it, as after its folder was deleted. Resolves
   * with whether it had to.
   */
  putBack(): Promise<boolean>;
  close(): Promise<void>;
}

const FILE_MODE = 0o600;

export const systemRecordingFiles: RecordingFiles = {
  makeFolder: makePrivateFolder,
  async create(path) {
    let file = await openNew(path);
    return {
      write: async (bytes) => (await file.write(bytes)).bytesWritten,
      truncate: (length) => file.truncate(length),
      sync: () => file.sync(),
      datasync: () => file.datasync(),
      async putBack() {
        if (await isAt(file, path)) return false;
        const replacement = await writeAnew(file, path);
        await file.close();
        file = replacement;
        return true;
      },
      close: () => file.close(),
    };
  },
  syncFolder,
  replace: writeFileAtomically,
  async reserve(path, bytes) {
    // Zeros could be kept as a hole, and a hole reserves nothing.
    await writeFile(path, randomBytes(bytes), { mode: FILE_MODE });
  },
  remove: (path) => rm(path, { force: true }),
};

/** Readable too, so that what was deleted can be written again. */
function openNew(path: string): Promise<FileHandle> {
  return open(path, constants.O_CREAT | constants.O_EXCL | constants.O_APPEND | constants.O_RDWR, FILE_MODE);
}

async function isAt(file: FileHandle, path: string): Promise<boolean> {
  // Windows lets nobody delete a file that is open.
  if (process.platform === 'win32') return true;
  const own = await file.stat();
  const there = await stat(path).catch(() => undefined);
  return there?.ino === own.ino && there.dev === own.dev;
}

async function writeAnew(file: FileHandle, path: string): Promise<FileHandle> {
  await makePrivateFolder(dirname(path));
  const replacement = await openNew(path);
  try {
    const chunk = Buffer.allocUnsafe(COPY_BYTES);
    for (let position = 0; ; ) {
      const { bytesRead } = await file.read(chunk, 0, COPY_BYTES, position);
      if (bytesRead === 0) break;
      await replacement.appendFile(chunk.subarray(0, bytesRead));
      position += bytesRead;
    }
    await replacement.sync();
    await syncFolder(dirname(path));
    return replacement;
  } catch (error) {
    await replacement.close();
    await rm(path, { force: true });
    throw error;
  }
}

const COPY_BYTES = 1024 * 1024;
