import { app, BrowserWindow, ipcMain, MessageChannelMain, session, shell } from 'electron';
import type { Wire } from '../../../preload/wire.ts';
import type { Log } from '../../base/log.ts';
import type { PageWindow, WindowWish } from '../../bridge/desktop.ts';
import type { PageFiles } from '../page/page-files.ts';
import { PAGE_ADDRESS, PAGE_SCHEME } from './addresses.ts';
import { keepInPlace } from './navigation.ts';
import { answerPageRequest } from './page-scheme.ts';
import { denyPermissions } from './permissions.ts';
import { openPortDoor } from './port-door.ts';
import { createWindowLine, type WindowLine } from './window-line.ts';

/** The windows of the desktop app: sandboxed, on a scheme of their own, each with one port to the core. */
export interface ElectronHost {
  openWindow(): void;
  /** Brings the window that was used last to the front, and wishes this of it; opens one where there is none. */
  show(wishes?: readonly WindowWish[]): void;
}

export interface ElectronHostOptions {
  readonly files: PageFiles;
  /** Absolute path of the bundled preload script. */
  readonly preloadPath: string;
  serve(wire: Wire, window: PageWindow | undefined): void;
}

interface OpenWindow {
  readonly window: BrowserWindow;
  readonly line: WindowLine;
}

/** To be called once the app is ready. */
export function createElectronHost(needs: { readonly log: Log }, options: ElectronHostOptions): ElectronHost {
  const { files, preloadPath, serve } = options;
  /** Used last, last. */
  const open: OpenWindow[] = [];
  session.defaultSession.protocol.handle(PAGE_SCHEME, ({ url, method }) =>
    answerPageRequest(files, url, method),
  );
  denyPermissions(session.defaultSession);
  app.on('session-created', denyPermissions);
  app.on('web-contents-created', (_event, contents) =>
    keepInPlace({ openExternal: (address) => shell.openExternal(address) }, contents),
  );
  openPortDoor({ log: needs.log, ipcMain, createChannel: () => new MessageChannelMain() }, (wire, sender) =>
    serve(wire, open.find(({ window }) => window.webContents === sender)?.line),
  );

  function openWindow(): OpenWindow {
    const window = new BrowserWindow({
      width: 1280,
      height: 800,
      minWidth: 480,
      minHeight: 320,
      show: false,
      title: 'Kubereel',
      webPreferences: {
        preload: preloadPath,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        spellcheck: false,
      },
    });
    const opened: OpenWindow = { window, line: createWindowLine() };
    open.push(opened);
    window.on('focus', () => {
      open.splice(open.indexOf(opened), 1);
      open.push(opened);
    });
    window.on('closed', () => open.splice(open.indexOf(opened), 1));
    window.once('ready-to-show', () => window.show());
    window.loadURL(PAGE_ADDRESS).catch((error: unknown) => {
      needs.log.error({ error: String(error) }, 'page did not load');
    });
    return opened;
  }

  return {
    openWindow: () => void openWindow(),
    show(wishes = []) {
      const { window, line } = open.at(-1) ?? openWindow();
      for (const wish of wishes) line.wish(wish);
      if (window.isMinimized()) window.restore();
      window.focus();
    },
  };
}
