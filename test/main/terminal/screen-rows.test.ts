import headless from '@xterm/headless';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createScreenRows } from '../../../main/terminal/screen-rows.ts';

const COLS = 60;

test('a row reads as the terminal itself reads it, whatever stands in it', async () => {
  const terminal = new headless.Terminal({ cols: COLS, rows: 4, allowProposedApi: true, logLevel: 'off' });
  onTestFinished(() => terminal.dispose());
  const rows = createScreenRows(terminal);
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme-ascii', maxLength: 8 }),
    fc.constantFrom(
      'ÿ',
      'é',
      '\u00a0',
      ' ',
      'Ā',
      '漢',
      '🙂',
      'e\u0301',
      '\t',
      '\x1b[3C',
      '\x1b[2X',
      '\x1b[1mb\x1b[0m',
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 6 }), async (pieces) => {
      await new Promise<void>((resolve) => terminal.write(`\x1b[2J\x1b[H${pieces.join('')}`, resolve));
      const { active } = terminal.buffer;
      fc.pre(active.cursorY === 0 && active.baseY === 0);
      const told = active.getLine(0)?.translateToString(true, 0, COLS).trimEnd();
      expect(rows.cursorLine()).toBe(told);
    }),
    { numRuns: 300 },
  );
});

test('a row that is wider than any screen is read as well', async () => {
  const terminal = new headless.Terminal({ cols: 3_000, rows: 2, allowProposedApi: true, logLevel: 'off' });
  onTestFinished(() => terminal.dispose());
  const text = 'wide '.repeat(550).trimEnd();
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  expect(createScreenRows(terminal).cursorLine()).toBe(text);
});
