import type { Menu } from 'electron';
import { type CommandId, isCommandId } from '../../../preload/page-commands.ts';
import { type MenuItem, type MenuNeeds, menuTemplate } from './menu-template.ts';

export interface AppMenuNeeds extends MenuNeeds {
  build(template: MenuItem[]): Menu;
  set(menu: Menu): void;
}

export interface AppMenu {
  /** What the page of the window in front can do; nothing where there is none. */
  offer(commands: ReadonlySet<CommandId>): void;
}

/** Opens a window by itself: it is there also where no page is. */
const ALWAYS: ReadonlySet<string> = new Set<CommandId>(['window.new']);

export function createAppMenu(needs: AppMenuNeeds): AppMenu {
  const template = menuTemplate(needs);
  const menu = needs.build(template);
  const items = commandsIn(template).map((id) => ({ id, item: menu.getMenuItemById(id) }));

  function offer(commands: ReadonlySet<CommandId>): void {
    for (const { id, item } of items) {
      if (item) item.enabled = commands.has(id) || ALWAYS.has(id);
    }
  }

  offer(new Set());
  needs.set(menu);
  return { offer };
}

/** The ids of the page's commands, also in menus in menus. */
export function commandsIn(template: readonly MenuItem[]): readonly CommandId[] {
  return template.flatMap(({ id, submenu }) => [
    ...(id !== undefined && isCommandId(id) ? [id] : []),
    ...(Array.isArray(submenu) ? commandsIn(submenu) : []),
  ]);
}
