/** Draws a thumbnail's runs, as large as fits: its upper left corner stays where the terminal's is. */
import type { ITheme } from '@xterm/xterm';
import type { RecordingThumbnail } from '../../preload/contract.ts';
import { colourOfPalette } from './palette-colour.ts';

type Screen = Extract<RecordingThumbnail, { kind: 'screen' }>;
type Run = Screen['rows'][number][number];
type Colour = NonNullable<Run['fg']>;

/** What of a canvas it takes. */
export type Painter = Pick<CanvasRenderingContext2D, 'fillRect' | 'fillText'> & {
  readonly canvas: Pick<HTMLCanvasElement, 'width' | 'height'>;
  fillStyle: CanvasRenderingContext2D['fillStyle'];
  font: string;
  textBaseline: CanvasTextBaseline;
};

export interface ThumbnailLook {
  readonly theme: ITheme;
  readonly face: string;
}

/** A cell is about twice as high as wide; of smaller screens cells do not become larger than this share. */
const CELL_RATIO = 2;
const LEAST_COLS = 40;
/** Of a cell's height. */
const LETTER_HEIGHT = 0.85;
const BAR_HEIGHT = 0.6;
/** In the canvas' pixels: letters of less are smudges, and words are drawn as bars. */
const LEAST_LETTER_PX = 6;

export function paintThumbnail(
  painter: Painter,
  { rows, size }: Screen,
  { theme, face }: ThumbnailLook,
): void {
  const { width, height } = painter.canvas;
  const cellWidth = width / Math.max(LEAST_COLS, size.cols);
  const cellHeight = Math.min(cellWidth * CELL_RATIO, height / Math.max(1, rows.length));
  const isReadable = cellHeight * LETTER_HEIGHT >= LEAST_LETTER_PX;
  const text = theme.foreground ?? '';
  const ground = theme.background ?? '';

  function resolve(colour: Colour | undefined, otherwise: string): string {
    if (colour === undefined) return otherwise;
    if (colour === 'text') return text;
    if (colour === 'ground') return ground;
    return typeof colour === 'number' ? colourOfPalette(colour, theme) : colour;
  }

  function write(run: Run, top: number): void {
    const { column, cols, text: letters } = run;
    if (isReadable) {
      painter.fillText(letters, column * cellWidth, top + cellHeight / 2, cols * cellWidth);
      return;
    }
    const colsEach = cols / Math.max(1, [...letters].length);
    for (const word of letters.matchAll(/\S+/g)) {
      const before = [...letters.slice(0, word.index)].length;
      const left = (column + before * colsEach) * cellWidth;
      const barWidth = [...word[0]].length * colsEach * cellWidth;
      painter.fillRect(left, top + (cellHeight * (1 - BAR_HEIGHT)) / 2, barWidth, cellHeight * BAR_HEIGHT);
    }
  }

  painter.fillStyle = ground;
  painter.fillRect(0, 0, width, height);
  painter.font = `${cellHeight * LETTER_HEIGHT}px ${face}`;
  painter.textBaseline = 'middle';
  for (const [index, runs] of rows.entries()) {
    const top = index * cellHeight;
    for (const run of runs) {
      if (run.bg !== undefined) {
        painter.fillStyle = resolve(run.bg, ground);
        painter.fillRect(run.column * cellWidth, top, run.cols * cellWidth, cellHeight);
      }
      painter.fillStyle = resolve(run.fg, text);
      write(run, top);
    }
  }
}
