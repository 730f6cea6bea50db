/** How many bytes may be sent now. The reader gives, the writer takes and waits for its turn. */
export interface CreditGate {
  /** Takes up to `bytes`, at least one, as soon as there is credit; resolves with how many. In order of asking. */
  take(bytes: number, signal: AbortSignal): Promise<number>;
  give(bytes: number): void;
  /** Every waiting and later `take` rejects with `reason`. */
  close(reason: unknown): void;
}

/** Bytes in flight on one stream in one direction: enough for a frame at 60 Hz of what a terminal can parse. */
export const WINDOW_BYTES: number = 256 * 1024;

export function createCreditGate(windowBytes: number = WINDOW_BYTES): CreditGate {
  const waiting: (() => void)[] = [];
  let credit = windowBytes;
  let closed: { readonly reason: unknown } | undefined;

  function wakeFirst(): void {
    if (credit > 0 || closed) waiting[0]?.();
  }

  return {
    async take(bytes, signal) {
      if (waiting.length > 0 || credit === 0) {
        await new Promise<void>((resolve, reject) => {
          const turn = (): void => {
            signal.removeEventListener('abort', leave);
            resolve();
          };
          const leave = (): void => {
            waiting.splice(waiting.indexOf(turn), 1);
            reject(signal.reason);
            wakeFirst();
          };
          if (signal.aborted) return reject(signal.reason);
          signal.addEventListener('abort', leave, { once: true });
          waiting.push(turn);
          wakeFirst();
        });
        waiting.shift();
      }
      signal.throwIfAborted();
      if (closed) {
        wakeFirst();
        throw closed.reason;
      }
      const taken = Math.min(bytes, credit);
      credit -= taken;
      wakeFirst();
      return taken;
    },
    give(bytes) {
      credit += bytes;
      wakeFirst();
    },
    close(reason) {
      closed ??= { reason };
      wakeFirst();
    },
  };
}
