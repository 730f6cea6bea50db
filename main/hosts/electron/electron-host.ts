import { app, BrowserWindow, ipcMain, MessageChannelMain, type Session, session, shell } from 'electron';
import { PORT_MESSAGE } from '../../../preload/handshake.ts';
import type { Wire } from '../../../preload/wire.ts';
import type { Log } from '../../base/log.ts';
import type { PageFiles } from '../page/page-files.ts';
import { isExternalAddress, isPageAddress, PAGE_ADDRESS, PAGE_SCHEME } from './addresses.ts';
import { answerPageRequest } from './page-scheme.ts';
import { createPortWire } from './port-wire.ts';

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

/** Copying and pasting in a terminal; everything else a page could ask for is denied. */
const ALLOWED_PERMISSIONS: ReadonlySet<string> = new Set(['clipboard-read', 'clipboard-sanitized-write']);

/** To be called once the app is ready. */
export function createElectronHost(needs: { readonly log: Log }, options: ElectronHostOptions): ElectronHost {
  const { files, preloadPath, serve } = options;
  session.defaultSession.protocol.handle(PAGE_SCHEME, ({ url, method }) =>
    answerPageRequest(files, url, method),
  );
  denyPermissions(session.defaultSession);

  ipcMain.on(PORT_MESSAGE, ({ senderFrame, sender }) => {
    // Null once the frame has navigated away. Only the page itself, in a window's own frame, may ask.
    if (!senderFrame || senderFrame.parent || !isPageAddress(senderFrame.url)) {
      needs.log.warn({ frame: senderFrame?.url }, 'port refused');
      return;
    }
    const { port1, port2 } = new MessageChannelMain();
    serve(createPortWire(port1));
    sender.postMessage(PORT_MESSAGE, null, [port2]);
  });

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
    const { webContents } = window;
    window.once('ready-to-show', () => window.show());
    webContents.on('will-navigate', (event) => event.preventDefault());
    webContents.on('will-frame-navigate', (event) => event.preventDefault());
    webContents.setWindowOpenHandler(({ url }) => {
      // The page asks; a person clicked. What the system does with the address is its own.
      if (isExternalAddress(url)) shell.openExternal(url).catch(() => {});
      return { action: 'deny' };
    });
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

function denyPermissions(target: Session): void {
  const isAllowed = (permission: string, address: string): boolean =>
    ALLOWED_PERMISSIONS.has(permission) && isPageAddress(address);
  target.setPermissionRequestHandler((contents, permission, decide) =>
    decide(isAllowed(permission, contents.getURL())),
  );
  target.setPermissionCheckHandler((_contents, permission, origin) => isAllowed(permission, origin));
  target.setDevicePermissionHandler(() => false);
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}
