/** Recordings as rows under the names of their columns, which sort them. */
import type { JSX } from 'preact';
import type { RecordingSort, RecordingSortKey } from '../../preload/recording-query.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import type { MenuPlace } from '../ui/menu.tsx';
import { EmptyState } from '../ui/messages.tsx';
import { VirtualList } from '../ui/virtual-list.tsx';
import type { LibraryUploads } from './delivery.tsx';
import { GroupRow } from './group-row.tsx';
import { headOf, type ListRow } from './list-rows.ts';
import { type ListWish, sortedBy } from './list-wish.ts';
import type { RecordingList } from './recording-list.ts';
import { RecordingRow } from './recording-row.tsx';
import type { ThumbnailStore } from './thumbnail-store.ts';

export interface RecordingTableProps {
  readonly id: string;
  readonly list: RecordingList;
  readonly wish: ListWish;
  readonly nowMs: number;
  readonly colourOf: (context: string) => number;
  readonly thumbnails: ThumbnailStore;
  readonly uploads: LibraryUploads;
  readonly onReplay: (row: ListRow) => void;
  readonly onMenu: (row: ListRow, place: MenuPlace) => void;
  readonly onShowAll: () => void;
}

export function RecordingTable(props: RecordingTableProps): JSX.Element {
  const { list, wish, nowMs } = props;
  const { rows } = list.rows;
  const onSort = (sort: RecordingSort): void => list.reorder({ ...wish, sort });
  return (
    <>
      <Columns sort={wish.sort} onSort={onSort} />
      {rows.length === 0 ? (
        <EmptyState
          icon="search"
          title="No recording has all of these words"
          line={`Nothing is listed for ${wish.filter}`}
        >
          <Button onPress={props.onShowAll}>Show all</Button>
        </EmptyState>
      ) : (
        <VirtualList
          // Another order is another list: it begins at its first row.
          key={`${wish.sort.by} ${wish.sort.isAscending} ${wish.grouping}`}
          id={props.id}
          label="Recordings"
          items={rows}
          keyOf={(row) => row.key}
          activeKey={list.active?.key}
          onActivate={list.activate}
          onKeyDown={list.pressKey}
          selectedKeys={list.selected}
          revealKey={wish.filter}
          {...(wish.grouping !== 'none' && { renderHead })}
          renderRow={(item, row) =>
            item.kind === 'group' ? (
              <GroupRow
                key={item.key}
                head={item}
                row={row}
                isActive={item.key === list.active?.key}
                onPress={(event) => list.press(event, item)}
              />
            ) : (
              <RecordingRow
                key={item.key}
                recording={item.recording}
                row={row}
                nowMs={nowMs}
                colour={props.colourOf(item.recording.context)}
                thumbnails={props.thumbnails}
                uploads={props.uploads}
                isChecked={list.selected.has(item.key)}
                onCheck={() => list.toggle(item.key)}
                onPress={(event) => list.press(event, item)}
                onReplay={() => props.onReplay(item)}
                onMenu={(place) => props.onMenu(item, place)}
              />
            )
          }
          keepsRows
          isFocusedFirst
        />
      )}
    </>
  );

  function renderHead(topIndex: number): JSX.Element | undefined {
    const head = headOf(list.rows, topIndex);
    if (!head) return undefined;
    const isActive = head.key === list.active?.key;
    return <GroupRow head={head} isActive={isActive} onPress={(event) => list.press(event, head)} />;
  }
}

const COLUMNS: readonly {
  readonly by?: RecordingSortKey;
  readonly name: string;
  readonly isFigure?: true;
}[] = [
  { name: '' },
  { name: '' },
  { by: 'started', name: 'When' },
  { by: 'context', name: 'Where' },
  { by: 'pod', name: 'Pod / container' },
  { by: 'duration', name: 'Duration', isFigure: true },
  { name: 'Ended' },
  { by: 'bytes', name: 'Size', isFigure: true },
  { name: '' },
];

interface ColumnsProps {
  readonly sort: RecordingSort;
  readonly onSort: (sort: RecordingSort) => void;
}

/** For a mouse: keys and screen readers have the same in the menu of orders. */
function Columns({ sort, onSort }: ColumnsProps): JSX.Element {
  return (
    <div class="library-columns secondary" aria-hidden="true">
      {COLUMNS.map(({ by, name, isFigure }, index) => (
        <span key={index} class={isFigure ? 'is-figure' : ''}>
          {by ? (
            <button
              type="button"
              tabIndex={-1}
              class={sort.by === by ? 'library-column is-sorted' : 'library-column'}
              onClick={() => onSort(sortedBy(sort, by))}
            >
              {name}
              {sort.by === by && <Icon name={sort.isAscending ? 'up' : 'down'} size={12} />}
            </button>
          ) : (
            name
          )}
        </span>
      ))}
    </div>
  );
}
