import type { IBuffer, IBufferLine, Terminal } from '@xterm/headless';
import { cellDataOf } from './terminal-internals.ts';

/** Whether the line of that row goes on in the next. */
export function isContinued(buffer: IBuffer, row: number): boolean {
  // Behind the last row of a full buffer, xterm.js gives its first one again.
  return row + 1 < buffer.length && buffer.getLine(row + 1)?.isWrapped === true;
}

/** Without the blanks behind it, unless it is continued. */
export function readRow(buffer: IBuffer, row: number, cols: number): string {
  const line = buffer.getLine(row);
  if (!line) return '';
  // A row that was wider keeps cells that are not visible any more.
  if (!isContinued(buffer, row)) return line.translateToString(true, 0, cols);
  const lastCell = line.getCell(cols - 1);
  // A wide character that did not fit has left the last cell empty; the second half of one that did is no blank.
  const isEmpty = lastCell?.getChars() === '' && lastCell.getWidth() === 1;
  return line.translateToString(false, 0, cols - (isEmpty ? 1 : 0));
}

/**
 * The row's text without the blanks behind it, where all of it is Latin-1, as nearly all is. xterm.js joins a row
 * character by character: reading a log took half of its memory's turnover.
 */
function readLatin(line: IBufferLine, cols: number): string | undefined {
  const cells = cellDataOf(line);
  const bytes = latin.length < cols ? Buffer.alloc(cols) : latin;
  let end = 0;
  for (let column = 0; column < cols; column += 1) {
    // With the bit that says that a character is joined of several.
    const code = (cells[column * CELL_WORDS] ?? 0) & CODE;
    if (code > LAST_LATIN) return undefined;
    bytes[column] = code || BLANK;
    if (code !== 0 && code !== BLANK) end = column + 1;
  }
  return bytes.toString('latin1', 0, end).trimEnd();
}

const latin = Buffer.alloc(1_024);
const CELL_WORDS = 3;
const CODE = 0x3fffff;
const LAST_LATIN = 0xff;
const BLANK = 0x20;

/** Reads a terminal's rows as lines: those that one wrapped line fills are one, without the blanks behind it. */
export interface ScreenRows {
  /** Where the cursor is. */
  cursorLine(): string;
  /** What a line feed has just left. */
  left(): string;
  /** What has just scrolled off the top of the screen; empty where nothing has, as in a scroll region. */
  scrolledOff(): string;
  /** All that is visible, from the top; the first one with what has scrolled off of it. */
  screen(): readonly string[];
}

/** Of a longer line, `cursorLine` and `left` read the end, and `screen` reads several. */
const MAX_LINE_CHARS = 4_096;

export function createScreenRows(terminal: Terminal): ScreenRows {
  // Asking the terminal for it each time took a twentieth of all reading.
  const { buffer } = terminal;
  /** What was above the screen when it was last looked at. */
  let above = { baseY: 0, text: '' };

  function firstRowOf(row: number): number {
    const limit = Math.max(0, row - Math.ceil(MAX_LINE_CHARS / terminal.cols));
    let first = row;
    while (first > limit && isContinued(buffer.active, first - 1)) first -= 1;
    return first;
  }

  /** As far as the line goes on, yet not much further than it may be long. */
  function readLine(first: number, throughRow: number): { readonly text: string; readonly nextRow: number } {
    const { active } = buffer;
    let row = first;
    let text = readRow(active, row, terminal.cols);
    while (isContinued(active, row) && (row < throughRow || text.length < MAX_LINE_CHARS)) {
      row += 1;
      text += readRow(active, row, terminal.cols);
    }
    return { text: text.trimEnd(), nextRow: row + 1 };
  }

  function lineAround(row: number): string {
    const line = buffer.active.getLine(row);
    // Most lines fill no row; each look at a row makes an object.
    if (line && !line.isWrapped && !isContinued(buffer.active, row)) {
      return readLatin(line, terminal.cols) ?? line.translateToString(true, 0, terminal.cols).trimEnd();
    }
    return readLine(firstRowOf(row), row).text;
  }

  return {
    cursorLine() {
      const { baseY, cursorY } = buffer.active;
      return lineAround(baseY + cursorY);
    },
    left() {
      const { baseY, cursorY } = buffer.active;
      return lineAround(Math.max(0, baseY + cursorY - 1));
    },
    scrolledOff() {
      const { baseY } = buffer.active;
      const before = above;
      above = { baseY, text: baseY === 0 ? '' : lineAround(baseY - 1) };
      // A scrollback that is full does not grow any more.
      const hasScrolled = baseY > before.baseY || above.text !== before.text;
      return hasScrolled ? above.text : '';
    },
    screen() {
      const { baseY } = buffer.active;
      const texts: string[] = [];
      for (let row = firstRowOf(baseY); row < baseY + terminal.rows; ) {
        const { text, nextRow } = readLine(row, row);
        texts.push(text);
        row = nextRow;
      }
      return texts;
    },
  };
}
