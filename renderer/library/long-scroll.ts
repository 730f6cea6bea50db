/**
 * Scrolling through more rows than an element can be high: beyond a height, a pixel of the scroll bar stands for
 * several. All lengths in CSS pixels.
 */

export interface LongScroll {
  /** Of all rows. */
  readonly rows: number;
  readonly viewport: number;
}

/** Chromium draws nothing beyond 2^25 px. */
const HIGHEST = 10_000_000;

export function scrolledHeight({ rows }: LongScroll): number {
  return Math.min(rows, HIGHEST);
}

/** How much of the rows is above the view. */
export function offsetOfScroll(scrollTop: number, scroll: LongScroll): number {
  return scrollTop * ratioOf(scroll);
}

export function scrollOfOffset(offset: number, scroll: LongScroll): number {
  return offset / ratioOf(scroll);
}

/** 1 where all of it is high enough. */
function ratioOf({ rows, viewport }: LongScroll): number {
  if (rows <= HIGHEST) return 1;
  return (rows - viewport) / Math.max(1, HIGHEST - viewport);
}
