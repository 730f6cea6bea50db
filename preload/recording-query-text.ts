import {
  formatLocalDay,
  RECORDING_LIST_STATES,
  type RecordingListState,
  type RecordingQuery,
  type RecordingTerms,
} from './recording-query.ts';
import { findDay, formatDuration, parseDuration, parseTime, startOfDay } from './recording-query-values.ts';

/** A word of the text that cannot be understood, and is not asked for. */
export interface QueryProblem {
  /** Where it stands in the text. */
  readonly from: number;
  readonly to: number;
  /** The word, and what is the matter with it. */
  readonly message: string;
  /** What can be written instead. */
  readonly hint: string;
}

export interface ParsedQuery {
  /** Of all words that can be understood. */
  readonly query: RecordingQuery;
  readonly problems: readonly QueryProblem[];
}

/** The filters, as a help text tells them. */
export const QUERY_FILTERS: readonly { readonly filter: string; readonly help: string }[] = [
  { filter: 'context:prod-*', help: 'kubeconfig context; * is any text, ? one character' },
  { filter: 'namespace:shop', help: 'namespace, ns: for short' },
  { filter: 'pod:api-*', help: 'pod' },
  { filter: 'image:*nginx*', help: 'image of the container' },
  { filter: 'user:alice', help: 'whom the cluster took you for' },
  { filter: 'tag:incident', help: 'tag; all that are named' },
  { filter: 'state:damaged', help: RECORDING_LIST_STATES.join(', ') },
  { filter: 'exit:failed', help: 'ok, failed, unknown or a code' },
  { filter: 'since:7d', help: 'began since: 7d, 2026-11-01, 2026-11-01T09:30, today' },
  { filter: 'until:2026-11-20', help: 'began until then, that day included' },
  { filter: 'on:2026-11-20', help: 'began on that day; today, yesterday' },
  { filter: 'longer:5m', help: 'at least that long: 90s, 5m, 1h30m' },
  { filter: 'shorter:1h', help: 'at most that long' },
  { filter: 'is:pinned', help: 'pinned' },
  { filter: '-pod:test-*', help: 'not those; so with words, names, tags and states' },
  { filter: '"two words"', help: 'as it stands, with spaces and colons' },
];

/**
 * Reads `context:prod pod:api-* exit:failed since:7d free words`. Times without a zone are local; ages count from
 * `nowMs`. Never throws: what is wrong is told, and the other words hold.
 */
export function parseRecordingQuery(text: string, { nowMs }: { readonly nowMs: number }): ParsedQuery {
  const problems: QueryProblem[] = [];
  let query: RecordingQuery = {};
  for (const word of splitQueryWords(text)) {
    const read = readWord(word, nowMs);
    const next = typeof read === 'string' ? read : combine(query, read, word);
    if (typeof next !== 'string') {
      query = next;
      continue;
    }
    const { from, to } = word;
    problems.push({ from, to, message: `${text.slice(from, to)}: ${next}`, hint: hintFor(word) });
  }
  return { query, problems };
}

/** The text that says the same. Times from 1970 to 9998, as all that was parsed. */
export function formatRecordingQuery(query: RecordingQuery): string {
  const { exit, sinceMs, untilMs, minDurationMicros, maxDurationMicros } = query;
  return [
    ...formatTerms(query, ''),
    ...(query.excluding ? formatTerms(query.excluding, '-') : []),
    ...(exit === undefined ? [] : [`exit:${exit}`]),
    ...formatTimes(sinceMs, untilMs),
    ...(minDurationMicros === undefined ? [] : [`longer:${formatDuration(minDurationMicros)}`]),
    ...(maxDurationMicros === undefined ? [] : [`shorter:${formatDuration(maxDurationMicros)}`]),
  ].join(' ');
}

/** One filter as a word of the text, in quotes where its value needs them. */
export function formatFilter(key: string, value: string): string {
  return `${key}:${isPlain(value) ? value : quote(value)}`;
}

