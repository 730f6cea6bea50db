import { createEmitter, type Event } from '../base/event.ts';

/** How many wait for a task. */
export interface Waiting {
  readonly count: number;
  readonly onChanged: Event<number>;
}

/** One task that any number of callers wait for. It is aborted when the last of them has left. */
export interface SharedTask<T> {
  /** Resolves or rejects as the task does; rejects with the signal's reason where the caller leaves before. */
  join(options: { readonly signal: AbortSignal }): Promise<T>;
}

/** Starts at the first `join`. `onClosed`: it has settled or was abandoned, and the next caller needs a new one. */
export function createSharedTask<T>(
  run: (options: { readonly signal: AbortSignal; readonly waiting: Waiting }) => Promise<T>,
  onClosed: () => void,
): SharedTask<T> {
  const stop = new AbortController();
  const changed = createEmitter<number>();
  let count = 0;
  let result: Promise<T> | undefined;
  const waiting: Waiting = {
    get count() {
      return count;
    },
    onChanged: changed.event,
  };

  function move(by: number): void {
    count += by;
    changed.fire(count);
  }

  function start(): Promise<T> {
    const started = run({ signal: stop.signal, waiting }).finally(onClosed);
    // Each caller has its own copy of the rejection; this one is nobody's.
    started.catch(() => {});
    return started;
  }

  return {
    async join({ signal }) {
      signal.throwIfAborted();
      move(1);
      result ??= start();
      const left = Promise.withResolvers<never>();
      const leave = (): void => left.reject(signal.reason);
      signal.addEventListener('abort', leave, { once: true });
      try {
        return await Promise.race([result, left.promise]);
      } finally {
        signal.removeEventListener('abort', leave);
        move(-1);
        if (count === 0) {
          onClosed();
          stop.abort();
        }
      }
    },
  };
}
