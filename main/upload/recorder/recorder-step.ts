import type { Clock } from '../../base/clock.ts';
import type { AppError } from '../../base/errors.ts';

export interface StepLimit {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly ms: number;
  /** What it is when the time is up. */
  late(): AppError;
}

/**
 * Runs one step on the way to a recorder under a time limit of its own. A step that is late, or no longer wanted, has
 * its signal aborted and is not waited for.
 */
export async function runStep<T>(
  { clock, ms, late }: StepLimit,
  { signal }: { readonly signal: AbortSignal },
  work: (options: { readonly signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const over = new AbortController();
  const done = new AbortController();
  const limited = AbortSignal.any([signal, over.signal]);
  // Rejects when the step is done first, and there is nothing left to do then.
  void clock.sleep(ms, { signal: done.signal }).then(
    () => over.abort(late()),
    () => {},
  );
  try {
    return await untilAborted(limited, work({ signal: limited }));
  } finally {
    done.abort();
  }
}

/** Rejects with the signal's reason as soon as it is aborted; what the work comes to after that is nobody's. */
export async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  work.catch(() => {});
  signal.throwIfAborted();
  let stopListening = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    stopListening = () => signal.removeEventListener('abort', abort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stopListening();
  }
}
