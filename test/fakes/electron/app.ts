/** The app's life: ready, windows, quit. */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Engine, startEngine } from './engine.ts';
import { machine } from './machine.ts';
import { nameMissing } from './missing.ts';
import { note } from './notes.ts';
import { defaultSession } from './session.ts';
import { type Instance, takeInstanceLock } from './single-instance.ts';

/** What a window is to the app. */
export interface OwnWindow {
  /** As a person closes it; false where a listener prevented that. */
  close(): boolean;
  destroy(): void;
}

export const windows = new Set<OwnWindow>();

// Where a package has what is beside its archive.
Object.assign(process, { resourcesPath: dirname(dirname(process.argv[1] ?? '')) });

const userDataSwitch = process.argv.find((argument) => argument.startsWith('--user-data-dir='));
const userData =
  userDataSwitch?.slice('--user-data-dir='.length) ?? join(homedir(), '.config', 'kubereel-stand-in');

class App extends EventEmitter {
  readonly isPackaged: boolean = machine.isPackaged ?? false;
  /** macOS has one. */
  readonly dock: object | undefined =
    process.platform === 'darwin'
      ? nameMissing('app.dock', { setMenu() {}, setBadge() {}, bounce: () => 0, setIcon() {} })
      : undefined;
  readonly commandLine: object = nameMissing('app.commandLine', { appendSwitch() {} });
  private readonly ready = Promise.withResolvers<void>();
  private engine: Engine | undefined;
  private instance: Instance | undefined;
  private isQuitting = false;
  private badge = 0;

  /** For the stand-in only: Chromium is there. */
  begin(engine: Engine): void {
    this.engine = engine;
    this.emit('session-created', defaultSession);
    this.emit('ready', {}, {});
    this.ready.resolve();
  }

  /** For the stand-in only. Throws as Electron does where something comes too early. */
  needReady(problem: string): Engine {
    if (!this.engine) throw new Error(problem);
    return this.engine;
  }

  isReady(): boolean {
    return this.engine !== undefined;
  }

  whenReady(): Promise<void> {
    return this.ready.promise;
  }

  enableSandbox(): void {
    if (this.engine) throw new Error('app.enableSandbox() can only be called before app is ready');
  }

  requestSingleInstanceLock(): boolean {
    this.instance ??= takeInstanceLock(userData, (argv, cwd) => {
      // Electron keeps it until the app is ready.
      void this.whenReady().then(() => this.emit('second-instance', {}, argv, cwd));
    });
    return this.instance.isFirst;
  }

  hasSingleInstanceLock(): boolean {
    return this.instance?.isFirst ?? false;
  }

  quit(): void {
    if (this.isQuitting) return;
    let isPrevented = false;
    const event = {
      preventDefault() {
        isPrevented = true;
      },
    };
    this.emit('before-quit', event);
    if (isPrevented) return;
    this.isQuitting = true;
    for (const window of [...windows]) {
      if (window.close()) continue;
      this.isQuitting = false;
      return;
    }
    this.emit('will-quit', event);
    if (isPrevented) this.isQuitting = false;
    else this.exit(0);
  }

  exit(code = 0): void {
    this.isQuitting = true;
    for (const window of [...windows]) window.destroy();
    this.emit('quit', {}, code);
    this.instance?.release();
    process.exit(code);
  }

  /** For windows: the last one has closed. */
  tellAllClosed(): void {
    if (this.isQuitting) return;
    if (this.listenerCount('window-all-closed') > 0) this.emit('window-all-closed');
    else this.quit();
  }

  getPath(name: string): string {
    const paths: Readonly<Record<string, string>> = {
      home: homedir(),
      temp: tmpdir(),
      userData,
      sessionData: userData,
      logs: join(userData, 'logs'),
      crashDumps: join(userData, 'Crashpad'),
      downloads: join(homedir(), 'Downloads'),
      exe: process.execPath,
    };
    const path = paths[name];
    if (path === undefined) throw new Error(`Failed to get '${name}' path`);
    return path;
  }

  /** The folder of the package.json that names the main script, which is out/main.mjs. */
  getAppPath(): string {
    return dirname(dirname(process.argv[1] ?? ''));
  }

  getName(): string {
    return 'kubereel';
  }

  getVersion(): string {
    return (JSON.parse(readFileSync(join(this.getAppPath(), 'package.json'), 'utf8')) as { version: string })
      .version;
  }

  getLocale(): string {
    return 'en-US';
  }

  setAsDefaultProtocolClient(scheme: string): boolean {
    note({ kind: 'protocol client', scheme });
    return true;
  }

  addRecentDocument(path: string): void {
    note({ kind: 'recent document', path });
  }

  setAppUserModelId(): void {}
  setAboutPanelOptions(): void {}
  showAboutPanel(): void {}

  setBadgeCount(count = 0): boolean {
    this.badge = count;
    return true;
  }

  getBadgeCount(): number {
    return this.badge;
  }

  focus(): void {}
}

export const app: App = nameMissing('app', new App());

// Electron quits in order, unless the app listens itself.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) app.quit();
  });
}

/** Electron is ready soon after its main script has begun; here once Chromium is there. */
export async function beginApp(): Promise<Engine> {
  const engine = await startEngine(userData);
  process.on('exit', () => engine.kill());
  return engine;
}
