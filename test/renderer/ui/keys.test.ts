import { describe, expect, test } from 'vitest';
import { SHORTCUTS } from '../../../preload/page-keys.ts';
import { commandOf, type KeyPress, keyNameOf, printKeys } from '../../../renderer/ui/keys.ts';

function press(key: string, held: Partial<KeyPress> = {}): KeyPress {
  return { key, code: '', ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, ...held };
}
const linux = { platform: 'linux', host: 'electron' } as const;
const mac = { platform: 'darwin', host: 'electron' } as const;

describe('keys outside of a terminal', () => {
  const page = { ...linux, isInTerminal: false };

  test('Ctrl+K finds, with the letter as any keyboard state writes it', () => {
    expect(commandOf(press('k', { ctrlKey: true }), page)).toBe('find');
    expect(commandOf(press('K', { ctrlKey: true }), page)).toBe('find');
    expect(commandOf(press('k'), page)).toBeUndefined();
    expect(commandOf(press('k', { ctrlKey: true, altKey: true }), page)).toBeUndefined();
  });

  test('digits are taken by their place, since some layouts have them only with Shift', () => {
    expect(commandOf(press('é', { ctrlKey: true, code: 'Digit2' }), page)).toBe('tab.2');
  });

  test('on a Mac Cmd leads and Ctrl does not', () => {
    expect(commandOf(press('k', { metaKey: true }), { ...mac, isInTerminal: false })).toBe('find');
    expect(commandOf(press('k', { ctrlKey: true }), { ...mac, isInTerminal: false })).toBeUndefined();
  });
});

describe('keys in a terminal', () => {
  const terminal = { ...linux, isInTerminal: true };

  test('Ctrl+K is the shell’s, Ctrl+Shift+K finds', () => {
    expect(commandOf(press('k', { ctrlKey: true }), terminal)).toBeUndefined();
    expect(commandOf(press('K', { ctrlKey: true, shiftKey: true }), terminal)).toBe('find');
  });

  test('no letter with Ctrl alone is taken from the shell', () => {
    for (const letter of 'abcdefghijklmnopqrstuvwxyz[\\]^_@') {
      expect(commandOf(press(letter, { ctrlKey: true }), terminal), letter).toBeUndefined();
    }
  });

  test('Escape, Tab, arrows and F1 are the shell’s', () => {
    for (const key of ['Escape', 'Tab', 'ArrowUp', 'F1', 'Enter']) {
      expect(commandOf(press(key), terminal), key).toBeUndefined();
    }
  });

  test('on a Mac no key with Ctrl is taken but Ctrl+Tab', () => {
    const taken = SHORTCUTS.filter(
      ({ keys, platform }) =>
        platform !== 'other' && keys.split('+').includes('Ctrl') && !keys.endsWith('+Tab'),
    );
    expect(taken).toEqual([]);
  });
});

describe('names of keys', () => {
  test('are written as the platform writes them', () => {
    expect(printKeys('Mod+Shift+K', 'linux')).toBe('Ctrl+Shift+K');
    expect(printKeys('Mod+Shift+K', 'darwin')).toBe('⇧⌘K');
    expect(printKeys('Mod+Shift+PageDown', 'win32')).toBe('Ctrl+Shift+Page Down');
  });

  test('a key that the browser keeps for itself is not promised there', () => {
    expect(keyNameOf('tab.close', linux)).toBe('Ctrl+Shift+W');
    expect(keyNameOf('tab.close', { platform: 'linux', host: 'browser' })).toBeUndefined();
    expect(keyNameOf('tab.next', { platform: 'linux', host: 'browser' })).toBe('Ctrl+Shift+Page Down');
  });

  test('in a terminal the key that works there is named', () => {
    expect(keyNameOf('find', linux)).toBe('Ctrl+K');
    expect(keyNameOf('find', { ...linux, isInTerminal: true })).toBe('Ctrl+Shift+K');
    expect(keyNameOf('find', { ...mac, isInTerminal: true })).toBe('⌘K');
  });

  test('no press means two commands', () => {
    for (const platform of ['mac', 'other'] as const) {
      const keys = SHORTCUTS.filter((one) => (one.platform ?? platform) === platform).map((one) => one.keys);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });
});
