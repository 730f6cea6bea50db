import type { KeptPlace } from './kept-place.ts';
import type { LineQueue } from './line-queue.ts';

/** What the last lines may take of the reserve; the sidecar, twice for a moment, takes the rest. */
const LAST_LINES_BYTES = 16 * 1024;

/**
 * Writes what is queued when nothing more will come. On a full disk the reserve makes room for the end; output that
 * waits is more than it can hold. Resolves with why the disk did not take it, where it did not.
 */
export async function settleLastLines(
  {
    queue,
    place,
  }: {
    readonly queue: Pick<LineQueue, 'settle' | 'giveUp' | 'queuedBytes'>;
    readonly place: Pick<KeptPlace, 'checkNow'>;
  },
  releaseReserve: () => Promise<void>,
): Promise<{ readonly cause: unknown } | undefined> {
  try {
    await queue.settle().catch(async () => {
      await releaseReserve();
      if (queue.queuedBytes > LAST_LINES_BYTES) queue.giveUp();
      await queue.settle();
    });
    await place.checkNow();
    return undefined;
  } catch (cause) {
    return { cause };
  }
}
