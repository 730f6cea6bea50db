import { EventEmitter } from 'node:events';
import { request } from 'node:https';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AppImageUpdater, AppUpdater } from 'electron-updater';
import type { UpdaterParts } from '../../main/hosts/electron/electron-updater.ts';

/** The real electron-updater for an AppImage, beside an app that is none of Electron's. */
export interface TestApp {
  readonly parts: UpdaterParts;
  /** Ends the app as a person would; resolves when what happens then has happened. */
  quit(): void;
  readonly hasQuit: boolean;
}

/** Its files are in `folder`; `appImage` is the program that is to be replaced. */
export function createTestApp(version: string, folder: string, ca: string): TestApp {
  const electronUpdater = load('electron-updater') as typeof import('electron-updater');
  const quitListeners: ((exitCode: number) => void)[] = [];
  let hasQuit = false;
  function quit(): void {
    hasQuit = true;
    for (const listener of quitListeners.splice(0)) listener(0);
  }
  const app = {
    version,
    name: 'kubereel',
    isPackaged: true,
    appUpdateConfigPath: join(folder, 'app-update.yml'),
    userDataPath: folder,
    baseCachePath: join(folder, 'cache'),
    whenReady: async () => {},
    relaunch: () => {},
    quit,
    onQuit: (listener: (exitCode: number) => void) => void quitListeners.push(listener),
  };
  // Its constructor is for Electron's app alone in its types.
  const Updater = electronUpdater.AppImageUpdater as unknown as new (
    options: undefined,
    adapter: typeof app,
  ) => AppImageUpdater;
  const updater: AppUpdater = new Updater(undefined, app);
  Object.assign(updater, { httpExecutor: createExecutor(ca) });
  const { Provider, CancellationToken } = electronUpdater;
  return {
    parts: { updater, Provider, CancellationToken },
    quit,
    get hasQuit() {
      return hasQuit;
    },
  };
}

/** Over Node's TLS in place of Chromium's. */
function createExecutor(ca: string): object {
  const { ElectronHttpExecutor } = load('electron-updater/out/electronHttpExecutor') as {
    ElectronHttpExecutor: new () => object;
  };
  return Object.assign(new ElectronHttpExecutor(), {
    createRequest: (options: object, onResponse: () => void) => request({ ...options, ca }, onResponse),
  });
}

const load = createRequire(import.meta.url);
// All that it asks of Electron itself is to tell that it quits: there is no program to be fetched for it.
load.cache[load.resolve('electron')] = {
  exports: { autoUpdater: new EventEmitter() },
  loaded: true,
} as NodeJS.Module;
