/** Lines of a terminal's buffer as text and escape sequences that make the same lines in an empty one. */
import type { IBuffer, IBufferCell, IBufferLine } from '@xterm/headless';
import {
  backgroundOf,
  CLEAN_PEN,
  CLOSE_LINK,
  copyPen,
  isSamePen,
  linkOf,
  selectBackground,
  selectLink,
  selectPen,
} from './pen.ts';
import type { Pen, TerminalInternals } from './terminal-internals.ts';

type Cell = IBufferCell & Pen;

/**
 * From one row to before another, the cursor anywhere after. Wrapped lines are written as ones that wrap, so that
 * they are copied and resized as one; what was never written stays different from blanks. Lines of the alternate
 * screen stay as long as they were when it becomes narrower; what is beyond its edge is left out.
 */
export function formatLines(
  internals: TerminalInternals,
  buffer: IBuffer,
  { fromRow, toRow, cols }: { readonly fromRow: number; readonly toRow: number; readonly cols: number },
): string {
  const parts: string[] = [];
  const cell = buffer.getNullCell() as Cell;
  const writer = createRowWriter(internals, { cell, cols }, (part) => parts.push(part));
  for (let row = fromRow; row < toRow; row += 1) {
    const line = buffer.getLine(row);
    if (!line) break;
    const next = row + 1 < toRow ? buffer.getLine(row + 1) : undefined;
    // What wrapped into the first row is gone: blanks wrap into it instead, and scroll off.
    if (row === fromRow && line.isWrapped) parts.push(' '.repeat(cols));
    writer.write(line, line.isWrapped, next);
  }
  return parts.join('');
}

interface RowWriter {
  write(line: IBufferLine, isWrapped: boolean, next: IBufferLine | undefined): void;
}

function createRowWriter(
  internals: TerminalInternals,
  { cell, cols }: { readonly cell: Cell; readonly cols: number },
  put: (part: string) => void,
): RowWriter {
  let pen: Pen | undefined;
  let link = 0;
  /** The row before had nothing in its last cell and yet wrapped: a blank stands there until it has. */
  let blank: { readonly column: number; readonly background: number } | undefined;

  function use(next: Pen): void {
    if (pen && isSamePen(pen, next)) return;
    put(selectLink(internals, link, next));
    put(selectPen(next));
    pen = copyPen(next);
    link = linkOf(next);
  }

  function clean(): void {
    if (link !== 0) put(CLOSE_LINK);
    if (!pen || !isSamePen(pen, CLEAN_PEN)) put('\x1b[0m');
    pen = CLEAN_PEN;
    link = 0;
  }

  function erase(count: number, background: number): void {
    clean();
    if (background !== 0) put(selectBackground(background));
    put(`\x1b[${count}X`);
    if (background !== 0) put('\x1b[0m');
  }

  /** The first cell of a wrapped row must be written for the row to wrap; then the blank can go. */
  function wrap(line: IBufferLine): number {
    line.getCell(0, cell);
    const isEmpty = isErased(cell);
    const background = backgroundOf(cell);
    const width = isEmpty ? 1 : cell.getWidth();
    if (isEmpty) put(' ');
    else {
      use(cell);
      put(cell.getChars() || ' ');
    }
    clean();
    if (blank) {
      put(`\x1b[A\x1b[${blank.column + 1}G`);
      erase(1, blank.background);
      put(`\x1b[B\x1b[${width + 1}G`);
    }
    if (isEmpty) {
      put('\x1b[G');
      erase(1, background);
      put('\x1b[2G');
    }
    blank = undefined;
    return width;
  }

  /** The last cell is as a wide character leaves it that does not fit there and wraps by itself. */
  function isLeftOut(line: IBufferLine, next: IBufferLine): boolean {
    line.getCell(cols - 1, cell);
    if (cell.getCode() !== 0 || cell.getWidth() !== 1) return false;
    const left = copyPen(cell);
    next.getCell(0, cell);
    return cell.getWidth() === 2 && isSamePen(cell, left);
  }

  return {
    write(line, isWrapped, next) {
      const hasLast = !(next?.isWrapped && isLeftOut(line, next));
      const end = hasLast ? cols : cols - 1;
      let column = isWrapped ? wrap(line) : 0;
      while (column < end) {
        line.getCell(column, cell);
        if (isErased(cell)) {
          const background = backgroundOf(cell);
          const start = column;
          while (column < end && isErased(line.getCell(column, cell) as Cell, background)) column += 1;
          // A new row is empty already; one that was wrapped into is so only where nothing coloured it.
          if (background !== 0) erase(column - start, background);
          if (column < cols) put(`\x1b[${column - start}C`);
        } else {
          use(cell);
          put(cell.getChars() || ' ');
          column += Math.max(1, cell.getWidth());
        }
      }
      clean();
      if (!next) return;
      if (!next.isWrapped) {
        put('\r\n');
        return;
      }
      line.getCell(cols - 1, cell);
      if (!hasLast || !isErased(cell)) return;
      put(`\x1b[${cols}G `);
      blank = { column: cols - 1, background: backgroundOf(cell) };
    },
  };
}

/** Nothing but a background; half of a wide character that was written over keeps all of its pen. */
function isErased(cell: Cell, background = backgroundOf(cell)): boolean {
  const isEmpty = cell.getCode() === 0 && cell.getWidth() === 1;
  return isEmpty && (cell.fg & ~COLOUR_VALUE) === 0 && cell.bg === background;
}

const COLOUR_VALUE = 0xffffff;
