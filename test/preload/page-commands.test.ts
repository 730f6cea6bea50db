// covers: preload/page-keys.ts
import { expect, test } from 'vitest';
import { COMMAND_TITLES, isCommandId } from '../../preload/page-commands.ts';
import { isOnPlatform, SHORTCUTS } from '../../preload/page-keys.ts';
import { COMMANDS } from '../../renderer/frame/commands.ts';

test('what has a name can be done by the page, once, and under that name', () => {
  expect(COMMANDS.map((command) => command.id).toSorted()).toEqual(Object.keys(COMMAND_TITLES).toSorted());
  for (const { id, title } of COMMANDS) expect(title).toBe(COMMAND_TITLES[id]);
});

test('what is no command is told from those', () => {
  expect(isCommandId('tab.close')).toBe(true);
  for (const text of ['', 'tab.1', 'toString', '__proto__', 'Find'])
    expect(isCommandId(text), text).toBe(false);
});

test('every key belongs to a command, or to a tab by its place', () => {
  for (const { command } of SHORTCUTS)
    expect(isCommandId(command) || /^tab\.\d$/.test(command), command).toBe(true);
});

test('a key of one kind of platform is none of the other', () => {
  const find = SHORTCUTS.filter(({ command }) => command === 'find');
  expect(find.filter((one) => isOnPlatform(one, 'darwin')).map(({ keys }) => keys)).toEqual(['Mod+K']);
  for (const platform of ['linux', 'win32'] as const)
    expect(find.filter((one) => isOnPlatform(one, platform)).map(({ keys }) => keys)).toEqual([
      'Mod+K',
      'Mod+Shift+K',
    ]);
});
