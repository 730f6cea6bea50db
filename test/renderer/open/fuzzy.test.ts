import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchFuzzy } from '../../../renderer/open/fuzzy.ts';

const score = (query: string, text: string): number => matchFuzzy(query, text)?.score ?? Number.NaN;
const marked = (query: string, text: string): string =>
  [...text]
    .map((character, place) => (matchFuzzy(query, text)?.places.includes(place) ? character : '.'))
    .join('');

test('letters in order match, whatever stands between them and in whichever case', () => {
  expect(marked('wx2', 'web-7f9c-X2x9z')).toBe('w........X2...');
  expect(matchFuzzy('xw', 'web-x')).toBeUndefined();
});

test('words may stand in any order, and each of them must be there', () => {
  expect(marked('app web', 'web-7f9 / app')).toBe('web.......app');
  expect(matchFuzzy('app nope', 'web / app')).toBeUndefined();
});

test('a word whose letters are scattered is not found, initials are', () => {
  expect(matchFuzzy('web', 'worker-6d5f7b8')).toBeUndefined();
  expect(matchFuzzy('cw', 'checkout-worker')).toBeDefined();
});

test('an empty query matches everything alike', () => {
  expect(matchFuzzy('', 'web')?.places).toEqual([]);
});

describe('what is meant stands first', () => {
  test('a run beats letters spread out', () => {
    expect(score('web', 'web-1')).toBeGreaterThan(score('web', 'w-e-b'));
  });

  test('the start of a word beats its middle', () => {
    expect(score('api', 'my-api')).toBeGreaterThan(score('api', 'rapid'));
    expect(marked('a', 'bar-a')).toBe('....a');
  });

  test('initials are found as such', () => {
    expect(marked('cw', 'checkout-worker')).toBe('c........w.....');
    expect(marked('kr', 'kubeReel')).toBe('k...R...');
  });

  test('of two alike the shorter one', () => {
    expect(score('web', 'web-1')).toBeGreaterThan(score('web', 'web-1-backup'));
  });
});

test('marks are places of the query’s letters in order, and every text matches itself', () => {
  const text = fc.string({ unit: fc.constantFrom(...'abcAB-/ 1'), minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(text, fc.string({ unit: fc.constantFrom(...'abc1'), maxLength: 6 }), (name, query) => {
      const match = matchFuzzy(query, name);
      const letters = match?.places.map((place) => name[place]?.toLowerCase()).join('');
      if (match) expect(letters).toBe(query);
      expect(matchFuzzy(name, name)).toBeDefined();
    }),
  );
});

test('a name of ten thousand characters costs no more than its first part', () => {
  expect(matchFuzzy('b', `${'a'.repeat(10_000)}b`)).toBeUndefined();
});
