/** Menus without a look: their entries, and what a click on them does. */
import type { MenuItemConstructorOptions } from 'electron';
import type { MenuEntry } from './control-contract.ts';
import { nameMissing } from './missing.ts';

let lastCommand = 0;

export class MenuItem {
  readonly commandId: number = ++lastCommand;
  readonly id: string;
  readonly type: string;
  readonly role: string | undefined;
  readonly accelerator: string | undefined;
  readonly submenu: Menu | undefined;
  label: string;
  enabled: boolean;
  visible: boolean;
  checked: boolean;
  readonly click: (...args: unknown[]) => void;

  constructor(options: MenuItemConstructorOptions) {
    const { submenu } = options;
    if (options.role === undefined && options.label === undefined && options.type !== 'separator') {
      throw new TypeError('an entry of a menu has a label, a role, or is a separator');
    }
    this.id = options.id ?? '';
    this.type = options.type ?? (submenu ? 'submenu' : 'normal');
    this.role = options.role;
    this.accelerator = options.accelerator;
    this.submenu = Array.isArray(submenu)
      ? Menu.buildFromTemplate(submenu)
      : (submenu as unknown as Menu | undefined);
    this.label = options.label ?? options.role ?? '';
    this.enabled = options.enabled ?? true;
    this.visible = options.visible ?? true;
    this.checked = options.checked ?? false;
    this.click = (...args) => {
      if (this.type === 'checkbox') this.checked = !this.checked;
      (options.click as ((...args: unknown[]) => void) | undefined)?.(this, ...args);
    };
    // biome-ignore lint/correctness/noConstructorReturn: whoever has it must hear of what it has not
    return nameMissing('MenuItem', this);
  }
}

let applicationMenu: Menu | null = null;

export class Menu {
  readonly items: MenuItem[] = [];

  static buildFromTemplate(template: readonly (MenuItemConstructorOptions | MenuItem)[]): Menu {
    const menu = new Menu();
    for (const options of template)
      menu.append(options instanceof MenuItem ? options : new MenuItem(options));
    return menu;
  }

  static setApplicationMenu(menu: Menu | null): void {
    if (menu !== null && !(menu instanceof Menu)) throw new TypeError('Invalid menu');
    applicationMenu = menu;
  }

  static getApplicationMenu(): Menu | null {
    return applicationMenu;
  }

  constructor() {
    // biome-ignore lint/correctness/noConstructorReturn: whoever has it must hear of what it has not
    return nameMissing('Menu', this);
  }

  append(item: MenuItem): void {
    this.items.push(item);
  }

  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }

  /** Menus at the pointer are the system's: nothing is shown. */
  popup(): void {}
}

export function describeMenu(menu: Menu | null): MenuEntry[] {
  return (menu?.items ?? []).map((item) => ({
    id: item.id,
    label: item.label,
    type: item.type,
    isEnabled: item.enabled,
    isVisible: item.visible,
    isChecked: item.checked,
    ...(item.role !== undefined && { role: item.role }),
    ...(item.accelerator !== undefined && { accelerator: item.accelerator }),
    ...(item.submenu && { submenu: describeMenu(item.submenu) }),
  }));
}
