import type { SKRSContext2D } from '@napi-rs/canvas';
import type { TerminalSize } from '../base/terminal-size.ts';
import { readCells, type ShownCell } from '../terminal/cells.ts';
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

type Line = 'under' | 'through' | 'over';

export function createScreenPainter(
  { context, family, fontSize, metrics }: PainterNeeds,
  picture: Box,
): ScreenPainter {
  /** By row and column; what the picture shows now. */
  let shown: string[] = [];
  let shownSize: TerminalSize | undefined;

  function paintCell(cell: ShownCell, isCursor: boolean, box: Box): void {
    const { text, isDim } = cell;
    const foreground = colourOf(cell.foreground);
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    context.clip();
    context.fillStyle = colourOf(cell.background);
    context.fillRect(box.x, box.y, box.width, box.height);
    context.fillStyle = foreground;
    context.strokeStyle = foreground;
    context.globalAlpha = isDim ? DIM_ALPHA : 1;
    if (text !== ' ' && !drawShape(context, text, box, metrics.line)) drawGlyph(cell, box);
    for (const line of linesOf(cell)) drawLine(line, box);
    if (isCursor) {
      context.globalAlpha = CURSOR_ALPHA;
      context.fillStyle = DEFAULT_FOREGROUND;
      context.fillRect(box.x, box.y, box.width, box.height);
    }
    context.restore();
  }

  /** One that is wider than its cells is narrowed, and one that no font has is drawn as missing. */
  function drawGlyph({ text, isBold, isItalic }: ShownCell, box: Box): void {
    const weight = `${isItalic ? 'italic ' : ''}${isBold ? 'bold ' : ''}`;
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
      const { cursorX, cursorY } = screen.terminal.buffer.active;
      const cursorColumn = screen.isCursorVisible ? Math.min(cursorX, cols - 1) : -1;
      for (let row = 0; row < rows; row += 1) {
        for (const cell of readCells(screen.terminal, row)) {
          const { column, columns } = cell;
          const isCursor = row === cursorY && cursorColumn >= column && cursorColumn < column + columns;
          const key = [...Object.values(cell), isCursor].join('\u0000');
          const place = row * cols + column;
          if (shown[place] === key) continue;
          shown[place] = key;
          // The second cell of a wide character was drawn over.
          if (columns === 2) shown[place + 1] = '';
          const box = {
            x: MARGIN + column * metrics.width,
            y: MARGIN + row * metrics.height,
            width: columns * metrics.width,
            height: metrics.height,
          };
          paintCell(cell, isCursor, box);
          changed = changed ? around(changed, box) : box;
        }
      }
      return changed;
    },
  };
}

function linesOf({ isUnderlined, isStruckThrough, isOverlined }: ShownCell): Line[] {
  return [
    ...(isUnderlined ? (['under'] as const) : []),
    ...(isStruckThrough ? (['through'] as const) : []),
    ...(isOverlined ? (['over'] as const) : []),
  ];
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
