/**
 * A list of fixed rows of which only those seen exist. One stop of the Tab key: the list has the focus,
 * the active row is told by `aria-activedescendant`, as a field that steers the list does it too.
 */
import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { anchoredScrollTop, rowWindow, scrollTopToShow } from './list-window.ts';

/** The `--row` of theme.css. */
const ROW_PX = 28;
/** Until it is measured: enough for a first paint without a gap. */
const FIRST_HEIGHT_PX = 800;

export interface VirtualListProps<T> {
  readonly id: string;
  readonly label: string;
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  readonly activeKey: string | undefined;
  readonly onActivate: (key: string) => void;
  /** Keys beyond those that move: Enter and what else a row can do. True: it was taken. */
  readonly onKeyDown?: (event: KeyboardEvent, active: T) => boolean;
  readonly renderRow: (item: T, row: RowProps) => JSX.Element;
  /** Several may be selected: which ones, beside the active row. */
  readonly selectedKeys?: ReadonlySet<string>;
  /** Where rows stand in groups: the head that stays above the list while rows of its group are seen under it. */
  readonly renderHead?: (topIndex: number) => JSX.Element | undefined;
  /** With another one the active row is shown, as when another one has become active. */
  readonly revealKey?: string;
  /** Rows are other ones only with another `renderRow`: it reads nothing that changes by itself. */
  readonly keepsRows?: boolean;
  readonly isFocusedFirst?: boolean;
}

/** To be spread on the row's element. */
export interface RowProps {
  readonly id: string;
  readonly role: 'option';
  readonly 'aria-posinset': number;
  readonly 'aria-setsize': number;
  readonly 'aria-selected': boolean;
  readonly style: { readonly top: string };
  readonly class: string;
}

interface DrawnRow {
  readonly item: unknown;
  readonly element: JSX.Element;
}

/** By place. */
interface DrawnRows {
  readonly by: unknown;
  readonly rows: ReadonlyMap<number, DrawnRow>;
}

