// covers: main/exchange/screen-rows.ts
// covers: main/exchange/cell-style.ts
import { expect, test } from 'vitest';
import { createScreen } from '../../../main/exchange/screen.ts';

test('a size that nobody has costs no memory', () => {
  const screen = createScreen({ cols: 65_535, rows: 65_535 }, 0);
  expect(screen.size).toEqual({ cols: 1_000, rows: 400 });
  screen.resize({ cols: 1, rows: 65_535 });
  expect(screen.size).toEqual({ cols: 2, rows: 400 });
  screen.dispose();
});

test('a screen is written down with its colours, margins, modes and cursor', async () => {
  const screen = createScreen({ cols: 20, rows: 5 }, 0);
  await screen.write(
    'a\u001b[1;38;5;200mb\u001b[0m\r\n\u001b[2;4r\u001b[?2004h\u001b[?25l\u001b[3;7H\u001b[93m',
  );
  expect(await screen.serialize()).toBe(
    '\u001b[0m\u001b[1Ha\u001b[0;1;38;5;200mb\u001b[2;4r\u001b[?2004h\u001b[3;7H\u001b[0;93m\u001b[?25l',
  );
  screen.dispose();
});

test('a wrapped line stays one line', async () => {
  const screen = createScreen({ cols: 10, rows: 3 }, 0);
  await screen.write('0123456789abc');
  expect(await screen.serialize()).toContain('\u001b[1H0123456789abc\u001b[2;4H');
  screen.dispose();
});
