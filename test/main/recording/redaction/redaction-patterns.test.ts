import { expect, test } from 'vitest';
import {
  checkPatterns,
  compilePatterns,
  MAX_PATTERN_CHARACTERS,
  MAX_PATTERNS,
} from '../../../../main/recording/redaction/redaction-patterns.ts';

const named = (pattern: string): { name: string; pattern: string } => ({ name: 'mine', pattern });

test.each([
  ['ab[c', 2],
  ['a(b', undefined],
  ['a**', 1],
  ['x(?=y)', 1],
  ['(a)\\1', 3],
  ['', 0],
  ['a'.repeat(MAX_PATTERN_CHARACTERS + 1), MAX_PATTERN_CHARACTERS],
])('%j is refused, at %j', (pattern, position) => {
  const { compiled, problems } = compilePatterns([named(pattern)]);
  expect(compiled).toEqual([]);
  expect(problems).toHaveLength(1);
  if (position !== undefined) expect(problems[0]).toMatchObject({ index: 0, position });
});

test('a pattern that repeats too much is refused, one that fits is not', () => {
  expect(compilePatterns([named('(a|bc){200}')]).problems).toMatchObject([
    { message: 'it repeats too much' },
  ]);
  expect(compilePatterns([named('[0-9a-f]{128}')]).problems).toEqual([]);
});

test('of too many the first are used', () => {
  const { compiled, problems } = compilePatterns(Array.from({ length: MAX_PATTERNS + 2 }, () => named('a')));
  expect(compiled).toHaveLength(MAX_PATTERNS);
  expect(problems.map(({ index }) => index)).toEqual([MAX_PATTERNS, MAX_PATTERNS + 1]);
});

test('those that are right are used beside those that are wrong', () => {
  const { compiled, problems } = compilePatterns([named('['), named('b+')]);
  expect(compiled[0]?.find('abb')).toEqual([{ start: 1, end: 3 }]);
  expect(problems).toMatchObject([{ index: 0 }]);
});

test('the door tells name, reason and place', () => {
  expect(() => checkPatterns([named('ok'), named('ab[c')])).toThrow(
    'the pattern mine cannot be used: missing closing ] at character 3',
  );
  expect(() => checkPatterns([named('ok')])).not.toThrow();
});

test('an empty match masks nothing, and ends', () => {
  expect(compilePatterns([named('x*')]).compiled[0]?.find('axb')).toEqual([{ start: 1, end: 2 }]);
});
