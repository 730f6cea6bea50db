import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findFolded, foldText } from '../../../main/search/folded-text.ts';
import { anyCharacter } from '../../fakes/any-text.ts';

function cut(text: string, query: string): string | undefined {
  const place = findFolded(text, foldText(query));
  return place && text.slice(place.from, place.to);
}

test('capitals do not count, in any alphabet', () => {
  expect(cut('ERROR in Pod web-1499', 'error')).toBe('ERROR');
  expect(cut('pod/web-1499', 'WEB-14')).toBe('web-14');
  expect(cut('größe ÄRGER', 'ärger')).toBe('ÄRGER');
  expect(cut('ΟΔΟΣ', 'οδοσ')).toBe('ΟΔΟΣ');
  expect(cut('发生错误了', '错误')).toBe('错误');
});

test('a letter that folds to two moves no place', () => {
  expect(cut('İİİ found', 'found')).toBe('found');
  expect(cut('abcİdef', 'c')).toBe('c');
  expect(cut('xİy', 'İ')).toBe('İ');
});

test('any part of any text is found in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), fc.nat(), fc.nat(), (text, start, length) => {
      const part = text.slice(start % (text.length + 1)).slice(0, length % 20);
      // Half of a character is none.
      fc.pre(part.isWellFormed() && foldText(text).includes(foldText(part)));
      const found = cut(text, part);
      expect(foldText(found ?? '')).toContain(foldText(part));
    }),
  );
});
