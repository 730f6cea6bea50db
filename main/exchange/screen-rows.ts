import type { IBuffer, IBufferCell, IModes } from '@xterm/headless';
import { styleOf } from './cell-style.ts';

/** What draws the rows of a screen on an empty one, from any cursor; the cursor and the style are anywhere then. */
export function formatRows(buffer: IBuffer, rows: number): string {
  const cell = buffer.getNullCell();
  let text = '\u001b[0m';
  let style = text;
  let isFlowing = false;
  for (let row = 0; row < rows; row += 1) {
    const line = buffer.getLine(buffer.baseY + row);
    if (!line) break;
    let end = line.length;
    while (end > 0 && isBlank(line.getCell(end - 1, cell))) end -= 1;
    if (end === 0) {
      isFlowing = false;
      continue;
    }
    // A wrapped line is written on, so that it is one line there as well.
    const isContinued = isFlowing && line.isWrapped && !isBlank(line.getCell(0, cell));
    if (!isContinued) text += `\u001b[${row + 1}H`;
    for (let column = 0; column < end; column += 1) {
      if (!line.getCell(column, cell) || cell.getWidth() === 0) continue;
      const next = styleOf(cell);
      if (next !== style) text += next;
      style = next;
      text += cell.getChars() || ' ';
    }
    isFlowing = end === line.length;
  }
  return text;
}

/** Looks as if nothing had been written there. */
function isBlank(cell: IBufferCell | undefined): boolean {
  return !cell || (cell.getWidth() === 1 && cell.getChars().trim() === '' && cell.isAttributeDefault());
}

const MOUSE_MODES = { none: '', x10: '?9', vt200: '?1000', drag: '?1002', any: '?1003' } as const;

/** What sets the modes of a fresh terminal to these. */
export function formatModes(modes: IModes): string {
  const set = [
    ...(modes.applicationCursorKeysMode ? ['?1'] : []),
    ...(modes.applicationKeypadMode ? ['?66'] : []),
    ...(modes.bracketedPasteMode ? ['?2004'] : []),
    ...(modes.insertMode ? ['4'] : []),
    ...(modes.originMode ? ['?6'] : []),
    ...(modes.reverseWraparoundMode ? ['?45'] : []),
    ...(modes.sendFocusMode ? ['?1004'] : []),
    ...(modes.mouseTrackingMode === 'none' ? [] : [MOUSE_MODES[modes.mouseTrackingMode]]),
  ];
  return set.map((mode) => `\u001b[${mode}h`).join('') + (modes.wraparoundMode ? '' : '\u001b[?7l');
}
