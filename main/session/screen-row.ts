import { createOutputReader } from './output-reader.ts';

/**
 * The row of a terminal's screen that the cursor is in: as much of a terminal as is needed to see whether what was
 * typed has appeared where it was typed. A line that wraps counts as one row, as line editors have it.
 */
export interface ScreenRow {
  write(bytes: Uint8Array): void;
  /** What stands left of the cursor, one entry a column; empty ones where nobody knows. */
  left(): readonly string[];
  /** A program has the whole screen (the alternate one). */
  readonly isFullScreen: boolean;
  /** The screen's new width; the row is not known any more. */
  resize(cols: number): void;
}

export interface ScreenRowEvents {
  /** The cursor is about to go back to the start of the row. */
  onReturn(): void;
  /** The cursor is about to leave the row, or the row to change in a way that is not followed. */
  onLeave(): void;
  /** A line editor has begun (it asks for bracketed paste), or a program has given the whole screen back. */
  onEditor(): void;
}

/** Of a row with all that it wraps into. */
const MOST_CELLS = 8_192;
const TAB_COLS = 8;
const FULL_SCREEN_MODES: ReadonlySet<string> = new Set(['47', '1047', '1049']);
const BRACKETED_PASTE_MODE = '2004';
/** Sequences after which another row, or another screen, is under the cursor: scrolling, absolute places, saved ones. */
const LEAVING_FINALS = 'EFHLMSTbdfrsu';
const LEAVING_ESCAPES = '78DEMc';

export function createScreenRow(events: ScreenRowEvents, initialCols: number): ScreenRow {
  let cols = initialCols;
  let cells: string[] = [];
  let col = 0;
  /** The last column was filled: the cursor stays there until something more is printed. */
  let isWrapPending = false;
  let isFullScreen = false;

  function leave(nextCol: number): void {
    events.onLeave();
    cells = [];
    col = Math.min(Math.max(0, nextCol), cols - 1);
    isWrapPending = false;
  }

  /** Of the screen's row within ours. */
  function start(): number {
    return Math.floor(col / cols) * cols;
  }

  function print(character: string): void {
    if (col >= MOST_CELLS) leave(0);
    while (cells.length < col) cells.push('');
    cells[col] = character;
    col += 1;
    isWrapPending = col % cols === 0;
  }

  /** Before anything moves or erases: the cursor of a full row is in its last column. */
  function settle(): void {
    if (isWrapPending) col -= 1;
    isWrapPending = false;
  }

  function control(code: number): void {
    if (code < 0x08 || code > 0x0d) return;
    if (code === 0x0d) events.onReturn();
    settle();
    if (code === 0x08) col = Math.max(start(), col - 1);
    else if (code === 0x0d) col = start();
    else if (code === 0x09) col = Math.min(start() + cols - 1, (Math.floor(col / TAB_COLS) + 1) * TAB_COLS);
    else leave(col - start());
  }

  function moveRows(rows: number): void {
    const next = col + rows * cols;
    if (next < 0 || next >= Math.max(cells.length, 1)) leave(col - start());
    else col = next;
  }

  function eraseRow(how: string): void {
    if (how === '' || how === '0') cells.length = Math.min(cells.length, col);
    else for (let at = start(); at <= (how === '1' ? col : start() + cols - 1); at += 1) blank(at);
  }

  function blank(at: number): void {
    if (at < cells.length) cells[at] = '';
  }

  function edit(count: number, final: string): void {
    if (final === 'P') cells.splice(col, count);
    else if (final === '@') cells.splice(col, 0, ...Array<string>(Math.min(count, cols)).fill(' '));
    else for (let at = col; at < Math.min(col + count, cells.length); at += 1) blank(at);
  }

  function setModes(parameters: string, isSet: boolean): void {
    for (const mode of parameters.slice(1).split(';')) {
      if (FULL_SCREEN_MODES.has(mode)) {
        leave(col - start());
        isFullScreen = isSet;
        if (!isSet) events.onEditor();
      } else if (mode === BRACKETED_PASTE_MODE && isSet) events.onEditor();
    }
  }

  function sequence(parameters: string, final: string): void {
    if (parameters.startsWith('?')) {
      if (final === 'h' || final === 'l') setModes(parameters, final === 'h');
      return;
    }
    const count = Math.max(1, Number.parseInt(parameters, 10) || 1);
    if (LEAVING_FINALS.includes(final)) {
      settle();
      const place =
        final === 'H' || final === 'f' ? Number(parameters.split(';')[1] ?? 1) - 1 : col - start();
      leave(Number.isInteger(place) ? place : 0);
    } else if ('ABCDGJKPX@`'.includes(final)) {
      settle();
      const last = start() + cols - 1;
      if (final === 'A') moveRows(-count);
      else if (final === 'B') moveRows(count);
      else if (final === 'C') col = Math.min(last, col + count);
      else if (final === 'D') col = Math.max(start(), col - count);
      else if (final === 'G' || final === '`') col = Math.min(last, start() + count - 1);
      else if (final === 'K' || final === 'J') eraseRow(parameters);
      else edit(count, final);
    }
  }

  const reader = createOutputReader({
    print,
    control,
    sequence,
    escape(final) {
      if (LEAVING_ESCAPES.includes(final)) leave(col - start());
    },
  });

  return {
    write: (bytes) => reader.read(bytes),
    left: () => Array.from({ length: col }, (_, at) => cells[at] ?? ''),
    get isFullScreen() {
      return isFullScreen;
    },
    resize(next) {
      if (next === cols) return;
      leave(0);
      cols = next;
    },
  };
}
