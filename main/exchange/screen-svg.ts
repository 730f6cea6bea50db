import { readCells, type ShownCell } from '../terminal/cells.ts';
import { createScreen, type Screen } from '../terminal/screen.ts';
import type { CastPart } from './cast-part.ts';
import { colourOf, DEFAULT_BACKGROUND, DEFAULT_FOREGROUND } from './terminal-colours.ts';

/** Pixels of one cell, and around the screen. */
const CELL_WIDTH = 8.4;
const CELL_HEIGHT = 18;
const BASELINE = 13.5;
const MARGIN = 12;

/** The screen after the last part, as an image of its own: text that can be selected, and nothing that runs or loads. */
export async function* toScreenSvg(parts: AsyncIterable<CastPart>): AsyncGenerator<string> {
  let screen: Screen | undefined;
  try {
    for await (const part of parts) {
      if (part.kind === 'header') screen = createScreen(part.header.size, 0);
      else if (part.event.kind === 'output') await screen?.show(part.event.text);
      else if (part.event.kind === 'resize') await screen?.resize(part.event.size);
    }
    await screen?.settle();
    if (screen) yield drawScreen(screen);
  } finally {
    screen?.dispose();
  }
}

/** Cells next to each other that look the same. */
interface Run {
  readonly look: string;
  readonly background: string;
  /** Absent for a character that has a place of its own. */
  readonly font: string | undefined;
  readonly column: number;
  columns: number;
  text: string;
}

function drawScreen(screen: Screen): string {
  const { cols, rows } = screen.size;
  const [width, height] = [cols * CELL_WIDTH + 2 * MARGIN, rows * CELL_HEIGHT + 2 * MARGIN];
  const lines = Array.from({ length: rows }, (_, row) => drawRow(screen, row));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}">\n`,
    `<rect width="100%" height="100%" rx="6" fill="${DEFAULT_BACKGROUND}"/>\n`,
    `<g transform="translate(${MARGIN} ${MARGIN})" font-family="'Cascadia Code','JetBrains Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14" fill="${DEFAULT_FOREGROUND}">\n`,
    ...lines,
    drawCursor(screen),
    '</g>\n</svg>\n',
  ].join('');
}

function drawRow({ terminal }: Screen, row: number): string {
  const runs: Run[] = [];
  for (const cell of readCells(terminal, row)) {
    const { column, columns, text } = cell;
    const look = describe(cell);
    const background = colourOf(cell.background);
    const last = runs.at(-1);
    const font = columns === 1 && text.length === 1 ? fontOf(text) : undefined;
    const goesOn =
      font !== undefined && last?.font === font && last.look === look && last.background === background;
    if (goesOn) {
      last.columns += 1;
      last.text += text;
    } else runs.push({ look, background, font, column, columns, text });
  }
  const y = row * CELL_HEIGHT;
  return [...runs.map((run) => drawBackground(run, y)), ...runs.map((run) => drawText(run, y))].join('');
}

/** What comes from the same font is equally wide; only of ASCII and of the same character is that known. */
function fontOf(character: string): string {
  return /[\u0020-\u007e]/.test(character) ? 'ascii' : character;
}

function drawBackground({ background, column, columns }: Run, y: number): string {
  if (background === DEFAULT_BACKGROUND) return '';
  return `<rect x="${round(column * CELL_WIDTH)}" y="${y}" width="${round(columns * CELL_WIDTH)}" height="${CELL_HEIGHT}" fill="${background}"/>\n`;
}

function drawText({ look, column, columns, text }: Run, y: number): string {
  // A line under or through blanks is seen; other blanks are left away, which not every reader keeps at the start.
  const isDecorated = look.includes('text-decoration');
  const shown = isDecorated ? text : text.trim();
  if (shown === '') return '';
  const first = isDecorated ? 0 : text.length - text.trimStart().length;
  const width = shown.length === text.length ? columns : shown.length;
  return `<text x="${round((column + first) * CELL_WIDTH)}" y="${y + BASELINE}" textLength="${round(width * CELL_WIDTH)}" lengthAdjust="spacingAndGlyphs"${KEPT_BLANKS.test(shown) ? KEEP_BLANKS : ''}${look}>${escapeXml(shown)}</text>\n`;
}

/** Blanks that readers make one of or leave away; browsers ask each text itself whether they may. */
const KEPT_BLANKS = /^ | {2}| $/;
const KEEP_BLANKS = ' style="white-space:pre"';

function drawCursor({ terminal, isCursorVisible, size }: Screen): string {
  if (!isCursorVisible) return '';
  const { cursorX, cursorY } = terminal.buffer.active;
  const x = round(Math.min(cursorX, size.cols - 1) * CELL_WIDTH);
  return `<rect x="${x}" y="${cursorY * CELL_HEIGHT}" width="${CELL_WIDTH}" height="${CELL_HEIGHT}" fill="${DEFAULT_FOREGROUND}" fill-opacity="0.5"/>\n`;
}

/** The attributes of its text. */
function describe(cell: ShownCell): string {
  const foreground = colourOf(cell.foreground);
  const decorations = [
    ...(cell.isUnderlined ? ['underline'] : []),
    ...(cell.isStruckThrough ? ['line-through'] : []),
    ...(cell.isOverlined ? ['overline'] : []),
  ];
  return [
    foreground === DEFAULT_FOREGROUND ? '' : ` fill="${foreground}"`,
    cell.isBold ? ' font-weight="bold"' : '',
    cell.isItalic ? ' font-style="italic"' : '',
    cell.isDim ? ' fill-opacity="0.6"' : '',
    decorations.length > 0 ? ` text-decoration="${decorations.join(' ')}"` : '',
  ].join('');
}

/** XML has no way at all to write most controls. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(XML_FORBIDDEN, '\ufffd')
    .replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const XML_FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
