import { expect, test } from 'vitest';
import { parseOutput } from '../../../../main/recording/redaction/plain-text.ts';

const textOf = (bytes: string): string => parseOutput(bytes).main.text;

test.each([
  ['a\u001b[31mb\u001b[0mc', 'abc'],
  ['a\u001b[1;2;3?b', 'a'],
  ['a\u001b(Bb\u001b=c\u001b7d', 'abcd'],
  ['a\u0000b\u0007c\bd\u007fe', 'abcde'],
  ['a\r\nb\tc', 'a\r\nb\tc'],
  ['a\u001b]0;title\u0007b\u001bPq\u001b\\c', 'abc'],
  ['a\u001b]0;title\u001b[1mb', 'ab'],
  ['a\u001b[2;3Hb\u001b[Ac\u001bDd', 'a\nb\nc\nd'],
  ['a\u001b[5Cb\u001b[9Gc', 'a b c'],
  ['a\u001b\u00ffb', 'a\u00ffb'],
  ['ab \rcd', 'abcd'],
  ['abc\rcd', 'abcd'],
  ['ab \r\ncd', 'ab \r\ncd'],
  ['10%\r20%', '10%\r20%'],
])('%j is the text %j', (bytes, text) => {
  expect(textOf(bytes)).toBe(text);
});

test.each(['\u001b', '\u001b[', '\u001b[31', '\u001b(', '\u001b]0;x', '\u001b]0;x\u001b', '\u001bP'])(
  '%j is not whole',
  (sequence) => {
    expect(parseOutput(`ab${sequence}`)).toMatchObject({ wholeBytes: 2, main: { text: 'ab' } });
  },
);

test('each character knows its byte, and a stretch of them its bytes without the sequences between', () => {
  const { main, wholeBytes } = parseOutput('ab\u001b[1mcd\u001b[0m');
  expect([0, 1, 2, 3, 4].map((index) => main.toByte(index))).toEqual([0, 1, 6, 7, 12]);
  expect(main.textRuns(1, 3)).toEqual([
    { start: 1, end: 2 },
    { start: 6, end: 7 },
  ]);
  expect(wholeBytes).toBe(12);
});

test('what only wrapped a line belongs to what stands around it', () => {
  const { main } = parseOutput('abc\rcd');
  expect(main.textRuns(1, 3)).toEqual([{ start: 1, end: 5 }]);
  expect(main.toByte(2)).toBe(4);
});

test('control strings are told apart, with and without their end', () => {
  expect(parseOutput('a\u001b]0;t\u0007\u001b]1;u').strings).toEqual([
    { start: 3, end: 6, isComplete: true },
    { start: 9, end: 12, isComplete: false },
  ]);
});
