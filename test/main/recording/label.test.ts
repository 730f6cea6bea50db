import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LONGEST_LABEL, toLabel } from '../../../main/recording/label.ts';
import { anyCharacter } from '../../fakes/any-text.ts';

test('a label is one line that no terminal obeys', () => {
  expect(toLabel('  before\tthe \x1b[31mfix\r\n')).toBe('before the [31mfix');
  expect(toLabel('a\u2028b\u202ec')).toBe('a b c');
  expect(toLabel('\n')).toBe('');
});

test('whatever was typed: no controls, not too long, and the same again when it is cleaned again', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter, maxLength: 400 }), (text) => {
      const label = toLabel(text);
      expect([...label].length).toBeLessThanOrEqual(LONGEST_LABEL);
      expect(label).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      expect(toLabel(label)).toBe(label);
    }),
  );
});
