/** Does what the test says, and tells it where Chromium is. */
import { app } from './app.ts';
import { BrowserWindow } from './browser-window.ts';
import type { ControlCommands, MenuEntry, ToApp, ToTest, WindowFacts } from './control-contract.ts';
import { answerDialog } from './dialogs.ts';
import type { Engine } from './engine.ts';
import { describeMenu, Menu } from './menus.ts';
import { readNotes } from './notes.ts';
import { currentTray, powerMonitor } from './surroundings.ts';

type Commands = {
  readonly [C in keyof ControlCommands]: (
    input: ControlCommands[C]['input'],
  ) => ControlCommands[C]['output'] | Promise<ControlCommands[C]['output']>;
};

const commands: Commands = {
  notes: () => readNotes(),
  windows: () => Promise.all(BrowserWindow.getAllWindows().map(describeWindow)),
  async window({ id, does }) {
    const window = BrowserWindow.fromId(id);
    if (!window) throw new Error(`there is no window ${id}`);
    switch (does.kind) {
      case 'full screen':
        window.setFullScreen(does.isOn);
        break;
      case 'move':
        window.setBounds(does.bounds);
        break;
      case 'crash': {
        const { session } = await window.webContents.openedTarget();
        // It never answers.
        void session.send('Page.crash').catch(() => {});
        break;
      }
      default:
        window[does.kind]();
    }
    return undefined;
  },
  menu: (): MenuEntry[] => describeMenu(Menu.getApplicationMenu()),
  tray() {
    const tray = currentTray();
    if (!tray) return null;
    const { toolTip, title, menu } = tray.describe();
    return { toolTip, title, menu };
  },
  clickMenu({ id, menu = 'application' }) {
    const from = menu === 'tray' ? currentTray()?.describe().contextMenu : Menu.getApplicationMenu();
    const item = from?.getMenuItemById(id);
    if (!item?.enabled || !item.visible) throw new Error(`no entry ${id} of the ${menu} menu can be clicked`);
    const window = BrowserWindow.getFocusedWindow() ?? undefined;
    item.click(window, {});
    return undefined;
  },
  clickTray() {
    const tray = currentTray();
    if (!tray) throw new Error('there is no tray');
    tray.emit('click', {});
    return undefined;
  },
  answerDialog(answer) {
    answerDialog(answer);
    return undefined;
  },
  emit(what) {
    let isPrevented = false;
    const event = {
      preventDefault() {
        isPrevented = true;
      },
    };
    if (what.event === 'second-instance') app.emit(what.event, event, [...what.argv], process.cwd());
    else if (what.event === 'open-url') app.emit(what.event, event, what.url);
    else if (what.event === 'open-file') app.emit(what.event, event, what.path);
    else app.emit(what.event, event, BrowserWindow.getAllWindows().length > 0);
    return { isPrevented };
  },
  power({ event }) {
    powerMonitor.emit(event);
    return undefined;
  },
  quit() {
    // After the answer: nothing can be said any more once it has quit.
    setImmediate(() => app.quit());
    return undefined;
  },
};

async function describeWindow(window: BrowserWindow): Promise<WindowFacts> {
  const { targetId } = await window.webContents.openedTarget();
  return {
    id: window.id,
    title: window.getTitle(),
    address: window.webContents.getURL(),
    bounds: window.getBounds(),
    isVisible: window.isVisible(),
    isFocused: window.isFocused(),
    isMinimized: window.isMinimized(),
    isMaximized: window.isMaximized(),
    isFullScreen: window.isFullScreen(),
    targetId,
  };
}

export function serveControl({ address, pid }: Engine): void {
  const tell = (message: ToTest): void => void process.send?.(message);
  process.on('message', (message: ToApp) => {
    const command = commands[message.command] as (input: unknown) => unknown;
    Promise.try(() => command(message.input)).then(
      (output) => tell({ kind: 'answer', id: message.id, output }),
      (error: unknown) => tell({ kind: 'answer', id: message.id, output: undefined, problem: String(error) }),
    );
  });
  // A test that has died takes its app along.
  process.on('disconnect', () => process.exit(1));
  tell({ kind: 'chromium', address, pid });
}
