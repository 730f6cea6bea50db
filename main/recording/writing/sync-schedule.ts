import type { Clock } from '../../base/clock.ts';

/** Decides when what was written must be on the disk, and waits for that beside the writing, not in it. */
export interface SyncSchedule {
  /** To be called after each write. */
  wrote(bytes: number): void;
  /** Resolves when all that was written is on the disk. Rejects with the first failure there was. */
  settle(): Promise<void>;
}

/**
 * These two bound what a power cut may take: a second of output at most, of which up to 250 ms went by before it was
 * written, and some while a disk syncs.
 */
const SYNC_INTERVAL_MS = 700;
const SYNC_BYTES = 1024 * 1024;
/** Between two syncs of a flood: one upon the other would take a sixth of its speed. */
const REST_MS = 100;

export function createSyncSchedule(
  needs: { readonly clock: Pick<Clock, 'sleep'>; datasync(): Promise<void>; onFailed(error: unknown): void },
  { signal }: { signal: AbortSignal },
): SyncSchedule {
  let dirtyBytes = 0;
  let isWaiting = false;
  let isResting = false;
  let running: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;

  function start(): void {
    if (running !== undefined || dirtyBytes === 0) return;
    const bytes = dirtyBytes;
    dirtyBytes = 0;
    running = run(bytes);
  }

  async function run(bytes: number): Promise<void> {
    try {
      await needs.datasync();
      running = undefined;
      void rest();
    } catch (error) {
      running = undefined;
      failure ??= { error };
      // What it lost it lost; what comes after may still be kept.
      dirtyBytes += bytes;
      needs.onFailed(error);
    }
  }

  async function rest(): Promise<void> {
    isResting = true;
    try {
      await needs.clock.sleep(REST_MS, { signal });
    } catch {
      return; // As below.
    }
    isResting = false;
    if (dirtyBytes >= SYNC_BYTES) start();
  }

  async function startLater(): Promise<void> {
    isWaiting = true;
    try {
      await needs.clock.sleep(SYNC_INTERVAL_MS, { signal });
    } catch {
      return; // The file is being closed, which settles by itself.
    }
    isWaiting = false;
    start();
    if (dirtyBytes > 0) await startLater();
  }

  return {
    wrote(bytes) {
      dirtyBytes += bytes;
      if (dirtyBytes >= SYNC_BYTES && !isResting) start();
      // Not awaited: it ends with the signal, and failures go to `onFailed`.
      else if (!isWaiting) void startLater();
    },
    async settle() {
      await running;
      start();
      await running;
      if (failure) throw failure.error;
    },
  };
}
