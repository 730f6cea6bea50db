import { expect, test } from 'vitest';
import { readCells } from '../../../main/terminal/cells.ts';
import { createScreen, type Screen } from '../../../main/terminal/screen.ts';

async function show(text: string): Promise<Screen> {
  const screen = createScreen({ cols: 8, rows: 2 }, 0);
  await screen.write(text);
  return screen;
}

test('a row is read from the left, a wide character once, what was never written as blanks', async () => {
  const screen = await show('a漢é');
  const cells = [...readCells(screen.terminal, 0)];
  expect(cells.map(({ column, columns, text }) => [column, columns, text])).toEqual([
    [0, 1, 'a'],
    [1, 2, '漢'],
    [3, 1, 'é'],
    [4, 1, ' '],
    [5, 1, ' '],
    [6, 1, ' '],
    [7, 1, ' '],
  ]);
  screen.dispose();
});

test.each([
  ['\u001b[0m', 'text', 'ground'],
  ['\u001b[31;103m', 1, 11],
  ['\u001b[38;5;200;48;2;0;16;255m', 200, '#0010ff'],
  ['\u001b[7m', 'ground', 'text'],
  ['\u001b[7;31m', 'ground', 1],
])('colours are those that are seen: %j', async (pen, foreground, background) => {
  const screen = await show(`${pen}x`);
  expect(readCells(screen.terminal, 0).next().value).toMatchObject({ text: 'x', foreground, background });
  screen.dispose();
});

test.each([
  [1, 'isBold'],
  [2, 'isDim'],
  [3, 'isItalic'],
  [4, 'isUnderlined'],
  [9, 'isStruckThrough'],
  [53, 'isOverlined'],
])('style %i is seen', async (style, name) => {
  const screen = await show(`\u001b[${style}mx\u001b[0my`);
  const [styled, plain] = readCells(screen.terminal, 0);
  expect(styled).toEqual({ ...plain, column: 0, text: 'x', [name]: true });
  screen.dispose();
});

test('what is hidden is a blank', async () => {
  const screen = await show('\u001b[8mx');
  expect(readCells(screen.terminal, 0).next().value).toMatchObject({ text: ' ' });
  screen.dispose();
});
