/** What `import … from 'electron'` finds under the stand-in: the parts of Electron's main process that are used. */

import { app } from './app.ts';
import { nameMissing } from './missing.ts';
import { defaultSession, privilegedSchemes } from './session.ts';

export { app } from './app.ts';
export { BrowserWindow } from './browser-window.ts';
export { dialog } from './dialogs.ts';
export { ipcMain } from './ipc-main.ts';
export { Menu, MenuItem } from './menus.ts';
export { MessageChannelMain } from './message-channel.ts';
export {
  crashReporter,
  Notification,
  nativeImage,
  nativeTheme,
  powerMonitor,
  safeStorage,
  screen,
  shell,
  Tray,
} from './surroundings.ts';

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

export const session = nameMissing('session', {
  get defaultSession() {
    app.needReady('Session can only be received when app is ready');
    return defaultSession;
  },
});
