import {
  app,
  BrowserWindow,
  dialog,
  Menu,
  type MessageBoxOptions,
  nativeTheme,
  powerMonitor,
  shell,
  Tray,
} from 'electron';
import type { Settings } from '../../../preload/contract.ts';
import type { KeyPlatform } from '../../../preload/page-keys.ts';
import type { Clock } from '../../base/clock.ts';
import type { Event } from '../../base/event.ts';
import type { Lifetime } from '../../base/lifetime.ts';
import type { Log } from '../../base/log.ts';
import type { WindowWish } from '../../bridge/desktop.ts';
import { createAppMenu } from './app-menu.ts';
import { createElectronHost, type ElectronHost, type ElectronHostOptions } from './electron-host.ts';
import { openFile } from './launch.ts';
import { liveIcon } from './live-icons.ts';
import { createLiveSigns, type LiveSigns, type TraySign } from './live-signs.ts';
import { type OpenSession, summarise } from './live-summary.ts';
import type { AppDeed } from './menu-template.ts';
import { lookOf } from './native-look.ts';
import type { Quit } from './quit.ts';
import { askToQuit, tellUnfinished } from './quit-question.ts';
import { openWindowStore } from './window-store.ts';

/** What the desktop around the windows is made of. */
export interface DesktopNeeds {
  readonly clock: Clock;
  readonly log: Log;
  readonly life: Lifetime;
  readonly platform: KeyPlatform;
  readonly version: string;
  /** Where it is kept how the windows stand. */
  readonly windowFile: string;
  /** The licences of what a package holds; from source each package has its own. */
  readonly licenceFile: string;
  sessions(): readonly OpenSession[];
  readonly onSessionsChanged: Event<void>;
  look(): Pick<Settings, 'theme' | 'textSize'>;
  readonly onLookChanged: Event<void>;
  readonly quit: Quit;
}

/** Windows, menus and the look of them. To be called once the app is ready. */
export async function openDesktop(
  needs: DesktopNeeds,
  options: Pick<ElectronHostOptions, 'files' | 'preloadPath' | 'serve'>,
): Promise<ElectronHost> {
  const { clock, log, life, platform, quit, version } = needs;
  const isMac = platform === 'darwin';
  const look = () => lookOf(needs.look().theme, nativeTheme);
  const host = createElectronHost(
    { log, places: await openWindowStore({ file: needs.windowFile, clock, log }, life) },
    {
      ...options,
      background: () => look().background,
      zoom: () => needs.look().textSize / 100,
      // On a Mac an app lives on without a window, and its shells with it.
      mayCloseLast: () => isMac || summarise(needs.sessions()).shells.length === 0 || quit.request('user'),
      onSessionEnd: () => void quit.request('system'),
    },
  );

  function act(deed: AppDeed): void {
    if (deed === 'new-window') host.openWindow();
    else if (deed === 'close-window') host.front()?.close();
    else if (deed === 'about') app.showAboutPanel();
    else if (deed === 'licences') void showLicences(needs.licenceFile, host);
    else if (deed === 'quit') app.quit();
    else
      chooseFile(host).catch((error: unknown) => log.error({ error: String(error) }, 'no file was chosen'));
  }

  const menu = createAppMenu({
    platform,
    run: (command) => host.wish({ kind: 'command', command }),
    act,
    build: (template) => Menu.buildFromTemplate(template),
    set: (built) => Menu.setApplicationMenu(built),
  });
  life.own(host.onFrontChanged(() => menu.offer(host.commands())));

  const signs = openLiveSigns(host, needs);
  life.own(signs.end);
  life.own(needs.onSessionsChanged(signs.update));

  function dress(): void {
    nativeTheme.themeSource = look().themeSource;
    host.zoom();
  }
  dress();
  life.own(needs.onLookChanged(dress));
  app.setAboutPanelOptions({
    applicationName: 'Kubereel',
    applicationVersion: version,
    copyright: 'Apache License 2.0',
  });
  // The system has begun to go down: nobody could answer a question, but what is said is waited for.
  powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
    if (!quit.request('system')) event?.preventDefault();
  });
  return host;
}

