/** Which rows of a long list exist, and where its scroll bar must go when rows come or leave. All pure. */

/** Rows kept above and below what is seen, so that a fast wheel meets no empty place. */
const OVERSCAN_ROWS = 8;

export interface ListView {
  /** CSS pixels, all three. */
  readonly scrollTop: number;
  readonly height: number;
  readonly rowHeight: number;
}

/** First row and the one after the last that must exist. */
export function rowWindow(view: ListView, count: number): { readonly start: number; readonly end: number } {
  const first = Math.floor(view.scrollTop / view.rowHeight) - OVERSCAN_ROWS;
  const last = Math.ceil((view.scrollTop + view.height) / view.rowHeight) + OVERSCAN_ROWS;
  return { start: Math.max(0, Math.min(first, count)), end: Math.max(0, Math.min(last, count)) };
}

/** Where to scroll so that a row is seen whole, moving as little as possible. `coveredPx`: of the list's top, by a head. */
export function scrollTopToShow(index: number, view: ListView, coveredPx = 0): number {
  const top = index * view.rowHeight;
  if (top < view.scrollTop + coveredPx) return Math.max(0, top - coveredPx);
  return Math.max(view.scrollTop, top + view.rowHeight - view.height);
}

/**
 * Where to scroll so that the rows seen stay where they are though the list has changed around them.
 * At the very top new rows are let in: who looks there wants to see them.
 */
export function anchoredScrollTop(
  view: ListView,
  before: readonly string[],
  after: readonly string[],
): number {
  if (view.scrollTop <= 0) return view.scrollTop;
  const first = Math.floor(view.scrollTop / view.rowHeight);
  const indexAfter = new Map(after.map((key, index) => [key, index]));
  // The topmost row seen may be the one that left: then the next one that stayed holds the place.
  for (let index = first; index < before.length; index += 1) {
    const moved = indexAfter.get(before[index] ?? '');
    if (moved !== undefined) return Math.max(0, view.scrollTop + (moved - index) * view.rowHeight);
  }
  return view.scrollTop;
}
