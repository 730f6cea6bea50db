/** Between the fields and the list: the filters that hold, or what is selected, and the list's order and groups. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { RecordingInfo } from '../../preload/contract.ts';
import {
  RECORDING_GROUPINGS,
  RECORDING_SORT_KEYS,
  type RecordingSort,
} from '../../preload/recording-query.ts';
import { QUERY_FILTERS, type QueryProblem } from '../../preload/recording-query-text.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu, type MenuItem, type MenuPlace, placeBelow } from '../ui/menu.tsx';
import { filterChips, withoutChip } from './filter-chips.ts';
import { describeSort, GROUPING_WORDS, groupedBy, type ListWish } from './list-wish.ts';
import { describeSelection } from './list-words.ts';

export interface ListBarProps {
  readonly wish: ListWish;
  readonly problems: readonly QueryProblem[];
  readonly onFilter: (filter: string) => void;
  /** A filter to be written into the field, its value still to come. */
  readonly onBeginFilter: (name: string) => void;
  readonly onReorder: (wish: ListWish) => void;
  /** More than one, or one that was selected as such. */
  readonly selected: readonly RecordingInfo[];
  readonly onPin: () => void;
  readonly onTag: () => void;
  readonly onRemove: () => void;
  readonly onClear: () => void;
  /** The search has an order of its own. */
  readonly isSearching: boolean;
}

export function ListBar(props: ListBarProps): JSX.Element {
  const { wish, problems } = props;
  const [menu, setMenu] = useState<{ readonly kind: 'filter' | 'order'; readonly place: MenuPlace }>();
  const open = (kind: 'filter' | 'order') => (event: MouseEvent) =>
    setMenu({ kind, place: placeBelow(event.currentTarget as Element) });
  return (
    <>
      <div class="list-bar">
        {props.selected.length > 0 ? (
          <SelectionTools {...props} />
        ) : (
          <Chips {...props} onAdd={open('filter')} />
        )}
        {!props.isSearching && (
          <span class="list-order">
            <Button kind="quiet" icon="sort" title="Order and groups" onPress={open('order')}>
              {wish.grouping === 'none' ? '' : `${GROUPING_WORDS[wish.grouping]}, `}
              {wish.grouping === 'none' ? describeSort(wish.sort) : describeSort(wish.sort).toLowerCase()}
            </Button>
          </span>
        )}
      </div>
      {problems.length > 0 && (
        <p class="filter-problem" role="status">
          <Icon name="warning" />
          <span>
            {problems[0]?.message}. {problems[0]?.hint}
            {problems.length > 1 && ` ${problems.length - 1} more.`}
          </span>
        </p>
      )}
      {menu && (
        <Menu
          label={menu.kind === 'filter' ? 'Add a filter' : 'Order and groups'}
          place={menu.place}
          onClose={() => setMenu(undefined)}
          items={
            menu.kind === 'filter' ? filterItems(props.onBeginFilter) : orderItems(wish, props.onReorder)
          }
        />
      )}
    </>
  );
}

function Chips({
  wish,
  problems,
  onFilter,
  onAdd,
}: ListBarProps & { readonly onAdd: (event: MouseEvent) => void }): JSX.Element {
  const chips = filterChips(wish.filter, problems);
  return (
    <div class="filter-chips">
      <Button kind="quiet" icon="filter" title="Add a filter" onPress={onAdd}>
        Filter
      </Button>
      {chips.map((chip) => (
        <span key={chip.from} class="filter-chip">
          <span class="secondary">
            {chip.isExcluded && 'not '}
            {chip.name}
          </span>
          <span class="ellipsis" title={chip.value}>
            {chip.value}
          </span>
          <button
            type="button"
            aria-label={`Remove ${chip.isExcluded ? 'not ' : ''}${chip.name} ${chip.value}`}
            title="Remove"
            onClick={() => onFilter(withoutChip(wish.filter, chip))}
          >
            <Icon name="close" size={12} />
          </button>
        </span>
      ))}
      {chips.length > 1 && (
        <Button kind="quiet" onPress={() => onFilter('')}>
          Clear all
        </Button>
      )}
    </div>
  );
}

function SelectionTools(props: ListBarProps): JSX.Element {
  const isPinned = props.selected.every((recording) => recording.isPinned);
  const isLive = props.selected.every(({ state }) => state === 'live');
  return (
    <div class="filter-chips" role="toolbar" aria-label="Selected recordings">
      <span class="numbers list-selected" role="status">
        {describeSelection(props.selected)}
      </span>
      <Button kind="quiet" icon="pin" title="p" onPress={props.onPin}>
        {isPinned ? 'Unpin' : 'Pin'}
      </Button>
      <Button kind="quiet" icon="tag" title="t" onPress={props.onTag}>
        Tag…
      </Button>
      <Button
        kind="quiet"
        icon="trash"
        isDisabled={isLive}
        title={isLive ? 'They are still being recorded' : 'Del'}
        onPress={props.onRemove}
      >
        Delete…
      </Button>
      <Button kind="quiet" icon="close" title="Esc" onPress={props.onClear}>
        Select none
      </Button>
    </div>
  );
}

function filterItems(onBegin: (name: string) => void): readonly MenuItem[] {
  return QUERY_FILTERS.flatMap(({ filter, help }) => {
    const name = /^[a-z]+:/.exec(filter)?.[0];
    return name === undefined ? [] : [{ key: name, label: name, note: help, onPick: () => onBegin(name) }];
  });
}

function orderItems(wish: ListWish, onReorder: (wish: ListWish) => void): readonly MenuItem[] {
  const orders = RECORDING_SORT_KEYS.flatMap((by): RecordingSort[] => [
    { by, isAscending: by === 'pod' || by === 'context' },
    { by, isAscending: !(by === 'pod' || by === 'context') },
  ]);
  return [
    ...RECORDING_GROUPINGS.map(
      (grouping, index): MenuItem => ({
        key: grouping,
        label: GROUPING_WORDS[grouping],
        ...(index === 0 && { section: 'Groups' }),
        isChosen: grouping === wish.grouping,
        onPick: () => onReorder(groupedBy(wish, grouping)),
      }),
    ),
    ...orders.map((sort, index): MenuItem => {
      const isChosen = sort.by === wish.sort.by && sort.isAscending === wish.sort.isAscending;
      return {
        key: `${sort.by} ${sort.isAscending}`,
        label: describeSort(sort),
        ...(index === 0 && { section: 'Order' }),
        isChosen,
        onPick: () => onReorder({ ...wish, sort }),
      };
    }),
  ];
}
