import { expect, test } from 'vitest';
import { createScreen } from '../../../main/terminal/screen.ts';

test('a size that nobody has costs no memory', async () => {
  const screen = createScreen({ cols: 65_535, rows: 65_535 }, 0);
  expect(screen.size).toEqual({ cols: 1_000, rows: 400 });
  await screen.resize({ cols: 1, rows: 65_535 });
  expect(screen.size).toEqual({ cols: 2, rows: 400 });
  screen.dispose();
});

test('a screen is written down with its colours, margins, modes and cursor', async () => {
  const screen = createScreen({ cols: 20, rows: 5 }, 0);
  await screen.write(
    'a\u001b[1;38;5;200mb\u001b[0m\r\n\u001b[2;4r\u001b[?2004h\u001b[?25l\u001b[3;7H\u001b[93m',
  );
  expect(screen.isCursorVisible).toBe(false);
  expect(await screen.snapshot()).toEqual({
    sequences: [
      '\u001b[0ma\u001b[0;1;38;5;200mb\u001b[0m\r\n\r\n\r\n\r\n',
      // What it would come back to, and its scroll region.
      '\u001b[1;1H\u001b(B\u001b[0m\u001b7\u001b(B\u001b[0m\u001b[2;4r',
      '\u001b[?2004h\u001b[?25l\u001b[3;7H',
      '\u001b(B\u001b)B\u001b*B\u001b+B\u000f\u001b[0;93m',
    ].join(''),
    isWhole: true,
  });
  screen.dispose();
});

test('what is little waits for more, and is there before anything else is done', async () => {
  const screen = createScreen({ cols: 20, rows: 2 }, 0);
  const shown = (): string | undefined => screen.terminal.buffer.active.getLine(0)?.translateToString(true);
  await screen.show('one ');
  expect(shown()).toBe('');
  await screen.resize({ cols: 10, rows: 2 });
  expect(shown()).toBe('one ');
  await screen.show('two ');
  expect((await screen.snapshot()).sequences).toContain('one two ');
  await screen.show('three');
  await screen.settle();
  expect(screen.terminal.buffer.active.cursorY).toBe(1);
  await screen.show('\u001b[2J'.repeat(100_000));
  expect(shown()).toBe('');
  screen.dispose();
});

test('a wrapped line stays one line', async () => {
  const screen = createScreen({ cols: 10, rows: 3 }, 0);
  await screen.write('0123456789abc');
  const { sequences } = await screen.snapshot();
  expect(sequences).toContain('\u001b[0m0123456789abc\r\n');
  expect(sequences).toContain('\u001b[2;4H');
  screen.dispose();
});

test('what does not come back is told, and stands as near to it as can be', async () => {
  const screen = createScreen({ cols: 10, rows: 3 }, 0);
  // The Dutch set, which nobody uses.
  await screen.write('\u001b(4abc');
  const { sequences, isWhole } = await screen.snapshot();
  expect(isWhole).toBe(false);
  expect(sequences).toContain('abc');
  expect(sequences).toContain('\u001b[1;4H\u001b(B');
  screen.dispose();
});

test('a character is not repeated without end', async () => {
  const screen = createScreen({ cols: 10, rows: 3 }, 0);
  await screen.write('a\u001b[2000000000bz');
  expect(screen.terminal.buffer.active.getLine(0)?.translateToString(true)).toBe('az');
  screen.dispose();
});
