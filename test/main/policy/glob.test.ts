import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesGlob } from '../../../main/policy/glob.ts';

test('a star is any text and none, a question mark one character, and the whole name has to match', () => {
  const matches = (glob: string) =>
    ['prod', 'prod-1', 'prod-10', 'preprod'].filter((n) => matchesGlob(glob, n));
  expect(matches('prod*')).toEqual(['prod', 'prod-1', 'prod-10']);
  expect(matches('prod-?')).toEqual(['prod-1']);
  expect(matches('*prod')).toEqual(['prod', 'preprod']);
  expect(matches('*o*d*1*')).toEqual(['prod-1', 'prod-10']);
  expect(matches('')).toEqual([]);
  expect(matchesGlob('PROD', 'prod')).toBe(false);
  expect(matchesGlob('?', '🐳')).toBe(true);
});

test('it answers as a regular expression does', () => {
  const character = fc.constantFrom('a', 'b', '.', '*', '?');
  const text = fc.string({ unit: character, maxLength: 12 });
  fc.assert(
    fc.property(text, text, (glob, name) => {
      const pattern = glob.replaceAll('.', '\\.').replaceAll('?', '.').replaceAll('*', '.*');
      expect(matchesGlob(glob, name)).toBe(new RegExp(`^${pattern}$`, 's').test(name));
    }),
  );
});

test('a glob of many stars takes no longer than its length times the name’s', () => {
  // Trying all ways would take longer than the universe is old.
  expect(matchesGlob(`${'*a'.repeat(60)}b`, 'a'.repeat(2_000))).toBe(false);
});
