import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import type { LineQueue } from './line-queue.ts';

/** Holds a session up while the disk does not take what must be recorded, and gives it up where that is in vain. */
export interface DiskHold {
  /** Aborted, with `recording-required`, when nothing more can be recorded. For good. */
  readonly stopped: AbortSignal;
  /** Resolves when output may be read and shown again, or when all is stopped. Never rejects. */
  room(): Promise<void>;
  /** More waits in the queue, or a limit may have been reached. */
  pushed(): void;
  /** The disk took some of it. */
  progressed(): void;
  stop(reason: AppError): void;
  /** The session is being closed: the disk is not waited for any longer. */
  release(): void;
  /** Why it is held up now. */
  readonly trouble: AppError | undefined;
  readonly onTroubleChanged: Event<AppError | undefined>;
}

export interface DiskHoldNeeds {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly queue: Pick<LineQueue, 'queuedBytes' | 'writtenLength' | 'trouble' | 'onTroubleChanged'>;
  /** Why no more may be recorded though the disk would take it. */
  refusal(): AppError | undefined;
}

/** What waits for the disk when a session begins to wait too: a flood goes at the disk's pace from there on. */
export const HOLD_BYTES: number = 2 * 1024 * 1024;
/** How long a disk may take nothing at all before the shell ends: a network drive comes back within that. */
export const DISK_GRACE_MS: number = 30_000;
/** A disk that takes nothing for so long is stuck. */
const STUCK_MS = 1_000;

export function createDiskHold(needs: DiskHoldNeeds, { signal }: { signal: AbortSignal }): DiskHold {
  const { clock, queue } = needs;
  const stopping = new AbortController();
  const troubleChanged = createEmitter<AppError | undefined>();
  let stuckMs = 0;
  let isWatching = false;
  let trouble: AppError | undefined;
  let changed = Promise.withResolvers<void>();

  function isStuck(): boolean {
    return stuckMs > 0 || queue.trouble !== undefined;
  }

  function update(): void {
    const isNews = isStuck() !== (trouble !== undefined);
    if (isNews) trouble = isStuck() ? createWaiting(queue.trouble) : undefined;
    changed.resolve();
    changed = Promise.withResolvers();
    if (isNews) troubleChanged.fire(trouble);
  }

  function stop(reason: AppError): void {
    stopping.abort(createStopped(reason));
    update();
  }

  /** Ends when all is written, at the latest with the file. */
  async function watch(): Promise<void> {
    if (isWatching) return;
    isWatching = true;
    while (queue.queuedBytes > 0 && !stopping.signal.aborted) {
      const before = queue.writtenLength;
      try {
        await clock.sleep(STUCK_MS, { signal });
      } catch {
        break;
      }
      const isTaking = queue.queuedBytes === 0 || queue.writtenLength > before;
      stuckMs = isTaking ? 0 : stuckMs + STUCK_MS;
      if (stuckMs >= DISK_GRACE_MS) stop(queue.trouble ?? createTookNothing());
      update();
    }
    isWatching = false;
  }

  queue.onTroubleChanged(update);

  return {
    stopped: stopping.signal,
    async room() {
      while ((isStuck() || queue.queuedBytes >= HOLD_BYTES) && !stopping.signal.aborted)
        await changed.promise;
    },
    pushed() {
      const refusal = needs.refusal();
      if (refusal) stop(refusal);
      // It ends by itself.
      void watch();
    },
    progressed() {
      stuckMs = 0;
      update();
    },
    stop,
    release() {
      if (isStuck()) stop(new AppError('recording-failed', 'it was closed while the disk took nothing'));
    },
    get trouble() {
      return trouble;
    },
    onTroubleChanged: troubleChanged.event,
  };
}

function createWaiting(cause: AppError | undefined): AppError {
  return new AppError('recording-required', 'waiting for the disk: nothing is shown that is not on record', {
    hint: `The shell goes on by itself when the disk does, and ends after ${DISK_GRACE_MS / 1_000} seconds.`,
    ...(cause && { detail: cause.message, cause }),
  });
}

function createTookNothing(): AppError {
  return new AppError('recording-failed', `the disk took nothing for ${DISK_GRACE_MS / 1_000} seconds`);
}

function createStopped(cause: AppError): AppError {
  const detail = cause.detail ?? (cause.cause instanceof Error ? cause.cause.message : undefined);
  return new AppError(
    'recording-required',
    `the shell was ended, as it has to be recorded: ${cause.message}`,
    {
      cause,
      hint: 'Make room for recordings, or mend the disk, then open it again. Recordings are required here.',
      ...(detail === undefined ? {} : { detail }),
    },
  );
}
