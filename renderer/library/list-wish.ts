/** How the user wants the library's list. It is kept while the window is open. */
import type { RecordingGrouping, RecordingSort, RecordingSortKey } from '../../preload/recording-query.ts';

export interface ListWish {
  /** In the text form of queries. */
  readonly filter: string;
  readonly sort: RecordingSort;
  readonly grouping: RecordingGrouping;
  /** Groups of which the head alone is shown, by key. */
  readonly collapsed: ReadonlySet<string>;
}

export const FIRST_WISH: ListWish = {
  filter: '',
  sort: { by: 'started', isAscending: false },
  grouping: 'none',
  collapsed: new Set(),
};

/** What a press on a column's head asks for: that column, then its other end. Names begin with A, the rest with the most. */
export function sortedBy(sort: RecordingSort, by: RecordingSortKey): RecordingSort {
  if (sort.by === by) return { by, isAscending: !sort.isAscending };
  return { by, isAscending: by === 'pod' || by === 'context' };
}

/** Keys of other groups mean nothing in it. */
export function groupedBy(wish: ListWish, grouping: RecordingGrouping): ListWish {
  return { ...wish, grouping, collapsed: new Set() };
}

export function toggledGroup(wish: ListWish, key: string): ListWish {
  const collapsed = new Set(wish.collapsed);
  if (!collapsed.delete(key)) collapsed.add(key);
  return { ...wish, collapsed };
}

/** `Newest first`, as a button says it. */
export function describeSort({ by, isAscending }: RecordingSort): string {
  return SORT_WORDS[by][isAscending ? 0 : 1];
}

const SORT_WORDS: Readonly<Record<RecordingSortKey, readonly [ascending: string, descending: string]>> = {
  started: ['Oldest first', 'Newest first'],
  duration: ['Shortest first', 'Longest first'],
  bytes: ['Smallest first', 'Largest first'],
  pod: ['Pods from A', 'Pods from Z'],
  context: ['Contexts from A', 'Contexts from Z'],
};

export const GROUPING_WORDS: Readonly<Record<RecordingGrouping, string>> = {
  none: 'No groups',
  day: 'By day',
  pod: 'By pod',
};