/** A word as it stands in the text, understood or not. */
export interface QueryWord {
  readonly from: number;
  readonly to: number;
  readonly isExcluded: boolean;
  /** As it was written, in small letters; absent in a free word. */
  readonly key: string | undefined;
  readonly value: string;
  /** A quote that was opened is closed. */
  readonly isWhole: boolean;
}

/** A dash, a filter's name, then a value in quotes or up to the next space. */
const WORD = /(-(?=\S))?(?:([a-z]+):)?(?:"((?:[^"\\]|\\[\s\S])*)("|\\?$)|(\S*))/gi;

export function* splitQueryWords(text: string): Generator<QueryWord> {
  for (const { 0: whole, 1: dash, 2: key, 3: quoted, 4: end, 5: bare = '', index } of text.matchAll(WORD)) {
    if (whole === '') continue;
    const value = quoted === undefined ? bare : quoted.replace(/\\(["\\])/g, '$1');
    const isWhole = quoted === undefined || end === '"';
    const range = { from: index, to: index + whole.length };
    yield { ...range, isExcluded: dash !== undefined, key: key?.toLowerCase(), value, isWhole };
  }
}

type Key = keyof typeof READERS;

/** What a value asks for; a string says why nothing. */
const READERS = {
  context: (value) => ({ contexts: [value] }),
  namespace: (value) => ({ namespaces: [value] }),
  ns: (value) => ({ namespaces: [value] }),
  pod: (value) => ({ pods: [value] }),
  image: (value) => ({ images: [value] }),
  user: (value) => ({ users: [value] }),
  tag: (value) => ({ tags: [value] }),
  state: readState,
  exit: readExit,
  since: (value, nowMs) => readTime(value, nowMs, (sinceMs) => ({ sinceMs }), 'first'),
  until: (value, nowMs) => readTime(value, nowMs, (untilMs) => ({ untilMs }), 'last'),
  on: readDay,
  longer: (value) => readDuration(value, (minDurationMicros) => ({ minDurationMicros })),
  shorter: (value) => readDuration(value, (maxDurationMicros) => ({ maxDurationMicros })),
  is: (value) => (value.toLowerCase() === 'pinned' ? { isPinned: true } : 'the only one is is:pinned'),
} satisfies Record<string, (value: string, nowMs: number) => RecordingQuery | string>;

function isKey(key: string): key is Key {
  return Object.hasOwn(READERS, key);
}

function readWord({ key, value, isWhole }: QueryWord, nowMs: number): RecordingQuery | string {
  if (!isWhole) return 'its quote is not closed';
  if (key === undefined) return value === '' ? {} : { words: [value] };
  if (!isKey(key)) return `there is no filter ${key}`;
  if (value === '') return 'it says nothing after its colon';
  return READERS[key](value, nowMs);
}

function hintFor({ key, isWhole }: QueryWord): string {
  if (!isWhole) return 'End it with ".';
  const example = QUERY_FILTERS.find(({ filter }) => filter.startsWith(`${key}:`));
  if (example) return `As in ${example.filter} (${example.help}).`;
  const keys = Object.keys(READERS).map((one) => `${one}:`);
  return `There are ${keys.join(' ')}; in quotes it is looked for as it stands.`;
}

function readState(value: string): RecordingQuery | string {
  const state = RECORDING_LIST_STATES.find((one) => one === value.toLowerCase());
  return state ? { states: [state] } : 'there is no such state';
}

function readExit(value: string): RecordingQuery | string {
  const exit = value.toLowerCase();
  if (exit === 'ok' || exit === 'failed' || exit === 'unknown') return { exit };
  return /^-?\d{1,9}$/.test(exit) ? { exit: Number(exit) + 0 } : 'it is no exit code';
}

function readTime(
  text: string,
  nowMs: number,
  ask: (timeMs: number) => RecordingQuery,
  side: 'first' | 'last',
): RecordingQuery | string {
  const day = findDay(text, nowMs);
  const timeMs = day === undefined ? parseTime(text, nowMs) : startOfDay(day, side === 'first' ? 0 : 1);
  return timeMs === undefined ? 'it is no time' : ask(Math.max(0, timeMs));
}

function readDay(text: string, nowMs: number): RecordingQuery | string {
  const day = findDay(text, nowMs);
  if (day === undefined) return 'it is no day';
  return { sinceMs: Math.max(0, startOfDay(day, 0)), untilMs: Math.max(0, startOfDay(day, 1)) };
}

function readDuration(value: string, ask: (micros: number) => RecordingQuery): RecordingQuery | string {
  const micros = parseDuration(value);
  return micros === undefined ? 'it is no duration' : ask(micros);
}

/** Adds what one word asks for; a string says why that cannot be. */
function combine(query: RecordingQuery, asked: RecordingQuery, word: QueryWord): RecordingQuery | string {
  if (!word.isExcluded) return merge(query, asked);
  if (SCALARS.some((field) => asked[field] !== undefined)) return 'this cannot be excluded';
  const excluding = merge(query.excluding ?? {}, asked);
  if (typeof excluding === 'string') return excluding;
  return Object.keys(excluding).length === 0 ? query : { ...query, excluding };
}

const SCALARS = ['exit', 'sinceMs', 'untilMs', 'minDurationMicros', 'maxDurationMicros'] as const;
const LISTS = ['words', 'contexts', 'namespaces', 'pods', 'images', 'users', 'tags', 'states'] as const;

function merge(query: RecordingQuery, asked: RecordingQuery): RecordingQuery | string {
  const isTwice = SCALARS.some((field) => query[field] !== undefined && asked[field] !== undefined);
  if (isTwice) return 'this was said before';
  const lists = LISTS.flatMap((field) => {
    const values = asked[field];
    return values ? [[field, [...new Set([...(query[field] ?? []), ...values])]]] : [];
  });
  return { ...query, ...asked, ...Object.fromEntries(lists) };
}

function formatTerms(terms: RecordingTerms, dash: '' | '-'): string[] {
  const { words = [], contexts = [], namespaces = [], pods = [], images = [], users = [] } = terms;
  const { tags = [], states = [], isPinned } = terms;
  const filters = (key: Key, values: readonly (string | RecordingListState)[]): string[] =>
    values.map((value) => `${dash}${formatFilter(key, value)}`);
  return [
    ...filters('context', contexts),
    ...filters('namespace', namespaces),
    ...filters('pod', pods),
    ...filters('image', images),
    ...filters('user', users),
    ...filters('tag', tags),
    ...filters('state', states),
    ...(isPinned ? [`${dash}is:pinned`] : []),
    ...words.map((word) => `${dash}${isPlain(word) && !/^(-|[a-z]+:)/i.test(word) ? word : quote(word)}`),
  ];
}

function formatTimes(sinceMs: number | undefined, untilMs: number | undefined): string[] {
  const first = sinceMs === undefined || startOfDay(sinceMs, 0) !== sinceMs ? undefined : sinceMs;
  const last = untilMs === undefined || startOfDay(untilMs, 0) !== untilMs ? undefined : untilMs - 1;
  if (first !== undefined && last !== undefined && startOfDay(first, 1) === untilMs) {
    return [`on:${formatLocalDay(first)}`];
  }
  return [
    ...(sinceMs === undefined ? [] : [`since:${formatTime(sinceMs, first)}`]),
    ...(untilMs === undefined ? [] : [`until:${formatTime(untilMs, last)}`]),
  ];
}

function formatTime(timeMs: number, day: number | undefined): string {
  return day === undefined ? new Date(timeMs).toISOString() : formatLocalDay(day);
}

function isPlain(value: string): boolean {
  return value !== '' && !/[\s"]/.test(value);
}

function quote(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}