export function VirtualList<T>(props: VirtualListProps<T>): JSX.Element {
  const { items, keyOf, activeKey, id, selectedKeys } = props;
  const coveredPx = props.renderHead ? ROW_PX : 0;
  const element = useRef<HTMLDivElement>(null);
  const keys = useMemo(() => items.map(keyOf), [items]);
  const keysBefore = useRef<readonly string[]>(keys);
  const [view, setView] = useState({ scrollTop: 0, height: FIRST_HEIGHT_PX, rowHeight: ROW_PX });
  const activeIndex = useMemo(
    () => (activeKey === undefined ? -1 : keys.indexOf(activeKey)),
    [keys, activeKey],
  );
  const drawn = useRef<DrawnRows>({ by: undefined, rows: new Map() });

  useLayoutEffect(() => {
    const list = element.current;
    if (!list) return;
    const measure = (): void =>
      setView((last) =>
        last.scrollTop === list.scrollTop && last.height === list.clientHeight
          ? last
          : { scrollTop: list.scrollTop, height: list.clientHeight, rowHeight: ROW_PX },
      );
    const sizes = new ResizeObserver(measure);
    sizes.observe(list);
    list.addEventListener('scroll', measure, { passive: true });
    measure();
    return () => {
      sizes.disconnect();
      list.removeEventListener('scroll', measure);
    };
  }, []);

  useLayoutEffect(() => {
    const list = element.current;
    const before = keysBefore.current;
    keysBefore.current = keys;
    if (!list || before === keys || before.length === 0 || isSame(before, keys)) return;
    const next = anchoredScrollTop({ ...view, scrollTop: list.scrollTop }, before, keys);
    if (next !== list.scrollTop) list.scrollTop = next;
  });

  useLayoutEffect(() => {
    const list = element.current;
    if (!list || activeIndex < 0) return;
    const { scrollTop, clientHeight: height } = list;
    const next = scrollTopToShow(activeIndex, { scrollTop, height, rowHeight: ROW_PX }, coveredPx);
    if (next !== list.scrollTop) list.scrollTop = next;
    // What comes and goes around the active row does not scroll to it.
  }, [activeKey, props.revealKey]);

  function press(event: KeyboardEvent): void {
    const active = items[activeIndex];
    if (active !== undefined && props.onKeyDown?.(event, active)) {
      event.preventDefault();
      return;
    }
    const next = movedIndex(event, activeIndex, { count: items.length, page: pageRows(view.height) });
    const key = next === undefined ? undefined : keys[next];
    if (key === undefined) return;
    event.preventDefault();
    props.onActivate(key);
  }

  const { start, end } = rowWindow(view, items.length);
  const head = props.renderHead?.(Math.floor(view.scrollTop / ROW_PX));
  const isSelected = (key: string, index: number): boolean =>
    selectedKeys && selectedKeys.size > 0 ? selectedKeys.has(key) : index === activeIndex;

  /** Rows that scrolling leaves as they are, are not drawn anew: the same elements stay. */
  function drawRows(): readonly JSX.Element[] {
    const isKept = props.keepsRows && drawn.current.by === props.renderRow;
    const before = isKept ? drawn.current.rows : undefined;
    const rows = new Map<number, DrawnRow>();
    for (let index = start; index < end; index += 1) {
      const item = items[index];
      const row = before?.get(index);
      if (item !== undefined)
        rows.set(index, row?.item === item ? row : { item, element: drawRow(item, index) });
    }
    drawn.current = { by: props.renderRow, rows };
    return [...rows.values()].map(({ element: row }) => row);
  }

  function drawRow(item: T, index: number): JSX.Element {
    const key = keys[index] ?? '';
    return props.renderRow(item, {
      id: rowId(id, key),
      role: 'option',
      'aria-posinset': index + 1,
      'aria-setsize': items.length,
      'aria-selected': isSelected(key, index),
      style: { top: `${index * ROW_PX}px` },
      class: index === activeIndex ? 'row is-active' : 'row',
    });
  }

  return (
    <div
      ref={element}
      id={id}
      class="list"
      role="listbox"
      aria-label={props.label}
      aria-multiselectable={selectedKeys && true}
      aria-activedescendant={activeIndex < 0 ? undefined : rowId(id, activeKey ?? '')}
      data-focus-first={props.isFocusedFirst ? '' : undefined}
      tabIndex={0}
      onKeyDown={press}
    >
      {head && (
        <div class="list-head" aria-hidden="true">
          {head}
        </div>
      )}
      <div class="list-rows" style={{ height: `${items.length * ROW_PX}px` }}>
        {drawRows()}
      </div>
    </div>
  );
}

export function rowId(listId: string, key: string): string {
  return `${listId}-${key}`;
}

/** Where an arrow, Home, End or a page key leads; undefined for every other key. */
export function movedIndex(
  press: {
    readonly key: string;
    readonly ctrlKey: boolean;
    readonly altKey: boolean;
    readonly metaKey: boolean;
  },
  index: number,
  list: { readonly count: number; readonly page: number },
): number | undefined {
  if (list.count === 0 || press.ctrlKey || press.altKey || press.metaKey) return undefined;
  const last = list.count - 1;
  const clamp = (next: number): number => Math.max(0, Math.min(last, next));
  switch (press.key) {
    case 'ArrowDown':
      return clamp(index + 1);
    case 'ArrowUp':
      return clamp(index < 0 ? last : index - 1);
    case 'PageDown':
      return clamp(index + list.page);
    case 'PageUp':
      return clamp(index - list.page);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}

function pageRows(height: number): number {
  return Math.max(1, Math.floor(height / ROW_PX) - 1);
}

function isSame(before: readonly string[], after: readonly string[]): boolean {
  return before.length === after.length && before.every((key, index) => key === after[index]);
}
