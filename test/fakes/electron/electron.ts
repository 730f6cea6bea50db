/** What `import … from 'electron'` finds under the stand-in: the parts of Electron's main process that are used. */

import { app } from './app.ts';
import { BrowserWindow as Window } from './browser-window.ts';
import { MenuItem as Item, Menu as OwnMenu } from './menus.ts';
import { MessageChannelMain as Channel } from './message-channel.ts';
import { nameMissing } from './missing.ts';
import { defaultSession, privilegedSchemes } from './session.ts';
import { Tray as OwnTray } from './surroundings.ts';

export { app } from './app.ts';
export { dialog } from './dialogs.ts';
export { ipcMain } from './ipc-main.ts';
export {
  nativeImage,
  nativeTheme,
  powerMonitor,
  safeStorage,
  screen,
  shell,
} from './surroundings.ts';

export const BrowserWindow: typeof Window = nameMissing('BrowserWindow', Window);
export const Menu: typeof OwnMenu = nameMissing('Menu', OwnMenu);
export const MenuItem: typeof Item = nameMissing('MenuItem', Item);
export const MessageChannelMain: typeof Channel = nameMissing('MessageChannelMain', Channel);
export const Tray: typeof OwnTray = nameMissing('Tray', OwnTray);

export const protocol = nameMissing('protocol', {
  registerSchemesAsPrivileged(schemes: readonly { readonly scheme: string; readonly privileges?: object }[]) {
    if (app.isReady())
      throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    for (const { scheme, privileges = {} } of schemes) {
      for (const privilege of ['standard', 'secure', 'supportFetchAPI'] as const) {
        if (!(privileges as Record<string, boolean>)[privilege]) {
          throw new Error(`the stand-in for Electron has no scheme that is not ${privilege}`);
        }
      }
      privilegedSchemes.add(scheme);
    }
  },
});

/** Node's, which knows no proxies of the system. */
export const net = nameMissing('net', {
  fetch: (address: string, options?: RequestInit) => fetch(address, options),
});

export const session = nameMissing('session', {
  get defaultSession() {
    app.needReady('Session can only be received when app is ready');
    return defaultSession;
  },
});
