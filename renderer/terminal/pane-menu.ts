/** What a terminal's context menu offers. */
import type { AppInfo } from '../../preload/contract.ts';
import { printKeys } from '../ui/keys.ts';
import type { MenuItem } from '../ui/menu.tsx';

export interface PaneMenuState {
  readonly hasSelection: boolean;
  readonly canPaste: boolean;
  readonly platform: AppInfo['platform'];
  run(command: 'copy' | 'paste-clipboard' | 'select-all' | 'find'): void;
}

export function menuItems({ hasSelection, canPaste, platform, run }: PaneMenuState): MenuItem[] {
  const note = (letter: string): string =>
    printKeys(platform === 'darwin' ? `Mod+${letter}` : `Mod+Shift+${letter}`, platform);
  const copy: MenuItem = {
    key: 'copy',
    label: 'Copy',
    note: note('C'),
    isDisabled: !hasSelection,
    onPick: () => run('copy'),
  };
  const paste: MenuItem = {
    key: 'paste',
    label: 'Paste',
    note: note('V'),
    onPick: () => run('paste-clipboard'),
  };
  const rest: MenuItem[] = [
    { key: 'select-all', label: 'Select all', note: note('A'), onPick: () => run('select-all') },
    { key: 'find', label: 'Find', note: note('F'), onPick: () => run('find') },
  ];
  return canPaste ? [copy, paste, ...rest] : [copy, ...rest];
}
