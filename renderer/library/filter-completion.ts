/** What can stand where one types in the filter: the names of filters, and the values that the listed recordings have. */
import type { RecordingInfo } from '../../preload/contract.ts';
import { RECORDING_LIST_STATES } from '../../preload/recording-query.ts';
import {
  formatFilter,
  QUERY_FILTERS,
  type QueryWord,
  splitQueryWords,
} from '../../preload/recording-query-text.ts';

export interface FilterOption {
  /** In place of the word, a `:` at its end where a value is to follow. */
  readonly text: string;
  /** What it means, or how many recordings have it. */
  readonly note: string;
}

export interface FilterCompletion {
  /** The word that they are for, in the text. */
  readonly from: number;
  readonly to: number;
  /** Whether the first one is meant by Enter, as long as none is chosen. */
  readonly isSure: boolean;
  readonly options: readonly FilterOption[];
}

/** As many as are seen at once. */
const MOST_OPTIONS = 8;

export function completeFilter(
  text: string,
  cursor: number,
  recordings: Iterable<RecordingInfo>,
): FilterCompletion | undefined {
  const word = [...splitQueryWords(text)].find(({ from, to }) => from < cursor && cursor <= to);
  // Behind it stands what has been typed already; in the middle of a word nobody asks for its end.
  if (!word || cursor !== word.to) return undefined;
  const dash = word.isExcluded ? '-' : '';
  const found = word.key === undefined ? nameOptions(word) : valueOptions(word.key, word.value, recordings);
  const options = found
    .slice(0, MOST_OPTIONS)
    .map(({ text: option, note }) => ({ text: dash + option, note }));
  const written = text.slice(word.from, word.to);
  // The only one that is left has been typed in full.
  if (options.length === 0 || (options.length === 1 && options[0]?.text === written)) return undefined;
  const isSure = word.key !== undefined && !options.some((option) => option.text === written);
  return { from: word.from, to: word.to, isSure, options };
}

/** The text with an option in its place, and where one goes on typing. */
export function applyOption(
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
  option: string,
): { readonly text: string; readonly cursor: number } {
  const before = text.slice(0, from);
  const gap = option.endsWith(':') ? '' : ' ';
  return {
    text: `${before}${option}${gap}${text.slice(to).trimStart()}`,
    cursor: from + option.length + gap.length,
  };
}

const NAMES: readonly { readonly key: string; readonly help: string }[] = QUERY_FILTERS.flatMap(
  ({ filter, help }) => {
    const key = /^[a-z]+(?=:)/.exec(filter)?.[0];
    return key === undefined ? [] : [{ key, help }];
  },
);

function nameOptions({ value }: QueryWord): FilterOption[] {
  const typed = value.toLowerCase();
  if (typed === '') return [];
  return NAMES.filter(({ key }) => key.startsWith(typed)).map(({ key, help }) => ({
    text: `${key}:`,
    note: help,
  }));
}

type Values = (recording: RecordingInfo) => readonly (string | undefined)[];

const NAMED: Readonly<Record<string, Values>> = {
  context: ({ context }) => [context],
  namespace: ({ namespace }) => [namespace],
  ns: ({ namespace }) => [namespace],
  pod: ({ pod }) => [pod],
  image: ({ image }) => [image],
  user: ({ user }) => [user],
  tag: ({ tags = [] }) => tags,
};

const COUNTED: Readonly<Record<string, Values>> = {
  state: ({ state, isOwed }) => [state, isOwed && 'not-uploaded'],
  exit: ({ exitCode, state }) => {
    if (exitCode === undefined) return [state === 'live' ? undefined : 'unknown'];
    return [exitCode === 0 ? 'ok' : 'failed', `${exitCode}`];
  },
  is: ({ isPinned }) => [isPinned && 'pinned'],
};

const FIXED: Readonly<Record<string, readonly string[]>> = {
  state: RECORDING_LIST_STATES,
  exit: ['ok', 'failed', 'unknown'],
  is: ['pinned'],
  since: ['today', 'yesterday', '1h', '24h', '7d', '30d'],
  until: ['today', 'yesterday', '1h', '24h', '7d', '30d'],
  on: ['today', 'yesterday'],
  longer: ['1m', '5m', '15m', '1h'],
  shorter: ['1m', '5m', '15m', '1h'],
};

function valueOptions(key: string, value: string, recordings: Iterable<RecordingInfo>): FilterOption[] {
  const typed = value.toLowerCase();
  const named = NAMED[key];
  const counts = countValues(recordings, named ?? COUNTED[key]);
  if (!named) {
    const known = [...new Set([...(FIXED[key] ?? []), ...counts.keys()])];
    return known
      .filter((one) => one.startsWith(typed))
      .map((one) => ({ text: `${key}:${one}`, note: COUNTED[key] ? `${counts.get(one) ?? 0}` : '' }));
  }
  // Whoever writes a pattern has said which ones.
  if (/[*?]/.test(typed)) return [];
  const values = [...counts].filter(([one]) => one.toLowerCase().includes(typed));
  const ranked = values.sort(([a, countA], [b, countB]) => {
    const isFirst = (one: string): number => (one.toLowerCase().startsWith(typed) ? 0 : 1);
    return isFirst(a) - isFirst(b) || countB - countA || a.localeCompare(b);
  });
  const options = ranked.map(([one, count]) => ({ text: formatFilter(key, one), note: `${count}` }));
  const all = values.reduce((sum, [, count]) => sum + count, 0);
  const isPart = typed !== '' && values.length > 1;
  return isPart
    ? [{ text: formatFilter(key, `*${value}*`), note: `${all}, all of these` }, ...options]
    : options;
}

function countValues(recordings: Iterable<RecordingInfo>, valuesOf: Values | undefined): Map<string, number> {
  const counts = new Map<string, number>();
  if (!valuesOf) return counts;
  for (const recording of recordings) {
    for (const value of valuesOf(recording)) {
      if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  return counts;
}
