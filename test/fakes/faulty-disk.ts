import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { AppendFile, RecordingFiles } from '../../main/recording/writing/recording-files.ts';

type Operation = 'create' | 'write' | 'truncate' | 'sync' | 'replace' | 'reserve' | 'put-back';

/** What the disk does wrong; a test changes it at any time. */
export interface Faults {
  /** These fail with EIO. */
  readonly failing: Set<Operation>;
  /** Bytes that still fit: a write takes what fits, the next one fails. */
  room: number;
  /** The most that one write takes. */
  longestWrite: number;
  /** While set, whatever touches the disk waits for it. */
  stalled: Promise<void> | undefined;
}

/** A disk in memory, for all that can go wrong with a real one. */
export interface FaultyDisk {
  readonly files: RecordingFiles;
  readonly faults: Faults;
  /** Of the file as any reader finds it now; undefined where there is none. */
  read(path: string): Buffer | undefined;
  /** As another program does. Files that are open keep what is written, for nobody. */
  removeFolder(): void;
  /**
   * Writes it to a real folder as it is now, or as a power cut leaves it: of what was not synced `keep` (from 0 to 1)
   * stays, and zeros stand for `zeros` of the rest.
   */
  crash(folder: string, powerCut?: { readonly keep: number; readonly zeros: number }): Promise<void>;
}

interface Inode {
  bytes: Buffer;
  length: number;
  syncedBytes: number;
}

/** `onChanged` is told of each file after each change of it. */
export function createFaultyDisk(onChanged: (path: string, bytes: Buffer) => void): FaultyDisk {
  const inodes = new Map<string, Inode>();
  const faults: Faults = {
    failing: new Set(),
    room: Number.POSITIVE_INFINITY,
    longestWrite: Number.POSITIVE_INFINITY,
    stalled: undefined,
  };

  async function pass(operation: Operation): Promise<void> {
    // A real disk takes a turn of the event loop, in which other things happen.
    await new Promise((resolve) => setImmediate(resolve));
    await faults.stalled;
    if (faults.failing.has(operation)) {
      throw Object.assign(new Error(`EIO: i/o error, ${operation}`), { code: 'EIO' });
    }
  }

  function use(bytes: number): void {
    if (faults.room < bytes) {
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    }
    faults.room -= bytes;
  }

  function add(path: string, bytes: Uint8Array): Inode {
    const inode = { bytes: Buffer.from(bytes), length: bytes.length, syncedBytes: bytes.length };
    inodes.set(path, inode);
    onChanged(path, inode.bytes);
    return inode;
  }

  function append(path: string, inode: Inode, bytes: Uint8Array): void {
    const length = inode.length + bytes.length;
    if (length > inode.bytes.length) {
      const grown = Buffer.alloc(2 * length);
      inode.bytes.copy(grown, 0, 0, inode.length);
      inode.bytes = grown;
    }
    inode.bytes.set(bytes, inode.length);
    inode.length = length;
    if (inodes.get(path) === inode) onChanged(path, inode.bytes.subarray(0, length));
  }

  function openFile(path: string): AppendFile {
    let inode = add(path, new Uint8Array());
    async function sync(): Promise<void> {
      const { length } = inode;
      await pass('sync');
      inode.syncedBytes = Math.max(inode.syncedBytes, Math.min(length, inode.length));
    }
    return {
      async write(bytes) {
        await pass('write');
        const count = Math.min(bytes.length, faults.longestWrite, faults.room);
        use(count || 1);
        append(path, inode, bytes.subarray(0, count));
        return count;
      },
      async truncate(length) {
        await pass('truncate');
        faults.room += inode.length - length;
        inode.length = length;
        inode.syncedBytes = Math.min(inode.syncedBytes, length);
      },
      sync,
      datasync: sync,
      async putBack() {
        if (inodes.get(path) === inode) return false;
        await pass('put-back');
        use(inode.length);
        inode = add(path, inode.bytes.subarray(0, inode.length));
        return true;
      },
      close: async () => {},
    };
  }

  return {
    faults,
    files: {
      makeFolder: async () => {},
      async create(path) {
        await pass('create');
        return openFile(path);
      },
      syncFolder: () => pass('sync'),
      async replace(path, text) {
        await pass('replace');
        use(text.length);
        faults.room += inodes.get(path)?.length ?? 0;
        add(path, Buffer.from(text));
      },
      async reserve(path, bytes) {
        await pass('reserve');
        use(bytes);
        add(path, Buffer.alloc(bytes));
      },
      async remove(path) {
        faults.room += inodes.get(path)?.length ?? 0;
        inodes.delete(path);
      },
    },
    read(path) {
      const inode = inodes.get(path);
      return inode?.bytes.subarray(0, inode.length);
    },
    removeFolder: () => inodes.clear(),
    async crash(folder, { keep, zeros } = { keep: 1, zeros: 0 }) {
      const left = [...inodes].map(([path, { bytes, length, syncedBytes }]) => {
        const kept = syncedBytes + Math.floor((length - syncedBytes) * keep);
        const nulls = Buffer.alloc(Math.floor((length - kept) * zeros));
        return { name: basename(path), bytes: Buffer.concat([bytes.subarray(0, kept), nulls]) };
      });
      await mkdir(folder, { recursive: true });
      for (const { name, bytes } of left) await writeFile(join(folder, name), bytes);
    },
  };
}
