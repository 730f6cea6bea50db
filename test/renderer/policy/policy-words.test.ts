import { expect, test } from 'vitest';
import {
  asksForTerms,
  colourNumberOf,
  describeAnswer,
  describeFile,
  describeMatch,
  describeUntold,
  wordsOf,
} from '../../../renderer/policy/policy-words.ts';
import { FREE_ANSWER } from '../../fakes/page-answers.ts';

test('what rules decided is told with its rule and place; what was chosen has no line', () => {
  expect(describeAnswer(FREE_ANSWER)).toEqual([]);
  const because = [
    { setting: 'recording', value: 'off', file: '/p.yaml', line: 4, rule: 'scratch' },
    { setting: 'pause', value: 'never', file: '/settings.json', rule: 'chosen' },
  ];
  expect(describeAnswer({ ...FREE_ANSWER, because })).toEqual([
    {
      setting: 'recording',
      label: 'Recording',
      words: 'off; nothing is recorded',
      rule: 'scratch',
      place: '/p.yaml:4',
    },
    { setting: 'pause', label: 'Pauses', words: 'not allowed', rule: 'chosen', place: '/settings.json' },
  ]);
});

test('times have units, and what is unknown here is told as it is', () => {
  expect(wordsOf('graceSeconds', '30')).toBe('30 s');
  expect([wordsOf('retentionDays', '1'), wordsOf('retentionDays', '90')]).toEqual([
    'for 1 day',
    'for 90 days',
  ]);
  expect(wordsOf('later', 'x')).toBe('x');
});

test('a rule’s shells in words', () => {
  expect(describeMatch({ match: {} })).toBe('every shell');
  expect(describeMatch({ match: { context: ['a', 'b*'], pod: ['c'] }, except: { user: ['robot'] } })).toBe(
    'context a or b*, pod c; not user robot',
  );
});

test('requests of which no recorder was told, in words', () => {
  const sinceMs = new Date(2026, 0, 2, 14, 3).getTime();
  const nowMs = new Date(2026, 0, 2, 15, 0).getTime();
  const requests = { context: 'prod', count: 1, sinceMs, reasons: ['recorder vault is full'] };
  expect(describeUntold(requests, nowMs)).toBe(
    '1 request to prod went out though no recorder took the event, since 14:03: recorder vault is full',
  );
  expect(describeUntold({ ...requests, count: 3, reasons: ['a', 'b'] }, nowMs)).toMatch(
    /3 requests to prod went out .*: the last time a; b$/,
  );
  expect(wordsOf('apiRequests', 'required')).toBe('none is sent before a recorder was told of it');
});

test('a file’s state in words', () => {
  const file = { path: '/p', isLocked: false, rules: [], problems: [] };
  const rule = { name: 'a', match: {}, says: [] };
  expect(describeFile({ ...file, state: 'absent' })).toBe('Not there');
  expect(describeFile({ ...file, state: 'followed' })).toBe('Followed; it has no rules');
  expect(describeFile({ ...file, state: 'followed', rules: [rule] })).toBe('Followed; 1 rule');
  const problems = [{ message: 'x' }, { message: 'y' }];
  expect(describeFile({ ...file, state: 'failed', problems })).toBe('No shell is opened: 2 mistakes in it');
});

test('every colour has its own number of the page’s eight', () => {
  const colours = ['red', 'orange', 'yellow', 'pink', 'violet', 'blue', 'cyan', 'green'] as const;
  expect(colours.map(colourNumberOf).toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('a shell is asked about where a reason or a name is wanted', () => {
  expect(asksForTerms(FREE_ANSWER)).toBe(false);
  expect(asksForTerms({ ...FREE_ANSWER, reason: 'asked' })).toBe(true);
  expect(asksForTerms({ ...FREE_ANSWER, confirm: 'typed' })).toBe(true);
});
