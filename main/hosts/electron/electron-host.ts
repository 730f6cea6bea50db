import { app, BrowserWindow, ipcMain, MessageChannelMain, screen, session, shell } from 'electron';
import type { CommandId } from '../../../preload/page-commands.ts';
import type { Wire } from '../../../preload/wire.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import type { PageWindow, WindowWish } from '../../bridge/desktop.ts';
import type { PageFiles } from '../page/page-files.ts';
import { PAGE_ADDRESS, PAGE_SCHEME } from './addresses.ts';
import { keepInPlace } from './navigation.ts';
import { answerPageRequest } from './page-scheme.ts';
import { denyPermissions } from './permissions.ts';
import { openPortDoor } from './port-door.ts';
import { createWindowLine, type WindowLine } from './window-line.ts';
import { type Bounds, MIN_SIZE, placeWindow, type WindowState } from './window-state.ts';
import type { WindowStore } from './window-store.ts';

/** The windows of the desktop app: sandboxed, on a scheme of their own, each with one port to the core. */
export interface ElectronHost {
  openWindow(): void;
  /** Brings the window that was used last to the front, and wishes this of it; opens one where there is none. */
  show(wishes?: readonly WindowWish[]): void;
  /** What is wished of the window in front; of none where none is. */
  wish(wish: WindowWish): void;
  /** What the page of the window in front can do. */
  commands(): ReadonlySet<CommandId>;
  /** Another window is in front, or its page can do other things. */
  readonly onFrontChanged: Event<void>;
  front(): BrowserWindow | undefined;
  /** Has all pages take the zoom that there is now. */
  zoom(): void;
}

export interface ElectronHostOptions {
  readonly files: PageFiles;
  /** Absolute path of the bundled preload script. */
  readonly preloadPath: string;
  serve(wire: Wire, window: PageWindow | undefined): void;
  /** The colour of a window that shows nothing yet. */
  background(): string;
  /** How much larger a page is than its size: 1 for as large. */
  zoom(): number;
  /** Whether the last window may close now; where not, what follows is seen to. */
  mayCloseLast(): boolean;
  /** The system ends the user's session, windows first (Windows). */
  onSessionEnd(): void;
}

interface OpenWindow {
  readonly window: BrowserWindow;
  readonly line: WindowLine;
}

/** To be called once the app is ready. */
export function createElectronHost(
  needs: { readonly log: Log; readonly places: WindowStore },
  options: ElectronHostOptions,
): ElectronHost {
  const { files, preloadPath, serve } = options;
  /** Used last, last. */
  const open: OpenWindow[] = [];
  const frontChanged = createEmitter<void>();
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

  function placeNext(): WindowState {
    const primary = screen.getPrimaryDisplay();
    const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id);
    const standing = open.map(({ window }) => window.getNormalBounds());
    const last = open.at(-1);
    // Beside the one that is used; the first as the last one stood.
    return placeWindow(
      last ? stateOf(last.window) : needs.places.last(),
      [primary.workArea, ...others.map(({ workArea }) => workArea)],
      standing,
    );
  }

  function openWindow(): OpenWindow {
    const { bounds, mode } = placeNext();
    const window = new BrowserWindow({
      ...bounds,
      minWidth: MIN_SIZE.width,
      minHeight: MIN_SIZE.height,
      show: false,
      title: 'Kubereel',
      backgroundColor: options.background(),
      webPreferences: {
        preload: preloadPath,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        spellcheck: false,
        zoomFactor: options.zoom(),
      },
    });
    // Chromium keeps a zoom for each origin, from earlier days too.
    window.webContents.on('did-finish-load', () => window.webContents.setZoomFactor(options.zoom()));
    const opened: OpenWindow = { window, line: createWindowLine() };
    open.push(opened);
    opened.line.onOffered(() => frontChanged.fire());
    keepPlace(window, needs.places);
    window.on('focus', () => {
      open.splice(open.indexOf(opened), 1);
      open.push(opened);
      frontChanged.fire();
    });
    window.on('close', (event) => {
      if (open.length === 1 && !options.mayCloseLast()) event.preventDefault();
    });
    window.on('closed', () => {
      open.splice(open.indexOf(opened), 1);
      frontChanged.fire();
    });
    window.on('session-end', options.onSessionEnd);
    window.once('ready-to-show', () => {
      if (mode === 'maximised') window.maximize();
      window.show();
      if (mode === 'full screen') window.setFullScreen(true);
    });
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
    wish: (wish) => open.at(-1)?.line.wish(wish),
    commands: () => open.at(-1)?.line.commands() ?? new Set(),
    onFrontChanged: frontChanged.event,
    front: () => open.at(-1)?.window,
    zoom() {
      for (const { window } of open) window.webContents.setZoomFactor(options.zoom());
    },
  };
}

/** Follows how a window stands; the one that was changed or closed last has the last word. */
function keepPlace(window: BrowserWindow, places: WindowStore): void {
  const keep = (): void => {
    if (!window.isMinimized()) places.keep(stateOf(window));
  };
  window.on('resize', keep);
  window.on('move', keep);
  window.on('maximize', keep);
  window.on('unmaximize', keep);
  window.on('enter-full-screen', keep);
  window.on('leave-full-screen', keep);
  window.on('close', keep);
}

function stateOf(window: BrowserWindow): WindowState {
  const { x, y, width, height }: Bounds = window.getNormalBounds();
  const normal = window.isMaximized() ? 'maximised' : 'normal';
  return { bounds: { x, y, width, height }, mode: window.isFullScreen() ? 'full screen' : normal };
}
