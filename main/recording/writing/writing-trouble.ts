import type { AppError } from '../../base/errors.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import { toRecordingError } from '../recording-error.ts';
import type { LineQueue } from './line-queue.ts';

/** Why a recording lacks something now, or may: told once each. */
export interface WritingTrouble {
  readonly current: AppError | undefined;
  /** The first failure to sync: what a disk lost then, no later success brings back. */
  readonly syncFailure: AppError | undefined;
  readonly onChanged: Event<AppError | undefined>;
  failSync(cause: unknown): void;
  toTrouble(cause: unknown): AppError;
  /** The trouble of writing, while there is one, is told before that of syncing. Returns how to stop. */
  follow(queue: Pick<LineQueue, 'trouble' | 'onTroubleChanged'>): () => void;
}

export function createWritingTrouble(path: string): WritingTrouble {
  const changed = createEmitter<AppError | undefined>();
  let queue: Pick<LineQueue, 'trouble'> | undefined;
  let syncFailure: AppError | undefined;
  let told: AppError | undefined;

  function current(): AppError | undefined {
    return queue?.trouble ?? syncFailure;
  }

  /** A disk that fails to write mostly fails to sync as well. */
  function tell(): void {
    const trouble = current();
    if (trouble?.message === told?.message) return;
    told = trouble;
    changed.fire(trouble);
  }

  function toTrouble(cause: unknown): AppError {
    return toRecordingError(cause, `the recording ${path} cannot be written to`);
  }

  return {
    get current() {
      return current();
    },
    get syncFailure() {
      return syncFailure;
    },
    onChanged: changed.event,
    failSync(cause) {
      syncFailure ??= toTrouble(cause);
      tell();
    },
    toTrouble,
    follow(lines) {
      queue = lines;
      return lines.onTroubleChanged(tell);
    },
  };
}
