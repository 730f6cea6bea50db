/** A small picture of a terminal: what stands on it, as runs of text with their colours. Bounded, whatever it shows. */
import type { IBuffer, IBufferCell, IBufferLine, Terminal } from '@xterm/headless';
import type { ThumbnailColour, ThumbnailRun, ThumbnailScreen } from '../../preload/contract-replay.ts';

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
  const { active } = terminal.buffer;
  const cols = Math.min(terminal.cols, MAX_COLS);
  const draw = (colours: (cell: IBufferCell) => Colours): readonly (readonly ThumbnailRun[])[] => {
    const rows = Array.from({ length: terminal.rows }, (_, row) =>
      readRuns(active, active.getLine(active.baseY + row), cols, colours),
    );
    const end = rows.findLastIndex((runs) => runs.length > 0) + 1;
    return rows.slice(Math.max(0, end - MAX_ROWS), end);
  };
  const coloured = draw(coloursOf);
  if (coloured.length === 0) return undefined;
  const size = { cols, rows: Math.min(terminal.rows, MAX_ROWS) };
  return { size, rows: countRuns(coloured) <= MAX_RUNS ? coloured : draw(() => ({})) };
}

function countRuns(rows: readonly (readonly ThumbnailRun[])[]): number {
  return rows.reduce((count, runs) => count + runs.length, 0);
}

interface Colours {
  readonly fg?: ThumbnailColour;
  readonly bg?: ThumbnailColour;
}

function readRuns(
  buffer: IBuffer,
  line: IBufferLine | undefined,
  cols: number,
  colours: (cell: IBufferCell) => Colours,
): readonly ThumbnailRun[] {
  const runs: ThumbnailRun[] = [];
  const cell = buffer.getNullCell();
  let lastWidth = 0;
  for (let column = 0; column < cols; ) {
    line?.getCell(column, cell);
    const width = Math.max(1, line ? cell.getWidth() : 1);
    const chars = (line && !cell.isInvisible() && cell.getChars().slice(0, MAX_CELL_CHARS)) || ' ';
    const { fg, bg } = line ? colours(cell) : {};
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
    column += width;
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

function coloursOf(cell: IBufferCell): Colours {
  const fg = colourOf(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor());
  const bg = colourOf(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor());
  if (cell.isInverse()) return { fg: bg ?? 'ground', bg: fg ?? 'text' };
  return { ...(fg !== undefined && { fg }), ...(bg !== undefined && { bg }) };
}

function colourOf(isDefault: boolean, isRgb: boolean, colour: number): ThumbnailColour | undefined {
  if (isDefault) return undefined;
  return isRgb ? `#${colour.toString(16).padStart(6, '0')}` : colour;
}
