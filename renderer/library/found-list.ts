/** The list of what was found: which row is active, and what keys in the field above it do. */
import { useState } from 'preact/hooks';
import type { RecordingInfo } from '../../preload/contract.ts';
import { movedIndex } from '../ui/virtual-list.tsx';
import { type ContentSearch, type FoundText, type SearchCall, useContentSearch } from './content-search.ts';
import { type FoundRow, momentOf, toFoundRows } from './found-rows.ts';
import type { ReplayMoment } from './replay-moment.ts';

export interface FoundListNeeds {
  readonly search: SearchCall;
  readonly onReplay: (recordingId: string, at: ReplayMoment | undefined) => void;
  readonly onText: (text: string) => void;
}

export interface FoundList {
  readonly state: ContentSearch;
  readonly rows: readonly FoundRow[];
  readonly active: FoundRow | undefined;
  readonly activate: (key: string) => void;
  readonly open: (row: FoundRow) => void;
  readonly steer: (event: KeyboardEvent) => void;
}

/** Of a Page key in the field, which does not know the list's height. */
const PAGE_ROWS = 10;

export function useFoundList(
  needs: FoundListNeeds,
  question: {
    readonly text: string;
    readonly words: readonly string[];
    /** The rest of the library's filter, as it is written. */
    readonly filter: string;
    readonly recordings: ReadonlyMap<string, RecordingInfo> | undefined;
  },
): FoundList {
  const { text, words, filter, recordings } = question;
  const asked = { text, words, ...(filter !== '' && { filter }) };
  const { state, more } = useContentSearch(needs.search, asked);
  const [activeKey, setActiveKey] = useState<string>();
  const shown = shownOf(state);
  const rows = shown && recordings ? toFoundRows(shown.answer, recordings) : [];
  const found = rows.findIndex(({ key }) => key === activeKey);
  const index = found < 0 && rows.length > 0 ? 0 : found;
  const active = rows[index];

  function open(row: FoundRow): void {
    if (row.kind === 'more') more();
    else needs.onReplay(row.recording.recordingId, momentOf(row, shown?.text ?? text));
  }

  function steer(event: KeyboardEvent): void {
    if (event.key === 'Escape' && text !== '') needs.onText('');
    else if (event.key === 'Enter' && active) open(active);
    else {
      const isText = event.key === 'Home' || event.key === 'End';
      const next = isText ? undefined : movedIndex(event, index, { count: rows.length, page: PAGE_ROWS });
      if (next === undefined) return;
      setActiveKey(rows[next]?.key);
    }
    event.preventDefault();
  }

  return { state, rows, active, activate: setActiveKey, open, steer };
}

/** What was found last stays until there is something else to show. */
export function shownOf(state: ContentSearch): FoundText | undefined {
  if (state.kind === 'found') return state.found;
  return state.kind === 'searching' ? state.before : undefined;
}
