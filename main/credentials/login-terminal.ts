import { AppError } from '../base/errors.ts';
import type { TerminalSize } from '../base/terminal-size.ts';

/** What a window of a login is shown, in order. Times are microseconds since the login began. */
export type LoginRecord =
  | { readonly kind: 'output'; readonly timeMicros: number; readonly bytes: Uint8Array }
  | { readonly kind: 'resize'; readonly timeMicros: number; readonly size: TerminalSize }
  /** Everything up to now has been sent: what follows is live. */
  | { readonly kind: 'caught-up'; readonly timeMicros: number };

/** A login's terminal, for any number of windows. */
export interface LoginTerminal {
  /**
   * Shows it from its start, then live; resolves when the plugin has ended. Rejects with `viewer-detached` where the
   * window fell so far behind that what it needs next is gone: it begins anew then.
   */
  view(write: (record: LoginRecord) => Promise<void>, options: { signal: AbortSignal }): Promise<void>;
  /** What the user types. Resolves when the terminal has taken it. */
  write(bytes: Uint8Array, options: { signal: AbortSignal }): Promise<void>;
  resize(size: TerminalSize): void;
}

/** What a login has shown: written by the one who runs it, read by each window at its own pace. */
export interface LoginScreen {
  push(record: LoginRecord): void;
  /** Nothing more comes. */
  end(): void;
  view: LoginTerminal['view'];
}

/** A login is a page of text. A longer one keeps its end; the plugin never waits for a window. */
const MAX_KEPT_BYTES = 256 * 1024;
const RECORD_OVERHEAD_BYTES = 16;

export function createLoginScreen(maxKeptBytes: number = MAX_KEPT_BYTES): LoginScreen {
  const kept: LoginRecord[] = [];
  let keptBytes = 0;
  /** How many records have been dropped from the front of `kept`. */
  let dropped = 0;
  let hasEnded = false;
  let change = Promise.withResolvers<void>();

  function tell(): void {
    change.resolve();
    change = Promise.withResolvers<void>();
  }

  return {
    push(record) {
      if (hasEnded) return;
      kept.push(record);
      keptBytes += weigh(record);
      while (keptBytes > maxKeptBytes && kept.length > 1) {
        keptBytes -= weigh(kept.shift() as LoginRecord);
        dropped += 1;
      }
      tell();
    },
    end() {
      hasEnded = true;
      tell();
    },
    async view(write, { signal }) {
      const historyEnd = dropped + kept.length;
      let isLive = false;
      const wake = (): void => tell();
      signal.addEventListener('abort', wake, { once: true });
      try {
        for (let next = dropped; ; ) {
          signal.throwIfAborted();
          if (next < dropped) throw new AppError('viewer-detached', 'this window fell behind the login');
          const record = kept[next - dropped];
          if (!isLive && next >= historyEnd) {
            isLive = true;
            await write({ kind: 'caught-up', timeMicros: kept.at(-1)?.timeMicros ?? 0 });
          } else if (record) {
            await write(record);
            next += 1;
          } else if (hasEnded) {
            return;
          } else {
            await change.promise;
          }
        }
      } finally {
        signal.removeEventListener('abort', wake);
      }
    },
  };
}

function weigh(record: LoginRecord): number {
  return RECORD_OVERHEAD_BYTES + (record.kind === 'output' ? record.bytes.byteLength : 0);
}
