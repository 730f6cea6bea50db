import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RecordingInfo } from '../../preload/contract.ts';
import {
  compareRecordings,
  formatLocalDay,
  groupRecordings,
  matchesGlob,
  matchesQuery,
  RECORDING_SORT_KEYS,
  type RecordingQuery,
} from '../../preload/recording-query.ts';
import { recording } from '../fakes/recording-info.ts';

const NOON_MS = new Date(2026, 10, 20, 12).getTime();
const HOUR_MICROS = 3_600_000_000;

function makeRow(changes: Partial<RecordingInfo> = {}): RecordingInfo {
  return recording({
    recordingId: '20261120-120000-abcdef',
    pod: 'api-7c9',
    command: ['/bin/sh', '-c', 'vim'],
    startedAtMs: NOON_MS,
    durationMicros: HOUR_MICROS,
    exitCode: 0,
    ...changes,
  });
}

function isFound(query: RecordingQuery, changes: Partial<RecordingInfo> = {}): boolean {
  return matchesQuery(query, makeRow(changes));
}

test('who asks for nothing gets all', () => {
  expect(isFound({})).toBe(true);
  expect(isFound({ words: [], contexts: [], tags: [], states: [], excluding: {} })).toBe(true);
});

test('each word must stand somewhere in what is known, in capitals or not', () => {
  const known: Partial<RecordingInfo> = {
    cluster: { name: 'Frankfurt', server: 'https://10.0.0.1' },
    image: 'registry/nginx:1.25',
    user: 'alice@example.com',
    node: 'node-7',
    reason: 'INC-42',
    imported: { fileName: 'a.cast', format: 'asciicast v3', title: 'Deploy of Monday' },
    comment: 'shown to the team',
    tags: ['Incident'],
    podUid: '7c1f-77',
    imageId: 'sha256:0c12',
    exitCode: 137,
    note: 'the pod was evicted',
    encryptedTo: ['age1ab'],
    isLocked: true,
  };
  const words = [
    '20261120',
    'prod',
    'SHOP',
    '7c9',
    'app',
    '-c vim',
    'frankfurt',
    'nginx:1',
    'alice@',
    'node-7',
  ];
  const ends = ['closed', 'exit 137', 'evicted', 'key missing', '7c1f', '0c12', '10.0.0.1'];
  for (const word of [...words, ...ends, 'inc-42', 'deploy of', 'the team', 'incident']) {
    expect(isFound({ words: [word] }, known), word).toBe(true);
    expect(isFound({ excluding: { words: ['nowhere', word] } }, known), word).toBe(false);
  }
  expect(isFound({ words: ['prod', 'nowhere'] }, known)).toBe(false);
  // The end of one field and the start of the next are no word.
  expect(isFound({ words: ['shopapi'] }, known)).toBe(false);
});

test('of names and states one is enough, of tags all are', () => {
  expect(isFound({ pods: ['web', 'api-*'] })).toBe(true);
  expect(isFound({ pods: ['api'] })).toBe(false);
  expect(isFound({ contexts: ['PROD-??'], namespaces: ['shop'] })).toBe(true);
  expect(isFound({ contexts: ['prod-eu'], namespaces: ['bank'] })).toBe(false);
  expect(isFound({ images: ['*nginx*'] })).toBe(false);
  expect(isFound({ images: ['*nginx*'] }, { image: 'r/nginx:1' })).toBe(true);
  expect(isFound({ users: ['alice'] }, { user: 'Alice' })).toBe(true);
  expect(isFound({ states: ['live', 'closed'] })).toBe(true);
  expect(isFound({ states: ['damaged'] })).toBe(false);
  expect(isFound({ tags: ['a', 'b'] }, { tags: ['b', 'a', 'c'] })).toBe(true);
  expect(isFound({ tags: ['a', 'b'] }, { tags: ['a'] })).toBe(false);
  expect(isFound({ tags: ['a'] })).toBe(false);
  expect(isFound({ isPinned: true })).toBe(false);
  expect(isFound({ isPinned: true }, { isPinned: true })).toBe(true);
});

test('what no recorder has yet is asked for whatever its own state', () => {
  expect(isFound({ states: ['not-uploaded'] })).toBe(false);
  expect(isFound({ states: ['not-uploaded'] }, { isOwed: true })).toBe(true);
  expect(isFound({ states: ['closed'] }, { isOwed: true })).toBe(true);
});

test('one excluded term is enough to be left out', () => {
  expect(isFound({ excluding: { namespaces: ['kube-*', 'shop'] } })).toBe(false);
  expect(isFound({ excluding: { namespaces: ['kube-*'] } })).toBe(true);
  expect(isFound({ excluding: { tags: ['a', 'b'] } }, { tags: ['b'] })).toBe(false);
  expect(isFound({ excluding: { states: ['closed'] } })).toBe(false);
  expect(isFound({ excluding: { isPinned: true } }, { isPinned: true })).toBe(false);
  expect(isFound({ excluding: { isPinned: true } })).toBe(true);
  expect(isFound({ pods: ['api-*'], excluding: { contexts: ['prod-*'] } })).toBe(false);
});

