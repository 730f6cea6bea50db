// covers: preload/recording-query-values.ts
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RECORDING_LIST_STATES, type RecordingQuery } from '../../preload/recording-query.ts';
import {
  formatFilter,
  formatRecordingQuery,
  parseRecordingQuery,
  QUERY_FILTERS,
} from '../../preload/recording-query-text.ts';

const NOW_MS = new Date(2026, 10, 21, 12, 30).getTime();
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function parse(text: string): RecordingQuery {
  const { query, problems } = parseRecordingQuery(text, { nowMs: NOW_MS });
  expect(problems).toEqual([]);
  return query;
}

function findProblems(text: string): string[] {
  const { problems } = parseRecordingQuery(text, { nowMs: NOW_MS });
  for (const { from, to, message, hint } of problems) {
    expect(message.startsWith(`${text.slice(from, to)}: `)).toBe(true);
    expect(hint).not.toBe('');
  }
  return problems.map(({ message }) => message);
}

test('filters and free words stand side by side', () => {
  expect(parse('context:prod pod:api-* exit:failed state:damaged tag:incident free words')).toEqual({
    contexts: ['prod'],
    pods: ['api-*'],
    exit: 'failed',
    states: ['damaged'],
    tags: ['incident'],
    words: ['free', 'words'],
  });
  expect(parse('  ')).toEqual({});
  expect(parse('""')).toEqual({});
});

test('a filter that is named again adds to it, once', () => {
  expect(parse('pod:a pod:b POD:a ns:x namespace:y image:i user:u is:pinned is:pinned')).toEqual({
    pods: ['a', 'b'],
    namespaces: ['x', 'y'],
    images: ['i'],
    users: ['u'],
    isPinned: true,
  });
});

test('a dash excludes what comes after it', () => {
  expect(parse('-namespace:kube-* -tag:x -state:live -is:pinned -word api - "-c"')).toEqual({
    excluding: { namespaces: ['kube-*'], tags: ['x'], states: ['live'], isPinned: true, words: ['word'] },
    words: ['api', '-', '-c'],
  });
  expect(parse('-""')).toEqual({});
});

test('quotes hold spaces, colons, dashes and quotes', () => {
  expect(parse('context:"my prod" "nginx:1.25" "say \\"hi\\" \\\\ \\n" user:DOMAIN\\alice')).toEqual({
    contexts: ['my prod'],
    words: ['nginx:1.25', 'say "hi" \\ \\n'],
    users: ['DOMAIN\\alice'],
  });
});

test('times are days of the local time, moments, or how long ago', () => {
  const midnight = (day: number): number => new Date(2026, 10, day).getTime();
  expect(parse('since:7d')).toEqual({ sinceMs: NOW_MS - 7 * DAY_MS });
  expect(parse('since:1h30m until:90s')).toEqual({
    sinceMs: NOW_MS - 1.5 * HOUR_MS,
    untilMs: NOW_MS - 90_000,
  });
  expect(parse('since:2026-11-01 until:2026-11-20')).toEqual({ sinceMs: midnight(1), untilMs: midnight(21) });
  expect(parse('on:2026-11-20')).toEqual({ sinceMs: midnight(20), untilMs: midnight(21) });
  expect(parse('on:Today')).toEqual({ sinceMs: midnight(21), untilMs: midnight(22) });
  expect(parse('on:yesterday')).toEqual({ sinceMs: midnight(20), untilMs: midnight(21) });
  expect(parse('since:2026-11-01T09:30')).toEqual({ sinceMs: new Date(2026, 10, 1, 9, 30).getTime() });
  expect(parse('since:2026-11-01t09:30:15.5z')).toEqual({ sinceMs: Date.UTC(2026, 10, 1, 9, 30, 15, 500) });
  expect(parse('since:2026-11-01T09:30+02:00')).toEqual({ sinceMs: Date.UTC(2026, 10, 1, 7, 30) });
  // Before there was time: since ever.
  expect(parse('since:9999w')).toEqual({ sinceMs: 0 });
});

test('durations are written as they are said', () => {
  expect(parse('longer:90s shorter:1h30m')).toEqual({
    minDurationMicros: 90_000_000,
    maxDurationMicros: 5_400_000_000,
  });
  expect(parse('longer:1.5m shorter:500ms')).toEqual({
    minDurationMicros: 90_000_000,
    maxDurationMicros: 500_000,
  });
});

test('an exit is a word or a code', () => {
  const exits = ['ok', 'Failed', 'unknown', '137', '-1', '0'].map((exit) => parse(`exit:${exit}`).exit);
  expect(exits).toEqual(['ok', 'failed', 'unknown', 137, -1, 0]);
});

