/** The list of recordings: which rows it has, which one is active, which are selected, and what its keys do. */
import { useMemo, useRef, useState } from 'preact/hooks';
import type { RecordingInfo } from '../../preload/contract.ts';
import { type ParsedQuery, parseRecordingQuery } from '../../preload/recording-query-text.ts';
import { movedIndex } from '../ui/virtual-list.tsx';
import { type ListRow, type ListRows, toListRows } from './list-rows.ts';
import { allOf, extendedTo, NO_SELECTION, type Selection, toggled, within } from './list-selection.ts';
import { type ListWish, toggledGroup } from './list-wish.ts';
import { createRecordingOrder } from './recording-filter.ts';

export interface RecordingListNeeds {
  readonly onWish: (wish: ListWish) => void;
  readonly onReplay: (recording: RecordingInfo) => void;
  readonly onMenu: (row: ListRow) => void;
  readonly onRemove: (recordings: readonly RecordingInfo[]) => void;
  readonly onPin: (recordings: readonly RecordingInfo[]) => void;
  readonly onTag: (recordings: readonly RecordingInfo[]) => void;
}

export interface RecordingList {
  readonly problems: ParsedQuery['problems'];
  readonly listed: readonly RecordingInfo[];
  readonly rows: ListRows;
  readonly active: ListRow | undefined;
  readonly selected: ReadonlySet<string>;
  /** What a key or a button is about: those that are selected, else the active one, or all of its group. */
  readonly acted: readonly RecordingInfo[];
  readonly activate: (key: string) => void;
  /** A press of the mouse on a row; with Shift and Ctrl it selects. */
  readonly press: (event: MouseEvent, row: ListRow) => void;
  readonly toggle: (id: string) => void;
  readonly clearSelection: () => void;
  /** Another order or other groups: the list begins at its first row again. */
  readonly reorder: (wish: ListWish) => void;
  /** Keys in the list; true: it was taken. */
  readonly pressKey: (event: KeyboardEvent) => boolean;
  /** Keys in the field that steers the list. */
  readonly steer: (event: KeyboardEvent) => void;
}

/** Of a Page key where nobody knows the list's height. */
const PAGE_ROWS = 10;
/** Ages in a filter and names of days need not move each second. */
const STEP_MS = 60_000;

