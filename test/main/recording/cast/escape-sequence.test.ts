import { expect, test } from 'vitest';
import { unfinishedEscapeBytes } from '../../../../main/recording/cast/escape-sequence.ts';

function unfinished(text: string): number {
  return unfinishedEscapeBytes(new TextEncoder().encode(text));
}

test.each([
  '',
  'plain',
  'colour \u001b[31mred',
  '\u001b[1;2H',
  '\u001b[?25l',
  'title \u001b]0;name\u0007',
  'title \u001b]0;name\u001b\\',
  'charset \u001b(B',
  'index \u001bM',
  // A line end within a sequence ends it for us: the terminal acts on it at once.
  '\u001b[3\n',
])('%j may be cut at its end', (text) => {
  expect(unfinished(text)).toBe(0);
});

test.each([
  ['a\u001b', 1],
  ['a\u001b[', 2],
  ['a\u001b[38;2;1', 8],
  ['a\u001b(', 2],
  ['a\u001b]0;na', 6],
  ['a\u001b[0m\u001bP1$r', 5],
])('of %j the last %d bytes belong together with what comes', (text, bytes) => {
  expect(unfinished(text)).toBe(bytes);
});

test('a sequence that goes on and on is not waited for', () => {
  expect(unfinished(`\u001b]1337;File=${'A'.repeat(200)}`)).toBeGreaterThan(200);
  expect(unfinished(`\u001b]1337;File=${'A'.repeat(300)}`)).toBe(0);
});
