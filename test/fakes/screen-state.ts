import type { IBuffer, IBufferCell, Terminal } from '@xterm/headless';
import { internalsOf } from '../../main/terminal/terminal-internals.ts';

/**
 * What can be seen of a terminal, and what it will do with what comes: cells, cursor, modes, scroll region, character
 * sets. Read cell by cell, and not by what takes snapshots.
 */
export function describeScreen(terminal: Terminal): object {
  const internals = internalsOf(terminal);
  const { buffers, coreService, coreMouseService, _inputHandler: handler } = internals;
  const active = terminal.buffer.active.type === 'alternate' ? buffers.alt : buffers.normal;
  return {
    size: `${terminal.cols}x${terminal.rows}`,
    buffer: terminal.buffer.active.type,
    cursor: [active.x, active.y],
    rows: describeRows(terminal, terminal.buffer.active),
    modes: terminal.modes,
    isCursorHidden: coreService.isCursorHidden,
    cursorStyle: coreService.decPrivateModes.cursorStyle,
    mouse: coreMouseService.activeEncoding,
    region: [active.scrollTop, active.scrollBottom],
    tabs: Array.from({ length: terminal.cols }, (_, column) => (active.tabs[column] ? '|' : '.')).join(''),
    charsets: [0, 1, 2, 3].map((slot) => Object.keys(handler._charsetService._charsets[slot] ?? {}).length),
    glevel: handler._charsetService.glevel,
    pen: [withoutRests(handler._curAttrData.fg), withoutRests(handler._curAttrData.bg) & ~HAS_EXTENSION],
  };
}

/** Rows on the screen, top to bottom: whether wrapped, and runs of cells that look alike. */
function describeRows(terminal: Terminal, buffer: IBuffer): string[] {
  return Array.from({ length: terminal.rows }, (_, row) => {
    const line = buffer.getLine(buffer.baseY + row);
    if (!line) return 'none';
    const cells = Array.from({ length: terminal.cols }, (_unused, column) =>
      describeCell(line.getCell(column)),
    );
    return `${line.isWrapped ? '↳' : ' '}${joinRuns(cells)}`;
  });
}

function describeCell(cell: IBufferCell | undefined): { readonly style: string; readonly text: string } {
  if (!cell) return { style: '', text: '?' };
  const { bg } = cell as unknown as { readonly bg: number };
  const background = `${cell.getBgColorMode()}/${cell.getBgColor()}`;
  if (cell.getChars() === '' && cell.getWidth() === 1) return { style: background, text: '∅' };
  const { fg, extended } = cell as unknown as {
    readonly fg: number;
    readonly extended: { readonly _ext: number };
  };
  const isExtended = (bg & HAS_EXTENSION) !== 0;
  const underline = isExtended ? withoutRests(extended._ext) : 0;
  return {
    style: `${withoutRests(fg)}/${withoutRests(bg) & ~HAS_EXTENSION}/${underline}`,
    text: cell.getChars() || '·',
  };
}

function joinRuns(cells: readonly { readonly style: string; readonly text: string }[]): string {
  let style = '';
  return cells
    .map((cell) => {
      const change = cell.style === style ? '' : `⟨${cell.style}⟩`;
      style = cell.style;
      return change + cell.text;
    })
    .join('');
}

/** A kind of underline, or a link: one that all its lines have gone from is none, and its text goes on having it. */
const HAS_EXTENSION = 0x10000000;

/** Of a colour of the palette only its number counts; what was there of another colour before may be left. */
function withoutRests(packed: number): number {
  const mode = packed & 0x3000000;
  if (mode === 0) return packed & ~0xffffff;
  return mode === 0x3000000 ? packed : packed & ~0xffff00;
}