export function useRecordingList(
  needs: RecordingListNeeds,
  {
    recordings,
    wish,
    nowMs,
  }: {
    readonly recordings: ReadonlyMap<string, RecordingInfo> | undefined;
    readonly wish: ListWish;
    readonly nowMs: number;
  },
): RecordingList {
  const [activeKey, setActiveKey] = useState<string>();
  const [wanted, setSelection] = useState<Selection>(NO_SELECTION);
  const lastIndex = useRef(0);
  const stepMs = Math.floor(nowMs / STEP_MS) * STEP_MS;

  // Whoever types an age means now; of a minute that passes, the rest of the filter knows nothing.
  const parsed = useMemo(() => parseRecordingQuery(wish.filter, { nowMs: stepMs }), [wish.filter, stepMs]);
  const queryKey = JSON.stringify(parsed.query);
  const inOrder = useMemo(
    () => createRecordingOrder(parsed.query, wish.sort),
    [queryKey, wish.sort.by, wish.sort.isAscending],
  );
  const listed = useMemo(() => inOrder(recordings?.values() ?? []), [inOrder, recordings]);
  const rows = useMemo(
    () => toListRows(listed, wish, stepMs),
    [listed, wish.grouping, wish.collapsed, stepMs],
  );
  const order = useMemo(() => rows.rows.flatMap(idOf), [rows]);
  const selection = useMemo(() => within(wanted, order), [wanted, order]);

  const place = useMemo(() => rows.rows.findIndex(({ key }) => key === activeKey), [rows, activeKey]);
  const isRemoved = activeKey !== undefined && !recordings?.has(activeKey);
  // Where the active one was deleted, the next one has come to its place.
  const index = place >= 0 ? place : Math.min(isRemoved ? lastIndex.current : 0, rows.rows.length - 1);
  if (place >= 0) lastIndex.current = place;
  const active = rows.rows[index];
  const acted = actedOn();

  function actedOn(): readonly RecordingInfo[] {
    if (selection.ids.size > 0) return listed.filter(({ recordingId }) => selection.ids.has(recordingId));
    if (!active) return [];
    return active.kind === 'group' ? active.recordings : [active.recording];
  }

  function moveBy(event: KeyboardEvent): number | undefined {
    const key = VI_KEYS[event.key] ?? event.key;
    const { ctrlKey, altKey, metaKey } = event;
    const count = rows.rows.length;
    return movedIndex({ key, ctrlKey, altKey, metaKey }, index, { count, page: PAGE_ROWS });
  }

  /** To a row or, where that is a group's head, to the recording beyond it. */
  function extendTo(next: number): void {
    const step = next < index ? -1 : 1;
    let end = next;
    while (rows.rows[end]?.kind === 'group') end += step;
    const row = rows.rows[end];
    if (!active || row?.kind !== 'recording') return;
    setSelection(extendedTo(selection, order, { from: active.key, to: row.key }));
    setActiveKey(row.key);
  }

  function toggleGroup(row: ListRow, isCollapsed?: boolean): void {
    if (row.kind !== 'group' || isCollapsed === row.isCollapsed) return;
    needs.onWish(toggledGroup(wish, row.groupKey));
    setActiveKey(row.key);
  }

  /** Keys that act on rows, in the list and in the field alike. */
  function act(event: KeyboardEvent, row: ListRow): boolean {
    const isMenu = event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey);
    if (isMenu) needs.onMenu(row);
    else if (event.key === 'Enter' && row.kind === 'group') toggleGroup(row);
    else if (event.key === 'Enter' && row.kind === 'recording') needs.onReplay(row.recording);
    else if (event.key === 'Delete') needs.onRemove(acted);
    else return false;
    return true;
  }

  function pressKey(event: KeyboardEvent): boolean {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (!active || altKey) return false;
    if ((ctrlKey || metaKey) && key.toLowerCase() === 'a') setSelection(allOf(order));
    else if (metaKey && key === 'Backspace') needs.onRemove(acted);
    else if (ctrlKey || metaKey) return false;
    else if (act(event, active)) return true;
    else if (key === ' ' && active.kind === 'recording') setSelection(toggled(selection, active.key));
    else if (key === ' ') toggleGroup(active);
    else if (key === 'ArrowLeft' && active.kind === 'group') toggleGroup(active, true);
    else if (key === 'ArrowRight' && active.kind === 'group') toggleGroup(active, false);
    else if (key === 'ArrowLeft') activateHead();
    else if (key === 'p') needs.onPin(acted);
    else if (key === 't') needs.onTag(acted);
    else if (key === 'Escape' && selection.ids.size > 0) setSelection(NO_SELECTION);
    else if (key === 'Escape' && wish.filter !== '') needs.onWish({ ...wish, filter: '' });
    else return moveInList(event, shiftKey);
    return true;
  }

  function activateHead(): void {
    const head = rows.heads.findLast((one) => one <= index);
    if (head !== undefined) setActiveKey(rows.rows[head]?.key);
  }

  function moveInList(event: KeyboardEvent, isExtending: boolean): boolean {
    // Page keys without Shift go by the list's height, which it knows itself.
    if (!isExtending && !(event.key in VI_KEYS)) return false;
    const next = moveBy(event);
    if (next === undefined) return false;
    if (isExtending) extendTo(next);
    else setActiveKey(rows.rows[next]?.key);
    return true;
  }

  function steer(event: KeyboardEvent): void {
    if (event.key === 'Escape' && wish.filter !== '') needs.onWish({ ...wish, filter: '' });
    else if (active && !(event.key === 'Delete' && wish.filter !== '') && act(event, active)) {
      // Taken by the row.
    } else {
      const isText = event.key === 'Home' || event.key === 'End' || event.key in VI_KEYS;
      const next = isText ? undefined : moveBy(event);
      if (next === undefined) return;
      if (event.shiftKey) extendTo(next);
      else setActiveKey(rows.rows[next]?.key);
    }
    event.preventDefault();
  }

  function press(event: MouseEvent, row: ListRow): void {
    const isRecording = row.kind === 'recording';
    if (event.shiftKey && isRecording && active) {
      setSelection(extendedTo(selection, order, { from: active.key, to: row.key }));
    } else if ((event.ctrlKey || event.metaKey) && isRecording) setSelection(toggled(selection, row.key));
    else setSelection(NO_SELECTION);
    if (row.kind === 'group') toggleGroup(row);
    setActiveKey(row.key);
  }

  return {
    problems: parsed.problems,
    listed,
    rows,
    active,
    selected: selection.ids,
    acted,
    activate: setActiveKey,
    press,
    toggle: (id) => setSelection(toggled(selection, id)),
    clearSelection: () => setSelection(NO_SELECTION),
    reorder(next) {
      setActiveKey(undefined);
      needs.onWish(next);
    },
    pressKey,
    steer,
  };
}

const VI_KEYS: Readonly<Record<string, string>> = { j: 'ArrowDown', k: 'ArrowUp' };

function idOf(row: ListRow): string[] {
  return row.kind === 'recording' ? [row.key] : [];
}
