import { constants } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { syncFolder, writeFileAtomically } from '../base/atomic-file.ts';
import { makePrivateFolder } from '../base/paths.ts';

/** The little that the cast writer wants of a file system, so that a test can let a disk fill up. */
export interface RecordingFiles {
  makeFolder(folder: string): Promise<void>;
  /** A new file for appending that only this user can read. Rejects with `EEXIST` where there is one. */
  create(path: string): Promise<AppendFile>;
  syncFolder(folder: string): Promise<void>;
  /** Replaces a small file so that a reader sees the old text or the new one. */
  replace(path: string, text: string): Promise<void>;
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
  close(): Promise<void>;
}

const FILE_MODE = 0o600;

export const systemRecordingFiles: RecordingFiles = {
  makeFolder: makePrivateFolder,
  async create(path) {
    const file = await open(
      path,
      constants.O_CREAT | constants.O_EXCL | constants.O_APPEND | constants.O_WRONLY,
      FILE_MODE,
    );
    return {
      write: async (bytes) => (await file.write(bytes)).bytesWritten,
      truncate: (length) => file.truncate(length),
      sync: () => file.sync(),
      datasync: () => file.datasync(),
      close: () => file.close(),
    };
  },
  syncFolder,
  replace: writeFileAtomically,
  remove: (path) => rm(path, { force: true }),
};
