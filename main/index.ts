import { fileURLToPath } from 'node:url';
import { app, dialog, net, powerMonitor, protocol, safeStorage, session } from 'electron';
import { LINK_SCHEME } from '../preload/recording-link.ts';
import { type Core, compose } from './compose.ts';
import { isStartedFromIcon } from './credentials/login-environment.ts';
import { PAGE_SCHEME } from './hosts/electron/addresses.ts';
import { outliveCrashes } from './hosts/electron/crashes.ts';
import { createElectronHost, type ElectronHost } from './hosts/electron/electron-host.ts';
import { openKeychain } from './hosts/electron/keychain.ts';
import { openFile, openLink, readLaunch } from './hosts/electron/launch.ts';
import { findUpdateWay } from './hosts/electron/updates.ts';
import { readPageFiles } from './hosts/page/page-files.ts';

/** The desktop app: one instance, the core, and its windows. Quitting closes every shell and its recording first. */
const OUT = new URL('.', import.meta.url);
const ownPaths = [app.getAppPath(), fileURLToPath(import.meta.url)];

app.enableSandbox();
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
  const files = await readPageFiles(fileURLToPath(new URL('./page', OUT)));
  await app.whenReady();
  const core = await compose({
    environment: process.env,
    platform: process.platform,
    keyVault: await openKeychain(safeStorage, process.platform),
    isFromIcon: isStartedFromIcon(process.env, process.platform),
  });
  const { log, paths, end } = core;
  outliveCrashes({ app, dialog, process, log, nowMs: Date.now, logFile: paths.logFile, end });
  if (process.argv.includes('--demo')) await core.demo.start();
  let host: ElectronHost | undefined;
  const pages = await core.openPages({
    host: 'electron',
    newWindow: async () => {
      host?.openWindow();
      return {};
    },
    updates: await findUpdates(core),
  });
  endCoreBeforeQuitting(core);
  syncBeforeSleep(core);
  host = createElectronHost(
    { log: core.log },
    { files, preloadPath: fileURLToPath(new URL('./preload.cjs', OUT)), serve: pages.serve },
  );
  host.show(readLaunch(process.argv, { workingDirectory: process.cwd(), ownPaths }));
  // Installed, it is what the system opens such links with; from source that would be Electron itself.
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME);
  app.on('second-instance', (_event, argv, workingDirectory) =>
    host?.show(readLaunch(argv, { workingDirectory, ownPaths })),
  );
  app.on('open-url', (event, url) => {
    event.preventDefault();
    host?.show([openLink(url)]);
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    host?.show([openFile(path, process.cwd())]);
  });
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

/** Electron quits when its event loop says so; ours has casts to finish first. */
function endCoreBeforeQuitting(core: Core): void {
  let hasEnded = false;
  app.on('before-quit', (event) => {
    if (hasEnded) return;
    event.preventDefault();
    // Never rejects: what cannot be closed is in the log.
    void core.end().then(() => {
      hasEnded = true;
      app.quit();
    });
  });
}
