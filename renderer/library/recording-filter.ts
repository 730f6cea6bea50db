/** Which recordings are listed, and in which order. */
import type { RecordingInfo } from '../../preload/contract.ts';
import {
  compareRecordings,
  matchesQuery,
  type RecordingQuery,
  type RecordingSort,
} from '../../preload/recording-query.ts';
import { parseRecordingQuery, splitQueryWords } from '../../preload/recording-query-text.ts';
import { FIRST_WISH } from './list-wish.ts';

/** All that a filter's text names, newest first. What of it cannot be understood is not asked for. */
export function listRecordings(
  recordings: Iterable<RecordingInfo>,
  filter: string,
  {
    nowMs = Date.now(),
    sort = FIRST_WISH.sort,
  }: { readonly nowMs?: number; readonly sort?: RecordingSort } = {},
): readonly RecordingInfo[] {
  return createRecordingOrder(parseRecordingQuery(filter, { nowMs }).query, sort)(recordings);
}

/**
 * Filters and sorts the same way again and again, as recordings come, go and grow: of ten thousand only those that are
 * other ones are looked at, and what was in order stays so.
 */
export function createRecordingOrder(
  query: RecordingQuery,
  sort: RecordingSort,
): (recordings: Iterable<RecordingInfo>) => readonly RecordingInfo[] {
  const compare = compareRecordings(sort);
  const answers = new WeakMap<RecordingInfo, boolean>();
  let places: ReadonlyMap<string, number> = new Map();

  function matches(recording: RecordingInfo): boolean {
    const known = answers.get(recording);
    if (known !== undefined) return known;
    const answer = matchesQuery(query, recording);
    answers.set(recording, answer);
    return answer;
  }

  return (recordings) => {
    const listed: RecordingInfo[] = [];
    const others: RecordingInfo[] = [];
    for (const recording of recordings) {
      if (!matches(recording)) continue;
      const place = places.get(recording.recordingId);
      if (place === undefined) others.push(recording);
      else listed[place] = recording;
    }
    // Runs that are in order already cost the sort one look each.
    const next = [...others, ...listed.filter(Boolean)].sort(compare);
    places = new Map(next.map(({ recordingId }, index) => [recordingId, index]));
    return next;
  };
}

/** A filter's text as the search on screens takes it: its free words, and the rest as it is written. */
export function toSearchFilter(text: string): { readonly words: readonly string[]; readonly filter: string } {
  const wrong = parseRecordingQuery(text, { nowMs: 0 }).problems;
  const right = [...splitQueryWords(text)].filter(({ from }) => !wrong.some((one) => one.from === from));
  const isFree = (word: (typeof right)[number]): boolean => word.key === undefined && !word.isExcluded;
  return {
    words: right
      .filter(isFree)
      .map(({ value }) => value.toLowerCase())
      .filter(Boolean),
    filter: right
      .filter((word) => !isFree(word))
      .map(({ from, to }) => text.slice(from, to))
      .join(' '),
  };
}