test('what cannot be understood is told at its place, and the rest holds', () => {
  const text = 'pod:a conetxt:prod state:gone since:soon b';
  const { query, problems } = parseRecordingQuery(text, { nowMs: NOW_MS });
  expect(query).toEqual({ pods: ['a'], words: ['b'] });
  expect(problems.map(({ from, to }) => text.slice(from, to))).toEqual([
    'conetxt:prod',
    'state:gone',
    'since:soon',
  ]);
  expect(problems[0]?.hint).toContain('context: namespace:');
  expect(problems[1]?.hint).toContain('not-uploaded');
});

test.each([
  ['nginx:1.25', 'nginx:1.25: there is no filter nginx'],
  ['__proto__:x', ''],
  ['constructor:x', 'constructor:x: there is no filter constructor'],
  ['pod:', 'pod:: it says nothing after its colon'],
  ['pod:""', 'pod:"": it says nothing after its colon'],
  ['exit:1e3', 'exit:1e3: it is no exit code'],
  ['exit:', 'exit:: it says nothing after its colon'],
  ['since:2026-02-30', 'since:2026-02-30: it is no time'],
  ['since:2026-02-30T10:00', 'since:2026-02-30T10:00: it is no time'],
  ['since:2026-11-01T25:00', 'since:2026-11-01T25:00: it is no time'],
  ['since:7', 'since:7: it is no time'],
  ['on:7d', 'on:7d: it is no day'],
  ['longer:5', 'longer:5: it is no duration'],
  ['longer:99999999999999999999w', 'longer:99999999999999999999w: it is no duration'],
  ['is:live', 'is:live: the only one is is:pinned'],
  ['-exit:ok', '-exit:ok: this cannot be excluded'],
  ['-since:7d', '-since:7d: this cannot be excluded'],
  ['on:today since:7d', 'since:7d: this was said before'],
  ['exit:ok exit:ok', 'exit:ok: this was said before'],
  ['context:"my prod', 'context:"my prod: its quote is not closed'],
  ['"', '": its quote is not closed'],
  ['"\\', '"\\: its quote is not closed'],
])('%s is told', (text, message) => {
  expect(findProblems(text)).toEqual(message === '' ? [] : [message]);
});

test('each filter of the help can be written so', () => {
  for (const { filter } of QUERY_FILTERS) expect(Object.keys(parse(filter)), filter).not.toEqual([]);
});

test('a filter of any value says that value', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (value) => {
      expect(parse(formatFilter('pod', value))).toEqual({ pods: [value] });
    }),
  );
});

const word = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.string({ minLength: 1, unit: fc.constantFrom('"', '\\', ' ', '-', ':', 'a', '\n') }),
);
const words = fc.uniqueArray(word, { minLength: 1, maxLength: 3 });
const terms = fc.record(
  {
    words,
    contexts: words,
    namespaces: words,
    pods: words,
    images: words,
    users: words,
    tags: words,
    states: fc.uniqueArray(fc.constantFrom(...RECORDING_LIST_STATES), { minLength: 1 }),
    isPinned: fc.constant(true as const),
  },
  { requiredKeys: [] },
);
const day = fc.integer({ min: 1, max: 100_000 }).map((days) => new Date(1970, 0, 1 + days).getTime());
const time = fc.oneof(day, fc.integer({ min: 0, max: Date.UTC(9998, 11, 31) }));
const micros = fc.maxSafeNat();
const queries: fc.Arbitrary<RecordingQuery> = fc
  .record(
    {
      terms,
      excluding: terms.filter((some) => Object.keys(some).length > 0),
      exit: fc.oneof(fc.constantFrom('ok', 'failed', 'unknown'), fc.integer({ min: -1, max: 255 })),
      sinceMs: time,
      untilMs: time,
      minDurationMicros: micros,
      maxDurationMicros: micros,
    },
    { requiredKeys: ['terms'] },
  )
  .map(({ terms: own, ...rest }) => ({ ...own, ...rest }) as RecordingQuery);

test('a query that was written as text is the same when it is read', () => {
  fc.assert(
    fc.property(queries, (query) => {
      expect(parse(formatRecordingQuery(query))).toEqual(query);
    }),
  );
});

test('a day is written as one', () => {
  for (const text of ['on:2026-11-20', 'since:2026-11-01 until:2026-11-20', 'longer:1h30m shorter:2h0.5s']) {
    expect(formatRecordingQuery(parse(text))).toBe(text);
  }
});

test('any text is read, and what is told of it stands in it', () => {
  const unit = fc.constantFrom('"', '\\', ' ', '-', ':', 'pod', 'exit', 'since', '7d', '\n', '😀');
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      findProblems(text);
    }),
  );
});
