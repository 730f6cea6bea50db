/**
 * How large a terminal will be, before there is one: what a shell is told at its first byte. The terminal
 * measures itself when it stands and corrects this where fonts render otherwise.
 */
import type { Settings, TerminalSize } from '../../preload/contract.ts';

/** CSS pixels, both. */
interface Box {
  readonly width: number;
  readonly height: number;
}

/** What a terminal keeps free around its cells: its padding and its scroll bar. */
const AROUND: Box = { width: 12 + 14, height: 6 + 2 };
/** Where nothing is laid out yet; what most programs expect of a terminal. */
const COMMON_SIZE: TerminalSize = { cols: 80, rows: 24 };

export function fitSize(place: Box, cell: Box): TerminalSize {
  const cols = Math.floor((place.width - AROUND.width) / cell.width);
  const rows = Math.floor((place.height - AROUND.height) / cell.height);
  return Number.isFinite(cols) && Number.isFinite(rows) && cols >= 2 && rows >= 1
    ? { cols, rows }
    : COMMON_SIZE;
}

/** Of what fits into an element with this font. */
export function estimateTerminalSize(
  place: Element | null,
  { fontFamily, fontSize }: Pick<Settings, 'fontFamily' | 'fontSize'>,
): TerminalSize {
  const drawing = document.createElement('canvas').getContext('2d');
  if (!place || !drawing) return COMMON_SIZE;
  drawing.font = `${fontSize}px ${fontFamily === '' ? 'monospace' : fontFamily}`;
  const { width, fontBoundingBoxAscent, fontBoundingBoxDescent } = drawing.measureText('W');
  // Cells are whole pixels of the screen: xterm.js' WebGL renderer rounds the width down, the height up.
  const scale = window.devicePixelRatio;
  const cell = {
    width: Math.floor(width * scale) / scale,
    height: Math.ceil((fontBoundingBoxAscent + fontBoundingBoxDescent) * scale) / scale,
  };
  return fitSize(place.getBoundingClientRect(), cell);
}
