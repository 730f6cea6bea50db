/** Which recordings are selected to be acted on together. All pure; a selection is empty while only one row is active. */

export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** From where Shift selects: the row that was active when it began. */
  readonly anchor?: string;
}

export const NO_SELECTION: Selection = { ids: new Set() };

/** Adds it, or takes it out again. */
export function toggled({ ids }: Selection, id: string): Selection {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, anchor: id };
}

/** From the anchor, else from the row that was active, to another one; what else was selected is not any more. */
export function extendedTo(
  { anchor }: Selection,
  order: readonly string[],
  move: { readonly from: string; readonly to: string },
): Selection {
  const start = order.indexOf(anchor ?? move.from);
  const end = order.indexOf(move.to);
  if (start < 0 || end < 0) return { ids: new Set([move.to]), anchor: move.to };
  const ids = new Set(order.slice(Math.min(start, end), Math.max(start, end) + 1));
  return { ids, anchor: order[start] ?? move.to };
}

export function allOf(order: readonly string[]): Selection {
  const [anchor] = order;
  return anchor === undefined ? NO_SELECTION : { ids: new Set(order), anchor };
}

/** Those that are not listed any more are not selected either: nothing is deleted unseen. */
export function within(selection: Selection, order: readonly string[]): Selection {
  if (selection.ids.size === 0) return selection;
  const ids = new Set(order.filter((id) => selection.ids.has(id)));
  return ids.size === selection.ids.size ? selection : { ...selection, ids };
}
