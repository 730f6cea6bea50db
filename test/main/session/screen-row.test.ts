// covers: main/session/output-reader.ts
import { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createScreenRow, type ScreenRow } from '../../../main/session/screen-row.ts';

const COLS = 20;

function createRow(cols = COLS): { row: ScreenRow; events: string[] } {
  const events: string[] = [];
  const row = createScreenRow(
    { onReturn: () => {}, onLeave: () => events.push('leave'), onEditor: () => events.push('editor') },
    cols,
  );
  return { row, events };
}

function left(...chunks: readonly string[]): string {
  const { row } = createRow();
  for (const chunk of chunks) row.write(Buffer.from(chunk));
  return row
    .left()
    .map((cell) => cell || '_')
    .join('');
}

test.each([
  ['plain text', 'abc', 'abc'],
  ['going back and writing over', 'abc\b\bXY', 'aXY'],
  ['a return', 'abc\rX', 'X'],
  ['a new row', 'abc\r\nX', 'X'],
  ['a line feed alone keeps the column', 'abc\nX', '___X'],
  ['colours and titles', '\x1b[1;31ma\x1b]0;title\x07\x1b(Bb\x1b[0m', 'ab'],
  ['erasing to the end', 'abc\x1b[2D\x1b[K\x1b[2C', 'a__'],
  ['inserting', 'abc\x1b[2D\x1b[@X', 'aX'],
  ['deleting', 'abcd\r\x1b[2P\x1b[2C', 'cd'],
  ['an absolute column', 'abc\x1b[2GX', 'aX'],
  ['a tab', 'a\tb', 'a_______b'],
  ['a wrapped line and the way back', `${'x'.repeat(20)}y\x1b[A\x1b[1C`, 'xx'],
  ['a full row whose cursor waits', `${'x'.repeat(20)}\r`, ''],
])('it reads a row as a terminal shows it: %s', (_what, output, expected) => {
  expect(left(output)).toBe(expected);
});

test('a sequence and a character may be cut anywhere', () => {
  const { row } = createRow();
  for (const byte of Buffer.from('a\x1b[1;32m€\x1b]2;x\x1b\\b')) row.write(Uint8Array.of(byte));
  expect(row.left()).toEqual(['a', '€', 'b']);
});

test('absolute places, scrolling and other screens leave the row', () => {
  for (const output of ['\x1b[5;3H', '\x1b[2S', '\x1b7', '\x1bM', '\n', '\x1b[?1049h']) {
    const { row, events } = createRow();
    row.write(Buffer.from(`ab${output}`));
    expect(events).toEqual(['leave']);
    expect(row.left().every((cell) => cell === '')).toBe(true);
  }
});

test('a program that takes the whole screen and gives it back, and a line editor, are told', () => {
  const { row, events } = createRow();
  row.write(Buffer.from('\x1b[?1049h'));
  expect(row.isFullScreen).toBe(true);
  row.write(Buffer.from('\x1b[?25;1049l\x1b[?2004h'));
  expect(row.isFullScreen).toBe(false);
  expect(events).toEqual(['leave', 'leave', 'editor', 'editor']);
});

test('of a row beyond measure nothing is kept', () => {
  const { row } = createRow();
  row.write(Buffer.from('x'.repeat(100_000)));
  expect(row.left().length).toBeLessThanOrEqual(8_192);
});

test('as long as the row is not left, it is what a terminal has there', async () => {
  const step = fc.constantFrom(
    'a',
    'b',
    ' ',
    '\b',
    '\r',
    '\t',
    '\x1b[K',
    '\x1b[C',
    '\x1b[2D',
    '\x1b[P',
    '\x1b[@',
    '\x1b[2X',
    '\x1b[4G',
    '\x1b[31m',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 18 }), async (steps) => {
      const terminal = new Terminal({ cols: COLS, rows: 3, allowProposedApi: true });
      await new Promise<void>((resolve) => terminal.write(steps.join(''), resolve));
      const { active } = terminal.buffer;
      // What wraps in the middle of edits is not followed to the cell.
      fc.pre(active.cursorY === 0 && active.cursorX < COLS);
      const shown = active.getLine(0)?.translateToString(false).slice(0, active.cursorX);
      terminal.dispose();
      expect(left(...steps).replaceAll('_', ' ')).toBe(shown);
    }),
  );
});
