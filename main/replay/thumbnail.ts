/** A small picture of a terminal: what stands on it, as runs of text with their colours. Bounded, whatever it shows. */
import type { Terminal } from '@xterm/headless';
import type { ThumbnailRun, ThumbnailScreen } from '../../preload/contract-replay.ts';
import { readCells } from '../terminal/cells.ts';

/** More cells than these are not told apart in a picture of a row's height. */
const MAX_COLS = 160;
const MAX_ROWS = 48;
/** A screen of more is drawn without its colours: that bounds the picture to some tens of KiB. */
const MAX_RUNS = 1_000;
/** Of one cell: a letter and its accents. */
const MAX_CELL_CHARS = 8;

/** Cells in which something is seen. */
export function countShown(terminal: Terminal): number {
  const { active } = terminal.buffer;
  let shown = 0;
  for (let row = 0; row < terminal.rows; row += 1) {
    const text = active.getLine(active.baseY + row)?.translateToString(true) ?? '';
    for (const character of text) if (character !== ' ') shown += 1;
  }
  return shown;
}

/** Undefined where the screen is blank. */
export function drawThumbnail(terminal: Terminal): Omit<ThumbnailScreen, 'timeMicros'> | undefined {
  const cols = Math.min(terminal.cols, MAX_COLS);
  const draw = (isColoured: boolean): readonly (readonly ThumbnailRun[])[] => {
    const rows = Array.from({ length: terminal.rows }, (_, row) => readRuns(terminal, row, cols, isColoured));
    const end = rows.findLastIndex((runs) => runs.length > 0) + 1;
    return rows.slice(Math.max(0, end - MAX_ROWS), end);
  };
  const coloured = draw(true);
  if (coloured.length === 0) return undefined;
  const size = { cols, rows: Math.min(terminal.rows, MAX_ROWS) };
  return { size, rows: countRuns(coloured) <= MAX_RUNS ? coloured : draw(false) };
}

function countRuns(rows: readonly (readonly ThumbnailRun[])[]): number {
  return rows.reduce((count, runs) => count + runs.length, 0);
}

function readRuns(
  terminal: Terminal,
  row: number,
  cols: number,
  isColoured: boolean,
): readonly ThumbnailRun[] {
  const runs: ThumbnailRun[] = [];
  let lastWidth = 0;
  for (const { column, columns: width, text, foreground, background } of readCells(terminal, row)) {
    if (column >= cols) break;
    const chars = text.slice(0, MAX_CELL_CHARS);
    const fg = isColoured && foreground !== 'text' ? foreground : undefined;
    const bg = isColoured && background !== 'ground' ? background : undefined;
    const last = runs.at(-1);
    if (
      last &&
      lastWidth === width &&
      last.column + last.cols === column &&
      last.fg === fg &&
      last.bg === bg
    ) {
      runs[runs.length - 1] = { ...last, cols: last.cols + width, text: last.text + chars };
    } else {
      runs.push({
        column,
        cols: width,
        text: chars,
        ...(fg !== undefined && { fg }),
        ...(bg !== undefined && { bg }),
      });
    }
    lastWidth = width;
  }
  return runs.map(trimRun).filter((run) => run !== undefined);
}

/** Blanks around it draw nothing where they have no colour. */
function trimRun(run: ThumbnailRun): ThumbnailRun | undefined {
  if (run.bg !== undefined) return run;
  const text = run.text.trim();
  if (text === '') return undefined;
  const before = run.text.length - run.text.trimStart().length;
  const cols = run.cols - (run.text.length - text.length);
  return { ...run, column: run.column + before, cols, text };
}
