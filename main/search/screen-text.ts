import headless from '@xterm/headless';
import type { TerminalSize } from '../base/terminal-size.ts';
import type { CastEvent } from '../recording/cast/cast.ts';
import { createScreenRows } from '../terminal/screen-rows.ts';
import { createInlineOutput } from './inline-output.ts';
import { createShownLines, type ShownLine } from './shown-lines.ts';

/**
 * What a terminal shows of a recording, as lines of text: redraws and escape sequences resolved, wrapped rows joined.
 * Whatever stood on the screen after any event is in a line, and so is what an event let scroll by. The same events
 * always make the same lines, however they are handed over.
 */
export interface ScreenText {
  feed(event: CastEvent): Promise<void>;
  /** All that was fed is read. */
  settle(): Promise<void>;
  /** Lines that may still go on; not told yet. Of what has settled. */
  pending(): readonly ShownLine[];
  /** Tells those as well: nothing comes any more. */
  finish(): Promise<void>;
  dispose(): void;
}

/**
 * Output is given to the terminal in pieces of so many characters. None scrolls further than the terminal keeps rows,
 * even if each character were a line feed.
 */
const PIECE_CHARS = 2_048;
/** Characters under way before `feed` waits. */
const MAX_WAITING_CHARS = 256 * 1024;
/** A header may say anything; these are more than any screen has. */
const MAX_COLS = 1_024;
const MAX_ROWS = 512;

interface Piece {
  readonly timeMicros: number;
  readonly isInline: boolean;
}

export function createScreenText(size: TerminalSize, tell: (line: ShownLine) => void): ScreenText {
  const terminal = new headless.Terminal({
    ...clampSize(size),
    scrollback: PIECE_CHARS,
    allowProposedApi: true,
    logLevel: 'off',
  });
  const rows = createScreenRows(terminal);
  const lines = createShownLines(tell);
  const inline = createInlineOutput();
  /** In the order in which the terminal takes them; the first one is being taken. */
  const pieces: Piece[] = [];
  /** As it will be when all that was fed is read. */
  let cols = clampSize(size).cols;
  let waitingChars = 0;
  let isScreenKnown = false;
  let settled: Promise<void> = Promise.resolve();

  terminal.onLineFeed(() => {
    const [piece] = pieces;
    // Where a screen is drawn on, a line feed may leave a row that is not done yet.
    if (piece?.isInline) lines.close(rows.left(), piece.timeMicros);
  });

  terminal.onScroll(() => {
    const [piece] = pieces;
    if (piece && !piece.isInline) lines.pass(rows.scrolledOff(), piece.timeMicros);
  });

  function write(text: string, taken: () => void): void {
    waitingChars += text.length;
    settled = new Promise((resolve) => {
      terminal.write(text, () => {
        waitingChars -= text.length;
        taken();
        resolve();
      });
    });
  }

  function show(text: string, timeMicros: number): void {
    const isInline = inline.isInline(text, cols);
    if (!isInline && !isScreenKnown) write('', () => lines.know(rows.screen()));
    for (let start = 0; start < text.length; start += PIECE_CHARS) {
      pieces.push({ timeMicros, isInline });
      const isLast = start + PIECE_CHARS >= text.length;
      write(text.slice(start, start + PIECE_CHARS), () => {
        pieces.shift();
        if (isInline) lines.grow(rows.cursorLine(), timeMicros);
        else if (isLast) lines.draw(rows.screen(), timeMicros, terminal.buffer.active.type);
      });
    }
    isScreenKnown = !isInline;
  }

  return {
    async feed(event) {
      if (event.kind === 'output' && event.text !== '') show(event.text, event.timeMicros);
      else if (event.kind === 'resize') {
        await settled;
        // Rows are wrapped anew: what comes then is compared with how they stand then.
        lines.flush();
        const next = clampSize(event.size);
        cols = next.cols;
        terminal.resize(cols, next.rows);
        isScreenKnown = false;
      }
      if (waitingChars > MAX_WAITING_CHARS) await settled;
    },
    settle: () => settled,
    pending: () => lines.pending(),
    async finish() {
      await settled;
      lines.flush();
    },
    dispose: () => terminal.dispose(),
  };
}

function clampSize({ cols, rows }: TerminalSize): TerminalSize {
  return { cols: Math.min(cols, MAX_COLS), rows: Math.min(rows, MAX_ROWS) };
}
