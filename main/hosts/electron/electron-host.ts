import { app, BrowserWindow, ipcMain, MessageChannelMain, session, shell } from 'electron';
import type { Wire } from '../../../preload/wire.ts';
import type { Log } from '../../base/log.ts';
import type { PageFiles } from '../page/page-files.ts';
import { PAGE_ADDRESS, PAGE_SCHEME } from './addresses.ts';
import { keepInPlace } from './navigation.ts';
import { answerPageRequest } from './page-scheme.ts';
import { denyPermissions } from './permissions.ts';
import { openPortDoor } from './port-door.ts';

/** The windows of the desktop app: sandboxed, on a scheme of their own, each with one port to the core. */
export interface ElectronHost {
  /** A link to a moment of a recording is opened in it. */
  openWindow(link?: string): void;
  /** Brings a window to the front; opens one where there is none. */
  show(link?: string): void;
}

export interface ElectronHostOptions {
  readonly files: PageFiles;
  /** Absolute path of the bundled preload script. */
  readonly preloadPath: string;
  serve(wire: Wire): void;
}

/** To be called once the app is ready. */
export function createElectronHost(needs: { readonly log: Log }, options: ElectronHostOptions): ElectronHost {
  const { files, preloadPath, serve } = options;
  session.defaultSession.protocol.handle(PAGE_SCHEME, ({ url, method }) =>
    answerPageRequest(files, url, method),
  );
  denyPermissions(session.defaultSession);
  app.on('session-created', denyPermissions);
  app.on('web-contents-created', (_event, contents) =>
    keepInPlace({ openExternal: (address) => shell.openExternal(address) }, contents),
  );
  openPortDoor({ log: needs.log, ipcMain, createChannel: () => new MessageChannelMain() }, serve);

  function openWindow(link?: string): void {
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
    window.once('ready-to-show', () => window.show());
    load(window, link);
  }

  /** The page takes a link out of its address; where it is open already, that is no new page. */
  function load(window: BrowserWindow, link: string | undefined): void {
    const fragment = link === undefined ? '' : `#${encodeURIComponent(link)}`;
    window.loadURL(`${PAGE_ADDRESS}${fragment}`).catch((error: unknown) => {
      needs.log.error({ error: String(error) }, 'page did not load');
    });
  }

  return {
    openWindow,
    show(link) {
      const [window] = BrowserWindow.getAllWindows();
      if (!window) return openWindow(link);
      if (link !== undefined) load(window, link);
      if (window.isMinimized()) window.restore();
      window.focus();
      return undefined;
    },
  };
}
