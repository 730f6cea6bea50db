import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../base/errors.ts';

/** How much of the disk recordings may take. */
export interface RecordingLimits {
  /** Bytes of one session's cast; 0 for any. */
  readonly sessionBytes: number;
  /** Bytes that are left free on the disk; 0 fills it. */
  readonly freeBytes: number;
  /** Bytes of all recordings together; 0 for any. */
  readonly libraryBytes: number;
}

/** Watches over the limits for all sessions of this program. */
export interface SpaceGuard {
  /** Why no more output may be recorded now into a cast of that size; undefined where it may. */
  refusal(castBytes: number): AppError | undefined;
  /** Bytes that a cast grew by: counted until the folder is measured again. */
  spent(bytes: number): void;
  /** Measures now. Rejects never: what cannot be measured sets no limit. */
  measure(): Promise<void>;
}

export interface SpaceGuardNeeds {
  readonly clock: { nowMs(): number };
  readonly folder: string;
  limits(): RecordingLimits;
  /** Of the disk that the folder is on; the system's by default. */
  freeBytes?(): Promise<number>;
}

const FREE_LIFE_MS = 1_000;
/** Ten thousand recordings take a tenth of a second to measure. */
const LIBRARY_LIFE_MS = 60_000;
/** What was written by others meanwhile is seen a second later; the end of a recording needs some room too. */
const RESUME_FACTOR = 1.1;

export function createSpaceGuard(needs: SpaceGuardNeeds): SpaceGuard {
  const { clock, folder } = needs;
  const readFree = needs.freeBytes ?? (() => readFreeBytes(folder));
  let free = Number.POSITIVE_INFINITY;
  let library = 0;
  let freeMeasuredAtMs = Number.NEGATIVE_INFINITY;
  let libraryMeasuredAtMs = Number.NEGATIVE_INFINITY;
  let measuring: Promise<void> | undefined;
  let isShort = false;

  async function measure(): Promise<void> {
    const nowMs = clock.nowMs();
    free = await readFree().catch(() => Number.POSITIVE_INFINITY);
    freeMeasuredAtMs = nowMs;
    if (nowMs - libraryMeasuredAtMs < LIBRARY_LIFE_MS) return;
    library = await measureFolder(folder).catch(() => 0);
    libraryMeasuredAtMs = nowMs;
  }

  function measureOnce(): Promise<void> {
    measuring ??= measure().finally(() => {
      measuring = undefined;
    });
    return measuring;
  }

  /** Stopping and going on at the same mark would do both with every line. */
  function isFloorReached(floor: number): boolean {
    isShort = floor > 0 && free < (isShort ? floor * RESUME_FACTOR : floor);
    return isShort;
  }

  return {
    refusal(castBytes) {
      // Not awaited: the answer of a second ago is good enough, and measuring never rejects.
      if (clock.nowMs() - freeMeasuredAtMs >= FREE_LIFE_MS) void measureOnce();
      const { sessionBytes, freeBytes, libraryBytes } = needs.limits();
      if (sessionBytes > 0 && castBytes >= sessionBytes) {
        return createLimit(`this recording has reached its limit of ${formatMib(sessionBytes)}`);
      }
      if (isFloorReached(freeBytes)) {
        return createLimit(`less than ${formatMib(freeBytes)} are left on the disk`);
      }
      if (libraryBytes > 0 && library >= libraryBytes) {
        return createLimit(`all recordings together have reached their limit of ${formatMib(libraryBytes)}`);
      }
      return undefined;
    },
    spent(bytes) {
      free -= bytes;
      library += bytes;
    },
    measure: measureOnce,
  };
}

async function readFreeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

async function measureFolder(folder: string): Promise<number> {
  const names = await readdir(folder);
  let total = 0;
  for (const name of names) {
    // One that went away meanwhile takes nothing any more.
    total += (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0;
  }
  return total;
}

function formatMib(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}

function createLimit(reason: string): AppError {
  return new AppError('recording-limit', reason, {
    hint: 'The shell goes on without being recorded. The limits stand in the settings; old recordings can be deleted.',
  });
}
