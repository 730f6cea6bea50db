/**
 * Tells what a user types from what the terminal answers by itself. xterm.js hands out both in one event,
 * but answers (to DA, DSR, colour queries, focus reports, …) come while it parses, and its write callback
 * runs in that same task; what a user types comes in a task of its own. So each piece waits for one
 * microtask: if a write's end comes first, it was an answer.
 */
export interface ReplyFilter {
  /** Everything the terminal wants to send. */
  take(bytes: Uint8Array): void;
  /** To be called from the callback of each write, synchronously. */
  parsed(): void;
}

export interface ReplyFilterNeeds {
  onTyped(bytes: Uint8Array): void;
  onReply(bytes: Uint8Array): void;
}

export function createReplyFilter({ onTyped, onReply }: ReplyFilterNeeds): ReplyFilter {
  let waiting: Uint8Array[] = [];

  function drain(deliver: (bytes: Uint8Array) => void): void {
    const pieces = waiting;
    waiting = [];
    for (const piece of pieces) deliver(piece);
  }

  return {
    take(bytes) {
      waiting.push(bytes);
      if (waiting.length === 1) queueMicrotask(() => drain(onTyped));
    },
    parsed() {
      drain(onReply);
    },
  };
}
