/**
 * The page's keys: one table, from which the listener, the palette, the menus and the help take theirs.
 * In a focused terminal only keys are taken that no shell can receive, or that are named in the table.
 */
export type KeyPlatform = 'linux' | 'darwin' | 'win32';

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

/** Whether a key of the table is one of this platform. */
export function isOnPlatform({ platform }: Shortcut, here: KeyPlatform): boolean {
  return platform === undefined || (platform === 'mac') === (here === 'darwin');
}
