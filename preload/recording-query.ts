import type { RecordingInfo } from './contract-recordings.ts';

/** A state of its own, or `not-uploaded`: whatever its state, a recorder has not got it yet. */
export type RecordingListState = RecordingInfo['state'] | 'not-uploaded';

export const RECORDING_LIST_STATES: readonly RecordingListState[] = [
  'live',
  'closed',
  'cut',
  'recovered',
  'damaged',
  'unreadable',
  'not-uploaded',
];

/**
 * What of a recording can be asked for, or be excluded. Names are globs: `*` is any text, `?` one character, capitals
 * are as good as small letters, and the whole name must match.
 */
export interface RecordingTerms {
  /**
   * Each stands somewhere in what is known of it: its id, place, command, image, user, title, reason, comment, tags, how
   * it ended, whether it is encrypted.
   */
  readonly words?: readonly string[];
  readonly contexts?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly pods?: readonly string[];
  /** As its pod named it. */
  readonly images?: readonly string[];
  /** Whom the cluster took us for. */
  readonly users?: readonly string[];
  readonly tags?: readonly string[];
  readonly states?: readonly RecordingListState[];
  readonly isPinned?: true;
}

/** Which recordings are wanted: those that all of it is true of. Of names and states one is enough, of words and tags all are. */
export interface RecordingQuery extends RecordingTerms {
  /** Not those that any of it is true of. */
  readonly excluding?: RecordingTerms;
  /** `unknown`: it ended, and nobody knows with which code. */
  readonly exit?: 'ok' | 'failed' | 'unknown' | number;
  /** It began then or later, in Unix milliseconds. */
  readonly sinceMs?: number;
  /** It began before, in Unix milliseconds. */
  readonly untilMs?: number;
  readonly minDurationMicros?: number;
  readonly maxDurationMicros?: number;
}

export interface RecordingSort {
  readonly by: RecordingSortKey;
  readonly isAscending: boolean;
}

export type RecordingSortKey = 'started' | 'duration' | 'bytes' | 'pod' | 'context';
export const RECORDING_SORT_KEYS: readonly RecordingSortKey[] = [
  'started',
  'duration',
  'bytes',
  'pod',
  'context',
];

export type RecordingGrouping = 'none' | 'day' | 'pod';
export const RECORDING_GROUPINGS: readonly RecordingGrouping[] = ['none', 'day', 'pod'];

export interface RecordingGroup<T> {
  /** Of a day `2026-11-20`, of a pod `context/namespace/pod`; empty where nobody knows, or where nothing is grouped. */
  readonly key: string;
  /** Never empty, in the order in which they came. */
  readonly recordings: readonly [T, ...T[]];
}

export function matchesQuery(query: RecordingQuery, recording: RecordingInfo): boolean {
  return (
    matchesExit(query.exit, recording) &&
    recording.startedAtMs >= (query.sinceMs ?? Number.NEGATIVE_INFINITY) &&
    recording.startedAtMs < (query.untilMs ?? Number.POSITIVE_INFINITY) &&
    recording.durationMicros >= (query.minDurationMicros ?? 0) &&
    recording.durationMicros <= (query.maxDurationMicros ?? Number.POSITIVE_INFINITY) &&
    TERM_TESTS.every((test) => test.asksNothing(query) || test.isWanted(query, recording)) &&
    (query.excluding === undefined || !matchesAnyTerm(query.excluding, recording))
  );
}

/** Whole order: two recordings are equal only if they are one. Those that are alike come newest first. */
export function compareRecordings({
  by,
  isAscending,
}: RecordingSort): (a: RecordingInfo, b: RecordingInfo) => number {
  const compare = COMPARE[by];
  const sign = isAscending ? 1 : -1;
  return (a, b) => sign * compare(a, b) || b.startedAtMs - a.startedAtMs || compareIds(b, a);
}

/** Groups in the order of their first recordings. Days are those of the local time. */
export function groupRecordings<T extends RecordingInfo>(
  by: RecordingGrouping,
  recordings: readonly T[],
): readonly RecordingGroup<T>[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const recording of recordings) {
    const key = GROUP_KEYS[by](recording);
    const group = groups.get(key);
    if (group) group.push(recording);
    else groups.set(key, [recording]);
  }
  return [...groups].map(([key, grouped]) => ({ key, recordings: grouped }));
}

/** A day of the local time as `2026-11-20`. */
export function formatLocalDay(timeMs: number): string {
  const date = new Date(timeMs);
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'));
  return `${String(date.getFullYear()).padStart(4, '0')}-${month}-${day}`;
}

/** One kind of term: whether a query has none of it, whether it is met, and whether any single one of it is. */
interface TermTest {
  asksNothing(terms: RecordingTerms): boolean;
  isWanted(terms: RecordingTerms, recording: RecordingInfo): boolean;
  hasAny(terms: RecordingTerms, recording: RecordingInfo): boolean;
}

