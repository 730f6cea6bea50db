import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createPromptMarks,
  type MarkedOutput,
  MOST_MARKS_A_SECOND,
} from '../../../main/session/prompt-marks.ts';

function split(...chunks: readonly (string | Uint8Array)[]): MarkedOutput[] {
  const marks = createPromptMarks();
  // Seconds apart, so that no limit is reached.
  return chunks.flatMap((chunk, at) => marks.split(Buffer.from(chunk), at * 1_000_000));
}

function texts(pieces: readonly MarkedOutput[]): (string | undefined)[][] {
  return pieces.map(({ bytes, label }) => [Buffer.from(bytes).toString('latin1'), label]);
}

test('prompts, commands and exit codes are marked behind their sequences', () => {
  expect(
    texts(split('\x1b]133;A\x07$ \x1b]133;B\x07ls\r\n\x1b]133;C\x07a b\r\n\x1b]133;D;1\x1b\\rest')),
  ).toEqual([
    ['\x1b]133;A\x07', 'prompt'],
    ['$ \x1b]133;B\x07ls\r\n\x1b]133;C\x07', 'command'],
    ['a b\r\n\x1b]133;D;1\x1b\\', 'exit 1'],
    ['rest', undefined],
  ]);
});

test('what is no mark stays whole: a second prompt line, an end without a code, other and broken sequences', () => {
  const others = [
    '\x1b]133;A;k=s\x07',
    '\x1b]133;D\x07',
    '\x1b]133;D;x\x07',
    '\x1b]1337;A\x07',
    '\x1b]0;title\x07',
    '\x1b[31mred',
    `\x1b]133;A;${'x'.repeat(300)}\x07`,
    '\x1b]133;A\x18\x07',
    '\x1b]133;A\x1b[0m\x07',
  ];
  for (const text of others) expect(texts(split(text))).toEqual([[text, undefined]]);
  expect(texts(split(others.join(''), '\x1b]133;C;x=1\x07')).at(-1)?.[1]).toBe('command');
  expect(texts(split('\x1b]13', '3;A', '\x1b]133;C\x07')).at(-1)).toEqual(['\x1b]133;C\x07', 'command']);
});

test('a flood of sequences leaves no flood of marks', () => {
  const marks = createPromptMarks();
  const flood = Buffer.from('\x1b]133;A\x07'.repeat(1_000));
  const labels = (micros: number): number =>
    marks.split(flood, micros).filter(({ label }) => label !== undefined).length;
  expect(labels(0)).toBe(MOST_MARKS_A_SECOND);
  expect(labels(999_999)).toBe(0);
  expect(labels(1_000_000)).toBe(MOST_MARKS_A_SECOND);
});

test('however output is cut, the same bytes come out with the same marks at the same places', () => {
  const piece = fc.constantFrom(
    '\x1b]133;A\x07',
    '\x1b]133;D;0\x1b\\',
    '\x1b]133;C',
    '\x1b',
    '\x1b]',
    'ls\r\n',
    '€',
    ';A\x07',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(80)), (pieces, cuts) => {
      const whole = Buffer.from(pieces.join(''));
      const borders = [...new Set([0, ...cuts.map((cut) => Math.min(cut, whole.length)), whole.length])].sort(
        (a, b) => a - b,
      );
      const chunks = borders.slice(1).map((end, at) => whole.subarray(borders[at], end));
      const places = (found: readonly MarkedOutput[]): [number, string][] => {
        let offset = 0;
        return found.flatMap(({ bytes, label }) => {
          offset += bytes.length;
          return label === undefined ? [] : [[offset, label] as [number, string]];
        });
      };
      const [once, cut] = [split(whole), split(...chunks)];
      expect(Buffer.concat(cut.map(({ bytes }) => bytes))).toEqual(whole);
      expect(places(cut)).toEqual(places(once));
    }),
  );
});
