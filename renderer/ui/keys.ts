/** What a press means, by the table of the page's keys, and how keys are printed. */
import { isOnPlatform, type KeyPlatform, SHORTCUTS, type ShortcutCommand } from '../../preload/page-keys.ts';

/** What `KeyboardEvent` says about a press. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

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
      isOnPlatform(shortcut, place.platform) &&
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
      isOnPlatform(candidate, place.platform) &&
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
