import type { IBufferCell, Terminal } from '@xterm/headless';

/** One of the palette's 256, one of the two that text has where nothing chose another, or any. */
export type CellColour = number | 'text' | 'ground' | `#${string}`;

/** A character on the screen as it is to look: colours swapped where it is inverse, a blank where it is hidden. */
export interface ShownCell {
  readonly column: number;
  /** 2 of a wide character. */
  readonly columns: number;
  readonly text: string;
  readonly foreground: CellColour;
  readonly background: CellColour;
  readonly isBold: boolean;
  readonly isItalic: boolean;
  readonly isDim: boolean;
  readonly isUnderlined: boolean;
  readonly isStruckThrough: boolean;
  readonly isOverlined: boolean;
}

/** Those of a row of the screen, from the left. */
export function* readCells({ buffer: { active }, cols }: Terminal, row: number): Generator<ShownCell> {
  const line = active.getLine(active.baseY + row);
  const cell = active.getNullCell();
  for (let column = 0; column < cols; column += 1) {
    // Of a wide character, the second half has no width.
    if (line?.getCell(column, cell) && cell.getWidth() > 0) yield readCell(cell, column);
  }
}

function readCell(cell: IBufferCell, column: number): ShownCell {
  const foreground = cell.isFgDefault() ? 'text' : toColour(cell.getFgColor(), cell.isFgRGB());
  const background = cell.isBgDefault() ? 'ground' : toColour(cell.getBgColor(), cell.isBgRGB());
  const isInverse = cell.isInverse() !== 0;
  return {
    column,
    columns: cell.getWidth(),
    text: cell.isInvisible() ? ' ' : cell.getChars() || ' ',
    foreground: isInverse ? background : foreground,
    background: isInverse ? foreground : background,
    isBold: cell.isBold() !== 0,
    isItalic: cell.isItalic() !== 0,
    isDim: cell.isDim() !== 0,
    isUnderlined: cell.isUnderline() !== 0,
    isStruckThrough: cell.isStrikethrough() !== 0,
    isOverlined: cell.isOverline() !== 0,
  };
}

function toColour(colour: number, isRgb: boolean): CellColour {
  return isRgb ? `#${colour.toString(16).padStart(6, '0')}` : colour;
}
