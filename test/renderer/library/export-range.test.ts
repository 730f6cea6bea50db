import { expect, test } from 'vitest';
import { parseMoment, readRange } from '../../../renderer/library/export-range.ts';

test.each([
  ['83.5', 83_500_000],
  [' 1:23.5 ', 83_500_000],
  ['1:02:03', 3_723_000_000],
  ['0', 0],
])('%s is a time', (text, micros) => {
  expect(parseMoment(text)).toBe(micros);
});

test.each(['', 'soon', '-1', '1:', '1:2:3:4', '1e3'])('"%s" is none', (text) => {
  expect(parseMoment(text)).toBeUndefined();
});

test('empty fields are the ends of the recording', () => {
  expect(readRange('', '', 10)).toEqual({ kind: 'ok', fromMicros: 0 });
  expect(readRange('1', '2', 5_000_000)).toEqual({ kind: 'ok', fromMicros: 1_000_000, toMicros: 2_000_000 });
});

test.each([
  ['x', '', 'Times are written 83.5, 1:23 or 1:02:03.'],
  ['', 'x', 'Times are written 83.5, 1:23 or 1:02:03.'],
  ['3', '2', 'It would end before it begins.'],
  ['9', '', 'The recording ends before that.'],
])('from "%s" to "%s" is told to be wrong', (from, to, line) => {
  expect(readRange(from, to, 5_000_000)).toEqual({ kind: 'wrong', line });
});
