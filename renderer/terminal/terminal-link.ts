/** Ties one terminal to one stream of records, a session's or a login's: records down, typing and sizes up. */
import type { ByteStream } from '../../preload/byte-stream.ts';
import type { ProblemInfo, TerminalSize } from '../../preload/contract.ts';
import { problemOf } from '../problem.ts';
import type { Timers } from '../timers.ts';
import { createInputQueue } from './input-queue.ts';
import type { Screen } from './paced-screen.ts';
import { feedScreen } from './session-feed.ts';
import { createSizeSync } from './size-sync.ts';

export interface TerminalLinkNeeds {
  /** Opens the stream, from its first record. */
  open(): ByteStream;
  /** Asks the core for another size; the records say when it holds. */
  resize(size: TerminalSize): Promise<void>;
  readonly screen: Screen;
  readonly timers: Timers;
  onState(state: LinkState): void;
  /** Input was not taken: the shell does not read, and more than the queue holds waits for it. */
  onInputRefused(): void;
  /** The program rang, and not in the past. */
  onBell(): void;
  /** Of several viewers only one may answer a program's queries: the one in use. */
  mayReply(): boolean;
}

export type LinkState =
  /** Showing what happened before. */
  | { readonly kind: 'catching-up' }
  | { readonly kind: 'live' }
  /** What was shown has ended, and all of it is on the screen. */
  | { readonly kind: 'ended' }
  /** The view is lost; what it showed may well go on. */
  | { readonly kind: 'lost'; readonly problem: ProblemInfo };

export interface TerminalLink {
  readonly state: LinkState;
  typed(bytes: Uint8Array): void;
  reply(bytes: Uint8Array): void;
  bell(): void;
  /** What fits in this window now; undefined while it is hidden. */
  layout(own: TerminalSize | undefined): void;
  /** This window is being used: the session takes its size. */
  claim(): void;
  /** Opens the view again after it was lost. */
  retry(): void;
}

/** Lives until the signal aborts. */
export function linkTerminal(needs: TerminalLinkNeeds, { signal }: { signal: AbortSignal }): TerminalLink {
  const { screen, timers } = needs;
  let state: LinkState = { kind: 'catching-up' };
  let stream: ByteStream | undefined;
  const input = createInputQueue((error) => fail(error));
  const size = createSizeSync({ timers, resize: (wish) => needs.resize(wish) });

  function enter(next: LinkState): void {
    if (signal.aborted) return;
    state = next;
    needs.onState(next);
  }

  function letGo(): void {
    input.disconnect();
    stream?.end();
    stream = undefined;
  }

  function fail(error: unknown): void {
    letGo();
    if (state.kind !== 'ended') enter({ kind: 'lost', problem: problemOf(error) });
  }

  async function run(): Promise<void> {
    try {
      await feedScreen(
        {
          screen,
          open: () => needs.open(),
          onOpened(opened) {
            stream = opened;
            enter({ kind: 'catching-up' });
            input.connect((bytes) => opened.write(bytes));
          },
          onCaughtUp: () => enter({ kind: 'live' }),
          onResized: size.shown,
        },
        { signal },
      );
      letGo();
      size.stop();
      enter({ kind: 'ended' });
    } catch (error) {
      fail(error);
    }
  }

  signal.addEventListener(
    'abort',
    () => {
      letGo();
      size.stop();
    },
    { once: true },
  );
  // Not awaited: it reports its end by `onState` and never rejects.
  void run();

  return {
    get state() {
      return state;
    },
    typed(bytes) {
      // A mouse moved over the past means nothing to the program that runs now.
      if (state.kind === 'catching-up' && isMouseReport(bytes)) return;
      if (state.kind !== 'catching-up' && state.kind !== 'live') return;
      size.claim();
      if (!input.push(bytes)) needs.onInputRefused();
    },
    reply(bytes) {
      // A query in the past has been answered in the past.
      if (state.kind === 'live' && needs.mayReply()) input.push(bytes);
    },
    bell() {
      if (state.kind === 'live') needs.onBell();
    },
    layout: size.layout,
    claim: size.claim,
    retry() {
      if (state.kind !== 'lost') return;
      enter({ kind: 'catching-up' });
      void screen.reset().then(run, fail);
    },
  };
}

/** `CSI <` and `CSI M` go to programs only, as mouse reports. */
function isMouseReport(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1b && bytes[1] === 0x5b && (bytes[2] === 0x3c || bytes[2] === 0x4d);
}
