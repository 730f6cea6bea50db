/**
 * Makes a session as large as this viewer, when this viewer is the one in use. The session has one
 * size for all its viewers; asking for one is a call, the answer a `resize` record for everybody.
 */
import type { TerminalSize } from '../../preload/contract.ts';
import type { Timers } from '../timers.ts';

export interface SizeSyncNeeds {
  /** Asks the core. A failure means that there is no session to size any more. */
  resize(size: TerminalSize): Promise<void>;
  readonly timers: Pick<Timers, 'setTimeout' | 'clearTimeout'>;
}

export interface SizeSync {
  /** What fits here now; undefined while nothing is shown. A change is asked for once it has settled. */
  layout(own: TerminalSize | undefined): void;
  /** This viewer is being used: its size is asked for at once, if the session has another. */
  claim(): void;
  /** The session's size, as its records say. */
  shown(size: TerminalSize): void;
  stop(): void;
}

/** A window being dragged lays out at every frame; programs redraw at every size. */
export const SETTLE_MS: number = 80;

export function createSizeSync({ resize, timers }: SizeSyncNeeds): SizeSync {
  let own: TerminalSize | undefined;
  let session: TerminalSize | undefined;
  /** Asked for since the session's size was last heard of. */
  let asked: TerminalSize | undefined;
  let timer: unknown;
  let isAsking = false;
  let isStopped = false;

  /** One call at a time; what is wished for meanwhile is asked for after it, the newest only. */
  async function ask(): Promise<void> {
    timers.clearTimeout(timer);
    if (isAsking) return;
    isAsking = true;
    while (!isStopped && own && !isSame(own, asked ?? session)) {
      asked = own;
      try {
        await resize(own);
      } catch {
        // The session has ended or the core is gone. What is shown of either says so; a size is no news.
        break;
      }
    }
    isAsking = false;
  }

  return {
    layout(next) {
      if (next && isSame(next, own)) return;
      own = next;
      timers.clearTimeout(timer);
      if (next) timer = timers.setTimeout(() => void ask(), SETTLE_MS);
    },
    claim() {
      void ask();
    },
    shown(size) {
      session = size;
      asked = undefined;
    },
    stop() {
      isStopped = true;
      timers.clearTimeout(timer);
    },
  };
}

function isSame(one: TerminalSize, other: TerminalSize | undefined): boolean {
  return one.cols === other?.cols && one.rows === other.rows;
}
