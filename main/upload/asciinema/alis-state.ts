import type { TerminalSize } from '../../base/terminal-size.ts';
import type { CastEvent } from '../../recording/cast/cast.ts';
import { createScreen } from '../../terminal/screen.ts';
import { isWithinSequence } from '../../terminal/snapshot.ts';
import { ALIS_MAGIC, encodeAlis } from './alis.ts';

/** An event that streams have. */
export type StreamEvent = Exclude<CastEvent, { readonly kind: 'other' }>;

/** Where a stream stands: what its next message is, and what brings a viewer there who has not seen all of it. */
export interface AlisState {
  /** Whether it is one for the stream: not what it does not have, and no resize to the size that there is. */
  take(event: CastEvent): Promise<StreamEvent | undefined>;
  /** As the next message, after those that were encoded before. */
  encode(event: StreamEvent): Uint8Array;
  /**
   * What a connection begins with, whatever was taken before. Undefined while an escape sequence has begun whose end is
   * still to come, since that would be printed; given all the same where nothing more comes.
   */
  begin(options: ScreenOptions): Promise<readonly Uint8Array[] | undefined>;
  /** An event that draws the terminal as it is, whatever stands there; undefined as of `begin`. */
  redraw(options: ScreenOptions): Promise<StreamEvent | undefined>;
  dispose(): void;
}

interface ScreenOptions {
  readonly isLast: boolean;
}

/** What has scrolled away is not part of a screen. */
const NO_SCROLLBACK = 0;
/** CAN ends a sequence that was cut off, RIS makes the terminal a new one. */
const ANEW = '\x18\x1bc';

export function createAlisState(startSize: TerminalSize): AlisState {
  const screen = createScreen(startSize, NO_SCROLLBACK);
  let size = startSize;
  /** Of the last event that was taken. */
  let timeMicros = 0;
  /** Of the last message. */
  let toldMicros = 0;
  let lastId = 0;
  let isBlank = true;

  async function draw({ isLast }: ScreenOptions): Promise<string | undefined> {
    if (isBlank) return '';
    await screen.settle();
    if (!isLast && isWithinSequence(screen.terminal)) return undefined;
    return (await screen.snapshot()).sequences;
  }

  return {
    async take(event) {
      if (event.kind === 'other' || (event.kind === 'resize' && isSame(event.size, size))) return undefined;
      timeMicros = Math.max(timeMicros, event.timeMicros);
      if (event.kind === 'output') {
        isBlank = false;
        await screen.show(event.text);
      }
      if (event.kind === 'resize') {
        size = event.size;
        await screen.resize(size);
      }
      return event;
    },
    encode(event) {
      // Times of a cast do not fall; of a file that somebody else has written they may.
      const afterMicros = Math.max(0, event.timeMicros - toldMicros);
      toldMicros += afterMicros;
      lastId += 1;
      const head = { id: lastId, afterMicros };
      switch (event.kind) {
        case 'output':
        case 'input':
          return encodeAlis({ kind: event.kind, ...head, text: event.text });
        case 'marker':
          return encodeAlis({ kind: 'marker', ...head, text: event.label });
        case 'resize':
          return encodeAlis({ kind: 'resize', ...head, size: event.size });
        case 'exit':
          return encodeAlis({ kind: 'exit', ...head, exitCode: event.exitCode });
      }
    },
    async begin(options) {
      const drawn = await draw(options);
      if (drawn === undefined) return undefined;
      toldMicros = timeMicros;
      return [ALIS_MAGIC, encodeAlis({ kind: 'reset', lastId, timeMicros, size, screen: drawn })];
    },
    async redraw(options) {
      const drawn = await draw(options);
      return drawn === undefined ? undefined : { kind: 'output', timeMicros, text: `${ANEW}${drawn}` };
    },
    dispose: screen.dispose,
  };
}

function isSame(one: TerminalSize, other: TerminalSize): boolean {
  return one.cols === other.cols && one.rows === other.rows;
}
