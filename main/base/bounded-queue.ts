/**
 * A byte queue between a source that can be paused and a reader that may be slow.
 * It never refuses what has already arrived; it asks for a pause at the high mark and for more at the low one.
 */
export interface BoundedQueue<T> {
  /** Adds an item that weighs `bytes`. Ignored after `end` or `fail`. */
  push(item: T, bytes: number): void;
  /** No more items; the reader gets what is queued, then ends. */
  end(): void;
  /** The reader gets what is queued, then this error. */
  fail(error: unknown): void;
  readonly queuedBytes: number;
  /** Iterated once. Leaving the loop early drops the rest and asks for no more. */
  readonly items: AsyncIterable<T>;
}

export interface BoundedQueueMarks {
  /** At or above this many bytes `onFull` is called once. */
  readonly highBytes: number;
  /** When a full queue falls to this, `onDrained` is called once. */
  readonly lowBytes: number;
  onFull(): void;
  onDrained(): void;
}

type QueueEnd = { readonly kind: 'ended' } | { readonly kind: 'failed'; readonly error: unknown };

export function createBoundedQueue<T>(marks: BoundedQueueMarks): BoundedQueue<T> {
  const entries: ({ readonly item: T; readonly bytes: number } | undefined)[] = [];
  let head = 0;
  let queuedBytes = 0;
  let isFull = false;
  let ending: QueueEnd | undefined;
  let wakeReader: (() => void) | undefined;

  function wake(): void {
    wakeReader?.();
    wakeReader = undefined;
  }

  function shift(): T | undefined {
    const entry = entries[head];
    if (!entry) return undefined;
    // What was read is the reader's alone: its memory is not to wait for the array to be trimmed.
    entries[head] = undefined;
    head += 1;
    // Shifting an array one by one is quadratic: drop the read part once it is half of it.
    if (head > 1024 && head * 2 > entries.length) {
      entries.splice(0, head);
      head = 0;
    }
    queuedBytes -= entry.bytes;
    if (isFull && queuedBytes <= marks.lowBytes) {
      isFull = false;
      marks.onDrained();
    }
    return entry.item;
  }

  async function* read(): AsyncGenerator<T> {
    try {
      while (true) {
        if (head < entries.length) {
          yield shift() as T;
        } else if (ending) {
          if (ending.kind === 'failed') throw ending.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            wakeReader = resolve;
          });
        }
      }
    } finally {
      ending ??= { kind: 'ended' };
      entries.length = 0;
      head = 0;
      queuedBytes = 0;
    }
  }

  return {
    push(item, bytes) {
      if (ending) return;
      entries.push({ item, bytes });
      queuedBytes += bytes;
      if (!isFull && queuedBytes >= marks.highBytes) {
        isFull = true;
        marks.onFull();
      }
      wake();
    },
    end() {
      ending ??= { kind: 'ended' };
      wake();
    },
    fail(error) {
      ending ??= { kind: 'failed', error };
      wake();
    },
    get queuedBytes() {
      return queuedBytes;
    },
    items: { [Symbol.asyncIterator]: read },
  };
}
