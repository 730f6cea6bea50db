import { statfs } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import { Refusal } from './refusal.ts';

/** Keeps a part of the disk free, for all deliveries together. */
export interface DiskRoom {
  /** Rejects with `disk-full` where so many bytes more would go below the floor. */
  spend(bytes: number): Promise<void>;
  freeBytes(): Promise<number>;
}

/** What others write meanwhile is seen so much later. */
const MEASURE_LIFE_MS = 1_000;

export function createDiskRoom(
  needs: {
    readonly clock: Pick<Clock, 'nowMicros'>;
    readonly readFree?: (folder: string) => Promise<number>;
  },
  { folder, floorBytes }: { readonly folder: string; readonly floorBytes: number },
): DiskRoom {
  const { clock, readFree = readFreeBytes } = needs;
  let free = 0;
  let measuredAtMicros = Number.NEGATIVE_INFINITY;

  async function measure(): Promise<void> {
    free = await readFree(folder);
    measuredAtMicros = clock.nowMicros();
  }

  return {
    async spend(bytes) {
      if (clock.nowMicros() - measuredAtMicros >= MEASURE_LIFE_MS * 1_000) await measure();
      if (floorBytes > 0 && free - bytes < floorBytes) throw createDiskFull(floorBytes);
      free -= bytes;
    },
    async freeBytes() {
      await measure();
      return free;
    },
  };
}

/** With 0 it is the disk that said so. */
export function createDiskFull(floorBytes: number, cause?: unknown): Refusal {
  const reason =
    floorBytes > 0
      ? `less than ${Math.round(floorBytes / 1024 / 1024)} MiB are left on the recorder's disk`
      : "nothing is left on the recorder's disk";
  return new Refusal('disk-full', `disk full: ${reason}`, { cause });
}

async function readFreeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
