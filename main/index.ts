import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, dialog, net, powerMonitor, protocol, safeStorage, session } from 'electron';
import { LINK_SCHEME } from '../preload/recording-link.ts';
import { type Core, compose } from './compose.ts';
import type { Pages } from './compose-pages.ts';
import { isStartedFromIcon } from './credentials/login-environment.ts';
import { APP_ID, PAGE_SCHEME } from './hosts/electron/addresses.ts';
import { outliveCrashes } from './hosts/electron/crashes.ts';
import { askBeforeQuitting, openDesktop, tellWhatIsUnfinished } from './hosts/electron/desktop.ts';
import type { ElectronHost } from './hosts/electron/electron-host.ts';
import { openKeychain } from './hosts/electron/keychain.ts';
import { openLaunchInbox } from './hosts/electron/launch-inbox.ts';
import { type OpenSession, summarise } from './hosts/electron/live-summary.ts';
import { createQuit, type Quit } from './hosts/electron/quit.ts';
import { findUpdateWay } from './hosts/electron/updates.ts';
import { readPageFiles } from './hosts/page/page-files.ts';

/** The desktop app: one instance, the core, and its windows. Quitting closes every shell and its recording first. */
const OUT = new URL('.', import.meta.url);

app.enableSandbox();
// Windows groups windows and pins by it; elsewhere it does nothing.
app.setAppUserModelId(APP_ID);
protocol.registerSchemesAsPrivileged([
  {
    scheme: PAGE_SCHEME,
    privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
  },
]);

if (app.requestSingleInstanceLock()) {
  start().catch((error: unknown) => {
    dialog.showErrorBox('Kubereel could not start', error instanceof Error ? error.message : String(error));
    app.exit(1);
  });
} else {
  app.quit();
}

async function start(): Promise<void> {
  const inbox = openLaunchInbox({
    app,
    argv: process.argv,
    workingDirectory: () => process.cwd(),
    ownPaths: [app.getAppPath(), fileURLToPath(import.meta.url)],
  });
  const files = await readPageFiles(fileURLToPath(new URL('./page', OUT)));
  await app.whenReady();
  const core = await compose({
    environment: process.env,
    platform: process.platform,
    keyVault: await openKeychain(safeStorage, process.platform),
    isFromIcon: isStartedFromIcon(process.env, process.platform),
  });
  const { clock, log, paths, life, end } = core;
  outliveCrashes({ app, dialog, process, log, nowMs: Date.now, logFile: paths.logFile, end });
  let host: ElectronHost | undefined;
  let pages: Pages | undefined;
  const sessions = (): readonly OpenSession[] => pages?.sessions() ?? [];
  const quit = createQuit({
    clock,
    log,
    liveShells: () => summarise(sessions()).shells.map(({ name }) => name),
    ask: (shells) => askBeforeQuitting(host, shells),
    tell: (shells) => tellWhatIsUnfinished(host, shells),
    end,
    leave: () => app.quit(),
  });
  quitBy(quit);
  syncBeforeSleep(core);
  try {
    if (process.argv.includes('--demo')) await core.demo.start();
    pages = await core.openPages({
      host: 'electron',
      newWindow: async () => {
        host?.openWindow();
        return {};
      },
      updates: await findUpdates(core),
    });
    const settings = await core.settings();
    host = await openDesktop(
      {
        clock,
        log,
        life,
        platform: pages.info.platform,
        version: pages.info.version,
        windowFile: paths.windowFile,
        licenceFile: join(process.resourcesPath, 'LICENSES.html'),
        sessions,
        onSessionsChanged: pages.onSessionsChanged,
        look: () => settings.current().settings,
        onLookChanged: (listener) => settings.onChanged(() => listener()),
        quit,
      },
      { files, preloadPath: fileURLToPath(new URL('./preload.cjs', OUT)), serve: pages.serve },
    );
  } catch (error) {
    // Ended while it was opened: there is nothing to tell any more.
    if (!quit.hasBegun()) throw error;
  }
  if (quit.hasBegun() || !host) return;
  inbox.open(host.show);
  // Installed, it is what the system opens such links with; from source that would be Electron itself.
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME);
  app.on('activate', () => host?.show());
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
}

function findUpdates({ log, end }: Core): ReturnType<typeof findUpdateWay> {
  const { isPackaged } = app;
  const { platform, execPath, resourcesPath, env } = process;
  return findUpdateWay(
    { app, net, downloads: () => session.fromPartition('electron-updater'), log, end },
    { isPackaged, platform, execPath, resourcesPath, environment: env },
    fileURLToPath(new URL('./update-source.json', OUT)),
  );
}

/** A machine that sleeps or is locked may lose its power before it is used again. */
function syncBeforeSleep(core: Core): void {
  // Never rejects: each recording tells its own trouble.
  const sync = (): void => void core.syncRecordings();
  powerMonitor.on('suspend', sync);
  powerMonitor.on('lock-screen', sync);
}

/** Electron quits when its event loop says so; ours has shells to ask about, and casts to finish first. */
function quitBy(quit: Quit): void {
  app.on('before-quit', (event) => {
    if (!quit.request('user')) event.preventDefault();
  });
  // A session that ends, or a terminal that closes, has nobody who answers.
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => quit.request('system'));
}
