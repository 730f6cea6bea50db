import { expect, test } from 'vitest';
import { createInlineOutput } from '../../../main/search/inline-output.ts';

function classify(...texts: readonly string[]): boolean[] {
  const output = createInlineOutput();
  return texts.map((text) => output.isInline(text, 20));
}

test('text, colours, titles and modes that move nothing stay in their line', () => {
  expect(
    classify('plain\r\n\ttext\b', '\u001b[1;32mgreen\u001b[0m', '\u001b]0;title\u0007$ ', '\u001b[?2004h'),
  ).toEqual([true, true, true, true]);
});

test('what goes elsewhere on the screen does not', () => {
  for (const text of [
    '\u001b[H',
    '\u001b[2A',
    '\u001b[?1049h',
    '\u001bM',
    '\u0084',
    '\u001b[2;4r',
    '\u001b[L',
  ]) {
    expect(classify(text)).toEqual([false]);
  }
});

test('a progress bar that erases its row stays in its line; one that may wrap first does not', () => {
  expect(classify('\r\u001b[K55 %')).toEqual([true]);
  expect(classify('so far so good\r\u001b[K55 %')).toEqual([false]);
  expect(classify(`\r${'#'.repeat(21)}\r\u001b[K`)).toEqual([false]);
  expect(classify('\u001b[10Cabc\r\u001b[K')).toEqual([false]);
});

test('a control character ends a title that has no end', () => {
  expect(classify('a\u001b]0;title\u009b2A')).toEqual([false]);
});

test('a sequence counts where its end is known', () => {
  expect(classify('text\u001b', '[', '1;3', 'Hmore', 'text')).toEqual([true, true, true, false, true]);
  expect(classify('\u001b[3', '1mred')).toEqual([true, true]);
});
