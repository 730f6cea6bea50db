import { expect, test } from 'vitest';
import { visibleText } from '../../preload/visible-text.ts';

test('what cannot be seen in a text is shown, and the rest left alone', () => {
  expect(visibleText('--name=Jürgen 世界 👩🏽')).toBe('--name=Jürgen 世界 👩🏽');
  expect(visibleText('a\nb\u0000c\u001b[2J')).toBe('a\\u{a}b\\u{0}c\\u{1b}[2J');
  expect(visibleText('safe\u202Eexe.sh')).toBe('safe\\u{202e}exe.sh');
  expect(visibleText('a\u200bb\u2028c\ud800')).toBe('a\\u{200b}b\\u{2028}c\\u{d800}');
});
