// covers: main/hosts/electron/app-menu.ts
import { describe, expect, test } from 'vitest';
import { commandsIn, createAppMenu } from '../../../../main/hosts/electron/app-menu.ts';
import { type MenuItem, menuTemplate } from '../../../../main/hosts/electron/menu-template.ts';
import { COMMAND_TITLES, type CommandId } from '../../../../preload/page-commands.ts';
import { SHORTCUTS } from '../../../../preload/page-keys.ts';
import { Menu } from '../../../fakes/electron/menus.ts';

const PLATFORMS = ['linux', 'win32', 'darwin'] as const;

function build(platform: (typeof PLATFORMS)[number]) {
  const done: string[] = [];
  const template = menuTemplate({
    platform,
    run: (command) => done.push(`run ${command}`),
    act: (deed) => done.push(`act ${deed}`),
  });
  return { template, items: flatten(template), done };
}

function flatten(template: readonly MenuItem[]): MenuItem[] {
  return template.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flatten(item.submenu) : [])]);
}

/** Keys that the menu itself listens to, the page or not. Roles have those that Electron gives them. */
function takenKeys(items: readonly MenuItem[]): string[] {
  return items.flatMap(({ accelerator, registerAccelerator = true }) =>
    accelerator !== undefined && accelerator !== null && registerAccelerator ? [String(accelerator)] : [],
  );
}

describe.each(PLATFORMS)('the menus on %s', (platform) => {
  const { template, items, done } = build(platform);

  test('each command of the page stands in one place, under its own title', () => {
    expect(commandsIn(template).toSorted()).toEqual(Object.keys(COMMAND_TITLES).toSorted());
    for (const { id, label } of items) {
      if (id === undefined || !(id in COMMAND_TITLES) || id === 'settings') continue;
      expect(label).toBe(COMMAND_TITLES[id as CommandId]);
    }
  });

  test('each has a click that does what it says', () => {
    const { done, items } = build(platform);
    for (const { id, click } of items) if (id !== undefined) (click as (() => void) | undefined)?.();
    for (const id of Object.keys(COMMAND_TITLES)) {
      expect(done.filter((one) => one === `run ${id}`)).toHaveLength(id === 'window.new' ? 0 : 1);
    }
    expect(done).toContain('act new-window');
    expect(done).toContain('act open-file');
  });

  test('no key stands twice', () => {
    const keys = items.flatMap(({ accelerator }) => (accelerator ? [String(accelerator).toLowerCase()] : []));
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('nothing reloads the page or looks into it', () => {
    const roles = items.map(({ role }) => role);
    for (const role of ['reload', 'forceReload', 'toggleDevTools', 'resetZoom', 'viewMenu', 'close'] as const)
      expect(roles).not.toContain(role);
  });

  test('every entry has a name, a role or is a line, and no letter of a name is taken with Alt', () => {
    for (const { label, role, type } of items) {
      expect(label !== undefined || role !== undefined || type === 'separator').toBe(true);
      expect(label ?? '').not.toContain('&');
    }
  });

  test('keys are those that the page listens to', () => {
    const shown = items.filter(
      ({ id, accelerator }) => accelerator && id !== undefined && id in COMMAND_TITLES,
    );
    expect(shown.length).toBeGreaterThan(8);
    for (const { id, accelerator } of shown) {
      const keys = String(accelerator).replace(/^(Ctrl|Cmd)\b(?!\+(Shift\+)?Tab)/, 'Mod');
      const isOurs = SHORTCUTS.some((one) => one.command === id && one.keys === keys);
      expect(isOurs, `${id}: ${accelerator}`).toBe(true);
    }
    expect(done).toEqual([]);
  });
});

describe.each(['linux', 'win32'] as const)('what is the shell’s on %s', (platform) => {
  const { items } = build(platform);

  test('the menu listens to no key but one that no shell can tell from another', () => {
    expect(takenKeys(items)).toEqual(['Ctrl+Shift+Q']);
  });

  test('roles that would take Ctrl with a letter are shown only', () => {
    const roles = items.filter(({ role }) => role !== undefined && role !== 'togglefullscreen');
    expect(roles.map(({ role }) => role)).toEqual([
      'undo',
      'redo',
      'cut',
      'copy',
      'paste',
      'selectAll',
      'minimize',
    ]);
    for (const { role, registerAccelerator } of roles) expect(registerAccelerator, role).toBe(false);
  });
});

test('on a Mac no key is taken without Cmd but what no shell can receive', () => {
  const { items } = build('darwin');
  for (const key of takenKeys(items)) expect(key).toMatch(/\bCmd\b|^Ctrl\+(Shift\+)?Tab$|^(Shift\+)?F6$/);
});

test('the first menu of a Mac is the app’s, with what the system looks for there', () => {
  const [first] = build('darwin').template;
  const roles = flatten(first ? [first] : [])
    .map(({ role }) => role)
    .filter(Boolean);
  expect(roles).toEqual(['about', 'services', 'hide', 'hideOthers', 'unhide', 'quit']);
  expect(build('darwin').template.map(({ label }) => label)).toEqual([
    'Kubereel',
    'File',
    'Edit',
    'View',
    'Shell',
    'Recordings',
    'Window',
    'Help',
  ]);
  expect(build('linux').template[0]?.label).toBe('File');
});

test('what the page in front cannot do cannot be chosen; a new window always can', () => {
  let set: Menu | undefined;
  const menu = createAppMenu({
    platform: 'linux',
    run() {},
    act() {},
    build: (template) => Menu.buildFromTemplate(template) as never,
    set: (next) => {
      set = next as never;
    },
  });
  const enabled = (): string[] =>
    Object.keys(COMMAND_TITLES).filter((id) => set?.getMenuItemById(id)?.enabled === true);
  expect(enabled()).toEqual(['window.new']);
  menu.offer(new Set<CommandId>(['find', 'tab.close', 'theme.dark']));
  expect(enabled().toSorted()).toEqual(['find', 'tab.close', 'theme.dark', 'window.new']);
  menu.offer(new Set());
  expect(enabled()).toEqual(['window.new']);
  expect(set?.getMenuItemById('open-file')?.enabled).toBe(true);
});