test('an exit is told by its code; of a live recording nothing is known and nothing is missing', () => {
  const isExit = (exit: NonNullable<RecordingQuery['exit']>, row: RecordingInfo): boolean =>
    matchesQuery({ exit }, row);
  const { exitCode: _, ...unknown } = makeRow();
  expect((['ok', 'failed', 'unknown', 0, 1] as const).map((exit) => isExit(exit, makeRow()))).toEqual([
    true,
    false,
    false,
    true,
    false,
  ]);
  expect(isExit('failed', makeRow({ exitCode: 137 }))).toBe(true);
  expect(isExit(137, makeRow({ exitCode: 137 }))).toBe(true);
  expect(isExit('unknown', unknown)).toBe(true);
  expect(isExit('unknown', { ...unknown, state: 'live' })).toBe(false);
  expect(isExit('ok', unknown)).toBe(false);
});

test('times begin with the first moment and end before the last; durations hold both', () => {
  expect(isFound({ sinceMs: NOON_MS })).toBe(true);
  expect(isFound({ sinceMs: NOON_MS + 1 })).toBe(false);
  expect(isFound({ untilMs: NOON_MS + 1 })).toBe(true);
  expect(isFound({ untilMs: NOON_MS })).toBe(false);
  expect(isFound({ minDurationMicros: HOUR_MICROS, maxDurationMicros: HOUR_MICROS })).toBe(true);
  expect(isFound({ minDurationMicros: HOUR_MICROS + 1 })).toBe(false);
  expect(isFound({ maxDurationMicros: HOUR_MICROS - 1 })).toBe(false);
});

test('a glob means what the same regular expression means', () => {
  const piece = fc.constantFrom('a', 'B', '*', '?', '.', '語');
  fc.assert(
    fc.property(fc.array(piece), fc.array(fc.constantFrom('a', 'b', '.', '語', '😀')), (glob, name) => {
      const parts = glob.map((one) => (one === '*' ? '.*' : one === '?' ? '.' : one === '.' ? '\\.' : one));
      const expected = new RegExp(`^${parts.join('')}$`, 'iu').test(name.join(''));
      expect(matchesGlob(glob.join(''), name.join(''))).toBe(expected);
    }),
  );
});

test('a glob made to be slow is as fast as any other', () => {
  // A matcher that tries each way would take longer than the universe has.
  expect(matchesGlob(`${'*a'.repeat(200)}b`, 'a'.repeat(2_000))).toBe(false);
});

test('a sorting is a whole order, the other way round as well, alike ones newest first', () => {
  const row = fc
    .record({
      recordingId: fc.string({ minLength: 1, maxLength: 3 }),
      context: fc.constantFrom('a', 'A', 'b'),
      pod: fc.constantFrom('web-2', 'web-10'),
      startedAtMs: fc.integer({ min: 0, max: 3 }),
      durationMicros: fc.integer({ min: 0, max: 2 }),
      bytes: fc.integer({ min: 0, max: 2 }),
    })
    .map(makeRow);
  const rows = fc.uniqueArray(row, { selector: ({ recordingId }) => recordingId, maxLength: 12 });
  fc.assert(
    fc.property(rows, fc.constantFrom(...RECORDING_SORT_KEYS), fc.boolean(), (some, by, isAscending) => {
      const compare = compareRecordings({ by, isAscending });
      const sorted = [...some].sort(compare);
      expect([...some].reverse().sort(compare)).toEqual(sorted);
      expect(
        sorted.every((one, index) => sorted.slice(index + 1).every((next) => compare(one, next) < 0)),
      ).toBe(true);
    }),
  );
  const [old, young] = [makeRow({ recordingId: 'old', startedAtMs: 1 }), makeRow({ recordingId: 'young' })];
  expect([old, young].sort(compareRecordings({ by: 'bytes', isAscending: true }))).toEqual([young, old]);
  expect([old, young].sort(compareRecordings({ by: 'bytes', isAscending: false }))).toEqual([young, old]);
});

test('pods are sorted by their numbers', () => {
  const pods = ['web-10', 'Web-2', 'web-1'].map((pod) => makeRow({ recordingId: pod, pod }));
  const sorted = pods.sort(compareRecordings({ by: 'pod', isAscending: true }));
  expect(sorted.map(({ pod }) => pod)).toEqual(['web-1', 'Web-2', 'web-10']);
});

test('groups come in the order of their first recordings and lose none', () => {
  const day = 86_400_000;
  const rows = [
    makeRow({ recordingId: '1' }),
    makeRow({ recordingId: '2', startedAtMs: NOON_MS - day, pod: 'web' }),
    makeRow({ recordingId: '3', startedAtMs: NOON_MS - 1 }),
    makeRow({ recordingId: '4', context: '', namespace: '', pod: '' }),
  ];
  const grouped = (by: Parameters<typeof groupRecordings>[0]): unknown =>
    groupRecordings(by, rows).map(({ key, recordings }) => [key, recordings.map((one) => one.recordingId)]);
  expect(grouped('none')).toEqual([['', ['1', '2', '3', '4']]]);
  expect(grouped('day')).toEqual([
    ['2026-11-20', ['1', '3', '4']],
    ['2026-11-19', ['2']],
  ]);
  expect(grouped('pod')).toEqual([
    ['prod-eu/shop/api-7c9', ['1', '3']],
    ['prod-eu/shop/web', ['2']],
    ['', ['4']],
  ]);
  expect(groupRecordings('day', [])).toEqual([]);
});

test('a day is the one of the local time', () => {
  expect(formatLocalDay(new Date(2026, 0, 2, 23, 59, 59, 999).getTime())).toBe('2026-01-02');
  expect(formatLocalDay(new Date(2026, 0, 3).getTime())).toBe('2026-01-03');
});
