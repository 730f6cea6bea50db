import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitAtText } from '../../../renderer/library/marked-text.ts';

const hitsOf = (line: string, text: string): string[] =>
  splitAtText(line, text)
    .filter(({ isHit }) => isHit)
    .map(({ words }) => words);

test('every place is marked, in capitals or not', () => {
  expect(splitAtText('an Error, an ERROR', 'error')).toEqual([
    { words: 'an ', isHit: false },
    { words: 'Error', isHit: true },
    { words: ', an ', isHit: false },
    { words: 'ERROR', isHit: true },
  ]);
  expect(hitsOf('aaaa', 'aa')).toEqual(['aa', 'aa']);
  expect(hitsOf('日本語', '本')).toEqual(['本']);
});

test('nothing of a line is lost, whatever is looked for', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ maxLength: 3 }), (line, text) => {
      expect(
        splitAtText(line, text)
          .map(({ words }) => words)
          .join(''),
      ).toBe(line);
    }),
  );
  expect(hitsOf('İstanbul', 'stan')).toEqual([]);
});
