import type { SKRSContext2D } from '@napi-rs/canvas';
import type { IBufferCell } from '@xterm/headless';
import type { TerminalSize } from '../base/terminal-size.ts';
import type { Screen } from '../terminal/screen.ts';
import { type Box, drawShape } from './box-shapes.ts';
import { colourOf, DEFAULT_BACKGROUND, DEFAULT_FOREGROUND } from './terminal-colours.ts';

/** Pixels of one character, in a font where all are equally wide. */
export interface CellMetrics {
  readonly width: number;
  readonly height: number;
  /** Below the top of the cell. */
  readonly baseline: number;
  /** Width of a light line. */
  readonly line: number;
}

/** Draws what has changed on a screen since the last time; what a cell shows depends on this cell alone. */
export interface ScreenPainter {
  /** The smallest part of the picture that holds all that is drawn anew; undefined where nothing is. */
  paint(screen: Screen): Box | undefined;
}

export interface PainterNeeds {
  readonly context: SKRSContext2D;
  readonly family: string;
  readonly fontSize: number;
  readonly metrics: CellMetrics;
}

/** Around the screen. */
const MARGIN = 12;
/** Room between lines, as a part of the font's size. */
const LINE_HEIGHT = 1.28;
const DIM_ALPHA = 0.6;
const CURSOR_ALPHA = 0.5;
/** What is shown in colour unless it is said otherwise; other symbols are text. */
const EMOJI = /\p{Emoji_Presentation}|\ufe0f/u;
const EMOJI_FAMILIES = '"Noto Color Emoji","Apple Color Emoji","Segoe UI Emoji"';

export function measureCell(context: SKRSContext2D, family: string, fontSize: number): CellMetrics {
  context.font = `${fontSize}px "${family}"`;
  const { width, fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = context.measureText('M');
  const height = Math.round(fontSize * LINE_HEIGHT);
  return {
    // Whole pixels, so that what joins has no seams.
    width: Math.max(1, Math.round(width)),
    height,
    baseline: Math.round((height - above - below) / 2 + above),
    line: Math.max(1, Math.round(fontSize / 14)),
  };
}

export function pictureSize({ cols, rows }: TerminalSize, { width, height }: CellMetrics): Box {
  return { x: 0, y: 0, width: cols * width + 2 * MARGIN, height: rows * height + 2 * MARGIN };
}

/** One cell, or both of a wide character. */
interface Look {
  readonly text: string;
  readonly columns: number;
  readonly foreground: string;
  readonly background: string;
  readonly weight: string;
  readonly isDim: boolean;
  readonly lines: readonly Line[];
  readonly isCursor: boolean;
}

type Line = 'under' | 'through' | 'over';

export function createScreenPainter(
  { context, family, fontSize, metrics }: PainterNeeds,
  picture: Box,
): ScreenPainter {
  /** By row and column; what the picture shows now. */
  let shown: string[] = [];
  let shownSize: TerminalSize | undefined;

  function paintCell(look: Look, box: Box): void {
    const { text, foreground, background, isDim, isCursor } = look;
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    context.clip();
    context.fillStyle = background;
    context.fillRect(box.x, box.y, box.width, box.height);
    context.fillStyle = foreground;
    context.strokeStyle = foreground;
    context.globalAlpha = isDim ? DIM_ALPHA : 1;
    if (text !== ' ' && !drawShape(context, text, box, metrics.line)) drawGlyph(look, box);
    for (const line of look.lines) drawLine(line, box);
    if (isCursor) {
      context.globalAlpha = CURSOR_ALPHA;
      context.fillStyle = DEFAULT_FOREGROUND;
      context.fillRect(box.x, box.y, box.width, box.height);
    }
    context.restore();
  }

  /** One that is wider than its cells is narrowed, and one that no font has is drawn as missing. */
  function drawGlyph({ text, weight }: Look, box: Box): void {
    const families = EMOJI.test(text) ? `${EMOJI_FAMILIES},"${family}"` : `"${family}"`;
    context.font = `${weight}${fontSize}px ${families}`;
    const width = context.measureText(text).width;
    // What other fonts have is set in the middle.
    const left = Math.max(0, (box.width - width) / 2);
    context.fillText(text, box.x + (left > 1 ? left : 0), box.y + metrics.baseline, box.width);
  }

  function drawLine(line: Line, { x, y, width }: Box): void {
    const { baseline, height, line: thickness } = metrics;
    const tops = {
      under: Math.min(baseline + 2 * thickness, height - thickness),
      through: Math.round(baseline * 0.66),
      over: 0,
    };
    context.fillRect(x, y + tops[line], width, thickness);
  }

  function clear(): Box {
    context.fillStyle = DEFAULT_BACKGROUND;
    context.fillRect(picture.x, picture.y, picture.width, picture.height);
    shown = [];
    return picture;
  }

  return {
    paint(screen) {
      const { cols, rows } = screen.size;
      const isAnew = shownSize?.cols !== cols || shownSize.rows !== rows;
      let changed = isAnew ? clear() : undefined;
      shownSize = screen.size;
      for (const { row, column, look } of readLooks(screen)) {
        const key = Object.values(look).join('\u0000');
        const place = row * cols + column;
        if (shown[place] === key) continue;
        shown[place] = key;
        // The second cell of a wide character was drawn over.
        if (look.columns === 2) shown[place + 1] = '';
        const box = {
          x: MARGIN + column * metrics.width,
          y: MARGIN + row * metrics.height,
          width: look.columns * metrics.width,
          height: metrics.height,
        };
        paintCell(look, box);
        changed = changed ? around(changed, box) : box;
      }
      return changed;
    },
  };
}

function* readLooks(screen: Screen): Generator<{ row: number; column: number; look: Look }> {
  const { terminal, size, isCursorVisible } = screen;
  const { active } = terminal.buffer;
  const cursorColumn = isCursorVisible ? Math.min(active.cursorX, size.cols - 1) : -1;
  const cell = active.getNullCell();
  for (let row = 0; row < size.rows; row += 1) {
    const line = active.getLine(active.baseY + row);
    for (let column = 0; column < size.cols; column += 1) {
      if (!line?.getCell(column, cell)) continue;
      const columns = cell.getWidth();
      // The second half of a wide character.
      if (columns === 0) continue;
      const isCursor = row === active.cursorY && cursorColumn >= column && cursorColumn < column + columns;
      yield { row, column, look: lookOf(cell, columns, isCursor) };
    }
  }
}

function lookOf(cell: IBufferCell, columns: number, isCursor: boolean): Look {
  const own = [
    cell.isFgDefault() ? DEFAULT_FOREGROUND : colourOf(cell.getFgColor(), cell.isFgRGB()),
    cell.isBgDefault() ? DEFAULT_BACKGROUND : colourOf(cell.getBgColor(), cell.isBgRGB()),
  ] as const;
  const [foreground, background] = cell.isInverse() ? [own[1], own[0]] : own;
  return {
    text: cell.isInvisible() ? ' ' : cell.getChars() || ' ',
    columns,
    foreground,
    background,
    weight: `${cell.isItalic() ? 'italic ' : ''}${cell.isBold() ? 'bold ' : ''}`,
    isDim: cell.isDim() !== 0,
    lines: [
      ...(cell.isUnderline() ? (['under'] as const) : []),
      ...(cell.isStrikethrough() ? (['through'] as const) : []),
      ...(cell.isOverline() ? (['over'] as const) : []),
    ],
    isCursor,
  };
}

function around(a: Box, b: Box): Box {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}