function openLiveSigns(host: ElectronHost, { platform, sessions }: DesktopNeeds): LiveSigns {
  return createLiveSigns({
    sessions,
    createTray: () => openTray(platform, host.show),
    // Undefined where the desktop has none.
    setBadge: (count) => void app.setBadgeCount(count),
    setDockMenu: (template) => app.dock?.setMenu(Menu.buildFromTemplate(template)),
    setOverlay(sign, words) {
      if (platform !== 'win32') return;
      for (const window of BrowserWindow.getAllWindows())
        window.setOverlayIcon(sign ? liveIcon(`dot ${sign}`) : null, words);
    },
    askForAttention() {
      const front = host.front();
      if (front && !front.isFocused()) front.flashFrame(true);
    },
    showWindow: () => host.show(),
    showSession: (sessionId) => host.show([{ kind: 'session', sessionId }]),
    showElsewhere: () => host.show([{ kind: 'command', command: 'elsewhere' }]),
    openWindow: host.openWindow,
    quit: () => app.quit(),
  });
}

function openTray(platform: KeyPlatform, show: () => void): TraySign {
  const isMac = platform === 'darwin';
  const tray = new Tray(liveIcon(isMac ? 'template' : 'recorded'));
  // On a Mac a press opens the menu.
  if (!isMac) tray.on('click', () => show());
  return {
    show(sign, toolTip, menu) {
      // A Mac's has one colour: there the words say it.
      if (!isMac) tray.setImage(liveIcon(sign));
      tray.setToolTip(toolTip);
      tray.setContextMenu(Menu.buildFromTemplate(menu));
    },
    destroy: () => tray.destroy(),
  };
}

/** Asks before shells end. */
export async function askBeforeQuitting(
  host: ElectronHost | undefined,
  shells: readonly string[],
): Promise<boolean> {
  const { message, detail, buttons } = askToQuit(shells);
  const { response } = await box(host, {
    type: 'question',
    title: 'Quit Kubereel?',
    message,
    detail,
    buttons: [...buttons],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  return response === 1;
}

export async function tellWhatIsUnfinished(
  host: ElectronHost | undefined,
  shells: readonly string[],
): Promise<void> {
  await box(host, { type: 'warning', title: 'Kubereel', ...tellUnfinished(shells), buttons: ['Quit'] });
}

/** Belongs to the window in front, where there is one. */
function box(
  host: ElectronHost | undefined,
  options: MessageBoxOptions,
): Promise<{ readonly response: number }> {
  const window = host?.front();
  return window ? dialog.showMessageBox(window, options) : dialog.showMessageBox(options);
}

/** Opened by whatever the system opens pages with. Never rejects. */
async function showLicences(file: string, host: ElectronHost): Promise<void> {
  const problem = await shell.openPath(file);
  if (problem === '') return;
  await box(host, {
    type: 'info',
    title: 'Licences',
    message: 'The licences of everything in Kubereel come with its packages.',
    detail: `${file}: ${problem}`,
    buttons: ['Close'],
  });
}

/** In the page it says what it is before anything becomes of it. */
async function chooseFile(host: ElectronHost): Promise<void> {
  const { filePaths } = await dialog.showOpenDialog({
    title: 'Open a recording',
    properties: ['openFile', 'multiSelections'],
    filters: [
      { name: 'Recordings', extensions: ['cast', 'gz', 'zst', 'tty', 'ttyrec', 'json'] },
      { name: 'All files', extensions: ['*'] },
    ],
  });
  const wishes = filePaths.map((path): WindowWish => openFile(path, process.cwd()));
  if (wishes.length > 0) host.show(wishes);
}
