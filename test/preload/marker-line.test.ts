import { expect, test } from 'vitest';
import { formatMarkerLine } from '../../preload/marker-line.ts';

test('a marker stands on a line of its own, and can neither break it nor colour it', () => {
  expect(formatMarkerLine('connection lost', 0)).toBe('\x1b[0;2m— connection lost —\x1b[0m\r\n');
  expect(formatMarkerLine('a\x1b[31mb\n', 7)).toBe('\r\n\x1b[0;2m— a\\u{1b}[31mb\\u{a} —\x1b[0m\r\n');
});
