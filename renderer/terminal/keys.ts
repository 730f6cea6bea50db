/** Which keys a terminal pane takes for itself; every other key is the shell's. */
import { commandOf, type KeyPlace, type KeyPress } from '../ui/keys.ts';

export type PaneCommand =
  | 'copy'
  /** The browser's own paste follows: it needs no permission to read the clipboard. */
  | 'paste'
  | 'find'
  | 'select-all'
  | 'zoom-in'
  | 'zoom-out'
  | 'zoom-reset'
  /** Neither the shell's nor the pane's: the page around it listens. */
  | 'page';

export function paneCommandOf(press: KeyPress, place: KeyPlace): PaneCommand | undefined {
  const isMac = place.platform === 'darwin';
  const key = press.key.toLowerCase();
  if (press.altKey) return undefined;
  if (commandOf(press, { ...place, isInTerminal: true })) return 'page';
  if (!isMac && !press.metaKey) {
    if (key === 'insert' && press.shiftKey && !press.ctrlKey) return 'paste';
    if (key === 'insert' && press.ctrlKey && !press.shiftKey) return 'copy';
  }
  const hasMain = isMac ? press.metaKey && !press.ctrlKey : press.ctrlKey && !press.metaKey;
  if (!hasMain) return undefined;
  return zoomOf(press) ?? letterCommandOf(key, press.shiftKey, isMac);
}

/** Where no shell is behind it that Ctrl alone would be for. */
export function plainCommandOf(press: KeyPress): PaneCommand | undefined {
  const hasCtrlAlone = press.ctrlKey && !press.shiftKey && !press.altKey && !press.metaKey;
  return hasCtrlAlone && press.key.toLowerCase() === 'f' ? 'find' : undefined;
}

/** Letters: with Cmd alone on a Mac; elsewhere with Ctrl+Shift, since Ctrl alone is the shell's. */
function letterCommandOf(key: string, hasShift: boolean, isMac: boolean): PaneCommand | undefined {
  if (key === 'f' && (hasShift || isMac)) return 'find';
  if (hasShift === isMac) return undefined;
  if (key === 'c') return 'copy';
  if (key === 'v') return 'paste';
  if (key === 'a') return 'select-all';
  return undefined;
}

/** By the character where the layout has it on a key of its own, and by the number pad. */
function zoomOf({ key, code }: KeyPress): PaneCommand | undefined {
  if (key === '+' || key === '=' || code === 'NumpadAdd') return 'zoom-in';
  if (key === '-' || code === 'NumpadSubtract') return 'zoom-out';
  if (code === 'Digit0' || code === 'Numpad0') return 'zoom-reset';
  return undefined;
}
