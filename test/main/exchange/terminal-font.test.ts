import { expect, test } from 'vitest';
import { chooseTerminalFont } from '../../../main/exchange/terminal-font.ts';

const all = (): boolean => true;

test('the best of those that are installed is taken, whatever their order', () => {
  const families = ['Noto Sans CJK JP', 'Ubuntu Mono', 'DejaVu Sans Mono', 'JetBrains Mono'];
  expect(chooseTerminalFont(families, all)).toBe('JetBrains Mono');
  expect(chooseTerminalFont(families.slice(0, 2), all)).toBe('Ubuntu Mono');
});

test('another one that calls itself monospace is taken where it is', () => {
  const families = ['Comic Sans', 'Zed Mono', 'Fira Code', 'Monotype Corsiva'];
  expect(chooseTerminalFont(families, (family) => family !== 'Monotype Corsiva')).toBe('Fira Code');
  expect(chooseTerminalFont(families, (family) => family === 'Zed Mono')).toBe('Zed Mono');
});

test.each([
  ['none at all', []],
  ['none for terminals', ['DejaVu Serif', 'Noto Color Emoji']],
])('where there is %s, it is said what to install', (_, families) => {
  expect(() => chooseTerminalFont(families, all)).toThrowError(
    expect.objectContaining({
      code: 'not-found',
      message: 'no monospace font is installed to draw a terminal with',
      hint: expect.stringContaining('fonts-dejavu-core'),
    }),
  );
});
