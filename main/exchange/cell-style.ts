import type { IBufferCell } from '@xterm/headless';

/** The sequence that makes a terminal write as this cell looks, whatever it wrote as before (ECMA-48, SGR). */
export function styleOf(cell: IBufferCell): string {
  const codes = [
    0,
    ...(cell.isBold() ? [1] : []),
    ...(cell.isDim() ? [2] : []),
    ...(cell.isItalic() ? [3] : []),
    ...(cell.isUnderline() ? [4] : []),
    ...(cell.isBlink() ? [5] : []),
    ...(cell.isInverse() ? [7] : []),
    ...(cell.isInvisible() ? [8] : []),
    ...(cell.isStrikethrough() ? [9] : []),
    ...(cell.isOverline() ? [53] : []),
    ...colourCodes(30, cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()),
    ...colourCodes(40, cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor()),
  ];
  return `\u001b[${codes.join(';')}m`;
}

/** `base` is 30 for text, 40 for what is behind it. */
function colourCodes(base: number, isDefault: boolean, isRgb: boolean, colour: number): number[] {
  if (isDefault) return [];
  if (isRgb) return [base + 8, 2, colour >> 16, (colour >> 8) & 0xff, colour & 0xff];
  if (colour < 8) return [base + colour];
  return colour < 16 ? [base + 60 + colour - 8] : [base + 8, 5, colour];
}
