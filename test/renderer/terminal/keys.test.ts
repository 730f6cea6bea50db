import { describe, expect, test } from 'vitest';
import { paneCommandOf } from '../../../renderer/terminal/keys.ts';
import type { KeyPress } from '../../../renderer/ui/keys.ts';

/** `Ctrl+Shift+C`, `Cmd+V`, … as the browser reports it on a US keyboard. */
function press(keys: string): KeyPress {
  const parts = keys.split('+');
  const name = keys.endsWith('++') ? '+' : (parts.at(-1) ?? '');
  const hasShift = parts.includes('Shift');
  const isLetter = /^[A-Z]$/.test(name);
  return {
    key: isLetter && !hasShift ? name.toLowerCase() : name,
    code: isLetter ? `Key${name}` : /^[0-9]$/.test(name) ? `Digit${name}` : name,
    ctrlKey: parts.includes('Ctrl'),
    shiftKey: hasShift,
    altKey: parts.includes('Alt'),
    metaKey: parts.includes('Cmd'),
  };
}

describe.each(['linux', 'win32'] as const)('on %s', (platform) => {
  test.each([
    ['Ctrl+Shift+C', 'copy'],
    ['Ctrl+Insert', 'copy'],
    ['Ctrl+Shift+V', 'paste'],
    ['Shift+Insert', 'paste'],
    ['Ctrl+Shift+F', 'find'],
    ['Ctrl+Shift+A', 'select-all'],
    ['Ctrl+=', 'zoom-in'],
    ['Ctrl++', 'zoom-in'],
    ['Ctrl+-', 'zoom-out'],
    ['Ctrl+0', 'zoom-reset'],
    ['Ctrl+Tab', 'page'],
    ['Ctrl+Shift+Tab', 'page'],
    ['Ctrl+1', 'page'],
    ['Ctrl+Shift+K', 'page'],
    ['F6', 'page'],
  ])('%s: %s', (keys, command) => {
    expect(paneCommandOf(press(keys), { platform, host: 'electron' })).toBe(command);
  });

  test.each([
    'Ctrl+C',
    'Ctrl+V',
    'Ctrl+F',
    'Ctrl+A',
    'Ctrl+K',
    'Ctrl+D',
    'Ctrl+W',
    'Alt+F',
    'Tab',
    'C',
    'F5',
  ])('%s is the shell`s', (keys) => {
    expect(paneCommandOf(press(keys), { platform, host: 'electron' })).toBeUndefined();
  });

  test('AltGr, which comes as Ctrl+Alt, types characters', () => {
    expect(paneCommandOf(press('Ctrl+Alt+Shift+C'), { platform, host: 'electron' })).toBeUndefined();
    expect(paneCommandOf(press('Ctrl+Alt+0'), { platform, host: 'electron' })).toBeUndefined();
  });
});

describe('on a Mac', () => {
  test.each([
    ['Cmd+C', 'copy'],
    ['Cmd+V', 'paste'],
    ['Cmd+F', 'find'],
    ['Cmd+Shift+F', 'find'],
    ['Cmd+A', 'select-all'],
    ['Cmd+=', 'zoom-in'],
    ['Cmd+-', 'zoom-out'],
    ['Cmd+0', 'zoom-reset'],
    ['Cmd+1', 'page'],
    ['Cmd+K', 'page'],
    ['Ctrl+Tab', 'page'],
  ])('%s: %s', (keys, command) => {
    expect(paneCommandOf(press(keys), { platform: 'darwin', host: 'electron' })).toBe(command);
  });

  test.each(['Ctrl+C', 'Ctrl+K', 'Ctrl+Shift+C', 'Ctrl+1', 'Ctrl+0', 'Ctrl+-'])(
    '%s is the shell`s',
    (keys) => {
      expect(paneCommandOf(press(keys), { platform: 'darwin', host: 'electron' })).toBeUndefined();
    },
  );
});
