import type { MenuItemConstructorOptions } from 'electron';
import { COMMAND_TITLES, type CommandId } from '../../../preload/page-commands.ts';
import { isOnPlatform, type KeyPlatform, SHORTCUTS } from '../../../preload/page-keys.ts';

export type MenuItem = MenuItemConstructorOptions;

/** What an item of the menu does that is no command of the page. */
export type AppDeed = 'open-file' | 'new-window' | 'close-window' | 'about' | 'licences' | 'quit';

export interface MenuNeeds {
  readonly platform: KeyPlatform;
  /** To the page of the window in front. */
  run(command: CommandId): void;
  act(deed: AppDeed): void;
}

/**
 * The app's menus as the platform has them. Nothing in them takes a key that a shell has a use for: elsewhere than on
 * a Mac, where Cmd is nobody's in a terminal, the page's keys are shown only, and the page's own listener, which knows
 * where the focus is, goes on deciding about them. No letter is underlined, since Alt with a letter is the shell's too.
 */
export function menuTemplate(needs: MenuNeeds): MenuItem[] {
  const isMac = needs.platform === 'darwin';
  const command = (id: CommandId, label?: string): MenuItem => commandItem(needs, id, label);
  const deed = (id: AppDeed, label: string, accelerator?: string): MenuItem => ({
    id,
    label,
    ...(accelerator !== undefined && { accelerator }),
    click: () => needs.act(id),
  });
  const settings = command('settings', isMac ? 'Settings…' : undefined);
  const menus: MenuItem[] = [
    menu('File', [
      // Opened by the app itself: on a Mac there may be no window to ask.
      { ...command('window.new'), click: () => needs.act('new-window') },
      deed('open-file', 'Open recording…', isMac ? 'Cmd+O' : undefined),
      LINE,
      ...(isMac ? [] : [settings, LINE]),
      command('tab.close'),
      deed('close-window', 'Close window', isMac ? 'Shift+Cmd+W' : undefined),
      ...(isMac ? [] : [LINE, deed('quit', 'Quit', 'Ctrl+Shift+Q')]),
    ]),
    menu('Edit', EDIT_ROLES.map(editItem(isMac))),
    menu('View', [
      command('find'),
      command('pods'),
      command('side'),
      LINE,
      command('part.next'),
      command('part.previous'),
      LINE,
      menu('Theme', [
        command('theme.system'),
        command('theme.light'),
        command('theme.dark'),
        command('theme.contrast'),
      ]),
      menu('Accessibility', [command('reader.on'), command('reader.off')]),
      LINE,
      { role: 'togglefullscreen', label: 'Full screen' },
    ]),
    menu('Shell', [
      command('kubectl'),
      command('doctor'),
      command('requests'),
      LINE,
      command('disconnect'),
      command('demo'),
      LINE,
      command('elsewhere'),
    ]),
    menu('Recordings', [
      command('mark'),
      command('pause'),
      command('resume'),
      command('input.on'),
      command('input.off'),
      LINE,
      command('library'),
      command('uploads'),
      command('retention'),
    ]),
    menu('Window', [
      ...(isMac
        ? ([{ role: 'minimize' }, { role: 'zoom' }, LINE] satisfies MenuItem[])
        : [{ id: 'minimize', label: 'Minimise', role: 'minimize', ...SHOWN_ONLY } satisfies MenuItem, LINE]),
      command('tab.next'),
      command('tab.previous'),
      ...(isMac ? [LINE, { role: 'front' } satisfies MenuItem] : []),
    ]),
    menu('Help', [
      command('keys'),
      LINE,
      deed('licences', 'Licences of what is in it'),
      ...(isMac ? [] : [deed('about', 'About Kubereel')]),
    ]),
  ];
  return isMac ? [macAppMenu(settings), ...menus] : menus;
}

const LINE: MenuItem = { type: 'separator' };
/** What a role would take of the keyboard stays the shell's. */
const SHOWN_ONLY: MenuItem = { registerAccelerator: false };
const EDIT_ROLES = ['undo', 'redo', 'cut', 'copy', 'paste', 'selectAll'] as const;

function menu(label: string, submenu: MenuItem[]): MenuItem {
  return { label, submenu };
}

/** The system finds Services, and what hides the app, by their roles. */
function macAppMenu(settings: MenuItem): MenuItem {
  return {
    label: 'Kubereel',
    submenu: [
      { role: 'about', label: 'About Kubereel' },
      LINE,
      settings,
      LINE,
      { role: 'services' },
      LINE,
      { role: 'hide', label: 'Hide Kubereel' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      LINE,
      { role: 'quit', label: 'Quit Kubereel' },
    ],
  };
}

/** For text fields. In a terminal the page copies and pastes itself, and Ctrl with a letter is the shell's. */
function editItem(isMac: boolean): (role: (typeof EDIT_ROLES)[number]) => MenuItem {
  return (role) => (isMac ? { role } : { role, ...SHOWN_ONLY });
}

function commandItem({ platform, run }: MenuNeeds, id: CommandId, label?: string): MenuItem {
  const accelerator = acceleratorOf(id, platform);
  return {
    id,
    label: label ?? COMMAND_TITLES[id],
    // Until a page says that it can.
    enabled: false,
    ...(accelerator !== undefined && {
      accelerator,
      ...(platform === 'darwin' ? {} : SHOWN_ONLY),
    }),
    click: () => run(id),
  };
}

/** As Electron writes it; none for a key that is the shell's where a terminal has the focus. */
function acceleratorOf(id: CommandId, platform: KeyPlatform): string | undefined {
  const shortcut = SHORTCUTS.find(
    (one) => one.command === id && isOnPlatform(one, platform) && one.isShells !== true,
  );
  return shortcut?.keys
    .split('+')
    .map((part) => (part === 'Mod' ? (platform === 'darwin' ? 'Cmd' : 'Ctrl') : part))
    .join('+');
}
