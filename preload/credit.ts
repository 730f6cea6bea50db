/** How many bytes may be sent now. The reader gives, the writer takes and waits where there is nothing to take. */
export interface CreditGate {
  /** Takes up to `bytes`, at least one, as soon as there is credit; resolves with how many. One call at a time. */
  take(bytes: number, signal: AbortSignal): Promise<number>;
  /** Throws where more comes back than was taken: the reader has lost count. */
  give(bytes: number): void;
  /** A waiting and every later `take` rejects with `reason`. */
  close(reason: unknown): void;
}

/** Bytes in flight on one stream in one direction: enough for a frame at 60 Hz of what a terminal can parse. */
export const WINDOW_BYTES: number = 256 * 1024;

export function createCreditGate(windowBytes: number = WINDOW_BYTES): CreditGate {
  let credit = windowBytes;
  let closed: { readonly reason: unknown } | undefined;
  let wake: (() => void) | undefined;

  function waitForChange(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => reject(signal.reason);
      signal.addEventListener('abort', leave, { once: true });
      wake = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
    });
  }

  return {
    async take(bytes, signal) {
      signal.throwIfAborted();
      while (credit === 0 && !closed) await waitForChange(signal);
      if (closed) throw closed.reason;
      const taken = Math.min(bytes, credit);
      credit -= taken;
      return taken;
    },
    give(bytes) {
      if (credit + bytes > windowBytes) throw new Error(`${bytes} bytes of credit are more than were taken`);
      credit += bytes;
      wake?.();
    },
    close(reason) {
      closed ??= { reason };
      wake?.();
    },
  };
}