const TERM_TESTS: readonly TermTest[] = [
  testNames('contexts', ({ context }) => context),
  testNames('namespaces', ({ namespace }) => namespace),
  testNames('pods', ({ pod }) => pod),
  testNames('images', ({ image }) => image),
  testNames('users', ({ user }) => user),
  {
    asksNothing: ({ tags }) => !tags?.length,
    isWanted: ({ tags = [] }, recording) => tags.every((tag) => hasTag(recording, tag)),
    hasAny: ({ tags = [] }, recording) => tags.some((tag) => hasTag(recording, tag)),
  },
  {
    asksNothing: ({ states }) => !states?.length,
    isWanted: ({ states = [] }, recording) => states.some((state) => isInState(recording, state)),
    hasAny: ({ states = [] }, recording) => states.some((state) => isInState(recording, state)),
  },
  {
    asksNothing: ({ isPinned }) => !isPinned,
    isWanted: (_terms, { isPinned }) => isPinned === true,
    hasAny: (_terms, { isPinned }) => isPinned === true,
  },
  // Last: it costs the most.
  {
    asksNothing: ({ words }) => !words?.length,
    isWanted({ words = [] }, recording) {
      const text = describeInWords(recording);
      return words.every((word) => text.includes(word.toLowerCase()));
    },
    hasAny({ words = [] }, recording) {
      const text = describeInWords(recording);
      return words.some((word) => text.includes(word.toLowerCase()));
    },
  },
];

function testNames(
  field: 'contexts' | 'namespaces' | 'pods' | 'images' | 'users',
  nameOf: (recording: RecordingInfo) => string | undefined,
): TermTest {
  const hasAny: TermTest['hasAny'] = (terms, recording) => {
    const name = nameOf(recording) ?? '';
    return (terms[field] ?? []).some((glob) => matchesGlob(glob, name));
  };
  return { asksNothing: (terms) => !terms[field]?.length, isWanted: hasAny, hasAny };
}

function matchesAnyTerm(terms: RecordingTerms, recording: RecordingInfo): boolean {
  return TERM_TESTS.some((test) => !test.asksNothing(terms) && test.hasAny(terms, recording));
}

function matchesExit(exit: RecordingQuery['exit'], { exitCode, state }: RecordingInfo): boolean {
  switch (exit) {
    case undefined:
      return true;
    case 'ok':
      return exitCode === 0;
    case 'failed':
      return exitCode !== undefined && exitCode !== 0;
    case 'unknown':
      return exitCode === undefined && state !== 'live';
    default:
      return exitCode === exit;
  }
}

function isInState({ state, isOwed }: RecordingInfo, wanted: RecordingListState): boolean {
  return wanted === 'not-uploaded' ? isOwed === true : state === wanted;
}

function hasTag({ tags = [] }: RecordingInfo, glob: string): boolean {
  return tags.some((tag) => matchesGlob(glob, tag));
}

/** Of one line each, so that no word is found across two of them. */
function describeInWords(recording: RecordingInfo): string {
  const { recordingId, context, namespace, pod, container, command, cluster, image, user, node } = recording;
  const { podUid, imageId, reason, imported, comment, tags = [], state, exitCode, note } = recording;
  const { encryptedTo, isLocked } = recording;
  const place = [context, namespace, pod, container, command.join(' '), cluster?.name, image, user, node];
  const ids = [cluster?.server, `${pod}/${container}`, podUid, imageId];
  const told = [reason, imported?.title, comment, ...tags];
  const end = [state, exitCode === undefined ? undefined : `exit ${exitCode}`, note];
  const lock = encryptedTo && (isLocked ? 'encrypted, key missing' : 'encrypted');
  return [recordingId, ...place, ...ids, ...told, ...end, lock].filter(Boolean).join('\n').toLowerCase();
}

/**
 * Whether a whole name is what the glob says. Steps back to the last `*` alone, so that no pattern takes longer than
 * its length times the name's.
 */
export function matchesGlob(glob: string, name: string): boolean {
  const pattern = [...glob.toLowerCase()];
  const text = [...name.toLowerCase()];
  let at = 0;
  let from = 0;
  let star: { readonly next: number; readonly from: number } | undefined;
  while (from < text.length) {
    if (pattern[at] === '*') {
      star = { next: at + 1, from };
      at += 1;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[from])) {
      at += 1;
      from += 1;
    } else if (star) {
      star = { next: star.next, from: star.from + 1 };
      at = star.next;
      from = star.from;
    } else {
      return false;
    }
  }
  return pattern.slice(at).every((character) => character === '*');
}

/** `web-2` before `web-10`, and `Web` beside `web`. */
const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

const COMPARE: Record<RecordingSortKey, (a: RecordingInfo, b: RecordingInfo) => number> = {
  started: (a, b) => a.startedAtMs - b.startedAtMs,
  duration: (a, b) => a.durationMicros - b.durationMicros,
  bytes: (a, b) => a.bytes - b.bytes,
  pod: (a, b) => names.compare(a.pod, b.pod) || names.compare(a.container, b.container),
  context: (a, b) => names.compare(a.context, b.context) || names.compare(a.namespace, b.namespace),
};

const GROUP_KEYS: Record<RecordingGrouping, (recording: RecordingInfo) => string> = {
  none: () => '',
  day: ({ startedAtMs }) => formatLocalDay(startedAtMs),
  pod: ({ context, namespace, pod }) => [context, namespace, pod].filter(Boolean).join('/'),
};

function compareIds(a: RecordingInfo, b: RecordingInfo): number {
  if (a.recordingId === b.recordingId) return 0;
  return a.recordingId < b.recordingId ? -1 : 1;
}
