/**
 * The page's keys: one table, from which the listener, the palette, the menus and the help take theirs.
 * In a focused terminal only keys come here that no shell can receive, or that are named in the table.
 */

export type KeyPlatform = 'linux' | 'darwin' | 'win32';

/** What `KeyboardEvent` says about a press. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

export interface Shortcut {
  readonly command: ShortcutCommand;
  /** `Mod` is Cmd on a Mac and Ctrl elsewhere; the last part is the key. */
  readonly keys: string;
  readonly platform?: 'mac' | 'other';
  /** Not where a terminal has the focus: there it is the shell's. */
  readonly isShells?: boolean;
  /** Browsers keep it for themselves, so that only the desktop app has it. */
  readonly isBrowsers?: boolean;
}

export type ShortcutCommand =
  | 'find'
  | 'pods'
  | 'library'
  | 'settings'
  | 'keys'
  | 'side'
  | 'mark'
  | 'part.next'
  | 'part.previous'
  | 'tab.next'
  | 'tab.previous'
  | 'tab.close'
  | 'window.new'
  | `tab.${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`;

export const SHORTCUTS: readonly Shortcut[] = [
  // Ctrl+K kills the rest of a line in every shell.
  { command: 'find', keys: 'Mod+K', platform: 'mac' },
  { command: 'find', keys: 'Mod+K', platform: 'other', isShells: true },
  { command: 'find', keys: 'Mod+Shift+K', platform: 'other' },
  { command: 'pods', keys: 'Mod+Shift+E' },
  { command: 'library', keys: 'Mod+Shift+L' },
  { command: 'settings', keys: 'Mod+,' },
  { command: 'side', keys: 'Mod+Shift+B' },
  { command: 'mark', keys: 'Mod+Shift+M' },
  { command: 'keys', keys: 'F1', isShells: true },
  { command: 'part.next', keys: 'F6' },
  { command: 'part.previous', keys: 'Shift+F6' },
  { command: 'tab.next', keys: 'Ctrl+Tab', isBrowsers: true },
  { command: 'tab.previous', keys: 'Ctrl+Shift+Tab', isBrowsers: true },
  { command: 'tab.next', keys: 'Mod+Shift+PageDown' },
  { command: 'tab.previous', keys: 'Mod+Shift+PageUp' },
  { command: 'tab.close', keys: 'Mod+W', platform: 'mac', isBrowsers: true },
  { command: 'tab.close', keys: 'Mod+Shift+W', platform: 'other', isBrowsers: true },
  { command: 'window.new', keys: 'Mod+Shift+N', isBrowsers: true },
  ...([1, 2, 3, 4, 5, 6, 7, 8, 9] as const).map(
    (digit): Shortcut => ({ command: `tab.${digit}`, keys: `Mod+${digit}` }),
  ),
];

export interface KeyPlace {
  readonly platform: KeyPlatform;
  readonly host: 'electron' | 'browser';
}

/** The command that a press means, if any. */
export function commandOf(
  press: KeyPress,
  place: KeyPlace & { readonly isInTerminal: boolean },
): ShortcutCommand | undefined {
  return SHORTCUTS.find(
    (shortcut) =>
      isHere(shortcut, place.platform) &&
      !(shortcut.isShells && place.isInTerminal) &&
      isPressed(shortcut.keys, press, place.platform),
  )?.command;
}

/** How a command's key is printed here: `Ctrl+K`, `⌘K`; undefined where it has none. */
export function keyNameOf(
  command: ShortcutCommand,
  place: KeyPlace & { readonly isInTerminal?: boolean },
): string | undefined {
  const shortcut = SHORTCUTS.find(
    (candidate) =>
      candidate.command === command &&
      isHere(candidate, place.platform) &&
      !(candidate.isBrowsers && place.host === 'browser') &&
      !(candidate.isShells && place.isInTerminal),
  );
  return shortcut && printKeys(shortcut.keys, place.platform);
}

/** `Mod+Shift+K` as the platform writes it: `⇧⌘K`, `Ctrl+Shift+K`. */
export function printKeys(keys: string, platform: KeyPlatform): string {
  const parts = partsOf(keys, platform);
  if (platform !== 'darwin') return parts.map((part) => OTHER_NAMES[part] ?? part).join('+');
  const key = parts.at(-1) ?? '';
  const held = ['Ctrl', 'Alt', 'Shift', 'Meta'].filter((name) => parts.slice(0, -1).includes(name));
  return [...held, key].map((part) => MAC_NAMES[part] ?? part).join('');
}

const MAC_NAMES: Readonly<Record<string, string>> = {
  Ctrl: '⌃',
  Alt: '⌥',
  Shift: '⇧',
  Meta: '⌘',
  Enter: '↩',
  Escape: 'esc',
  Tab: '⇥',
  PageDown: '⇟',
  PageUp: '⇞',
};
const OTHER_NAMES: Readonly<Record<string, string>> = {
  PageDown: 'Page Down',
  PageUp: 'Page Up',
  Escape: 'Esc',
};

function isHere(shortcut: Shortcut, platform: KeyPlatform): boolean {
  return shortcut.platform === undefined || (shortcut.platform === 'mac') === (platform === 'darwin');
}

function isPressed(keys: string, press: KeyPress, platform: KeyPlatform): boolean {
  const parts = partsOf(keys, platform);
  const key = parts.at(-1) ?? '';
  const held = parts.slice(0, -1);
  return (
    press.ctrlKey === held.includes('Ctrl') &&
    press.metaKey === held.includes('Meta') &&
    press.shiftKey === held.includes('Shift') &&
    press.altKey === held.includes('Alt') &&
    // Digits by their place: some layouts have them only with Shift.
    (/^\d$/.test(key) ? press.code === `Digit${key}` : press.key.toLowerCase() === key.toLowerCase())
  );
}

function partsOf(keys: string, platform: KeyPlatform): string[] {
  return keys.split('+').map((part) => (part === 'Mod' ? (platform === 'darwin' ? 'Meta' : 'Ctrl') : part));
}
