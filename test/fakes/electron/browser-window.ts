/** A window: its place and state are kept here, its contents are a page of Chromium. */
import { EventEmitter } from 'node:events';
import type { BrowserWindowConstructorOptions } from 'electron';
import { app, windows } from './app.ts';
import type { Bounds } from './control-contract.ts';
import { machine } from './machine.ts';
import { nameMissing } from './missing.ts';
import { WebContents } from './web-contents.ts';

const DEFAULT_SIZE = { width: 800, height: 600 };
export const WORK_AREA: Bounds = machine.workArea ?? { x: 0, y: 0, width: 1920, height: 1040 };

const open: BrowserWindow[] = [];
let lastId = 0;
let focused: BrowserWindow | undefined;

export class BrowserWindow extends EventEmitter {
  readonly id: number = ++lastId;
  readonly webContents: WebContents;
  private bounds: Bounds;
  private normalBounds: Bounds;
  private title: string;
  private isShown: boolean;
  private state: 'normal' | 'minimized' | 'maximized' | 'full screen' = 'normal';
  private isGone = false;
  private readonly self: this;

  static getAllWindows(): BrowserWindow[] {
    return [...open];
  }

  static getFocusedWindow(): BrowserWindow | null {
    return focused ?? null;
  }

  static fromId(id: number): BrowserWindow | null {
    return open.find((window) => window.id === id) ?? null;
  }

  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return open.find((window) => window.webContents === contents) ?? null;
  }

  constructor(options: BrowserWindowConstructorOptions = {}) {
    super();
    const engine = app.needReady('Cannot create BrowserWindow before app is ready');
    refuseUnsafe(options.webPreferences ?? {});
    const { width = DEFAULT_SIZE.width, height = DEFAULT_SIZE.height } = options;
    const { x = Math.round((WORK_AREA.width - width) / 2), y = Math.round((WORK_AREA.height - height) / 2) } =
      options;
    this.bounds = { x, y, width, height };
    this.normalBounds = this.bounds;
    this.title = options.title ?? 'Electron';
    this.isShown = options.show ?? true;
    this.self = nameMissing('BrowserWindow', this);
    this.webContents = new WebContents(engine, {
      preload: options.webPreferences?.preload,
      size: { width, height },
    });
    this.webContents.once('did-finish-load', () => this.emit('ready-to-show'));
    open.push(this.self);
    windows.add(this.self);
    app.emit('web-contents-created', {}, this.webContents);
    app.emit('browser-window-created', {}, this.self);
    if (this.isShown) this.focus();
    // biome-ignore lint/correctness/noConstructorReturn: whoever has it must hear of what it has not
    return this.self;
  }

  loadURL(address: string): Promise<void> {
    return this.webContents.loadURL(address);
  }

  reload(): void {
    this.webContents.reload();
  }

  show(): void {
    this.isShown = true;
    this.emit('show');
    this.focus();
  }

  showInactive(): void {
    this.isShown = true;
    this.emit('show');
  }

  hide(): void {
    this.isShown = false;
    this.emit('hide');
    this.blur();
  }

  focus(): void {
    if (focused === this.self) return;
    focused?.blur();
    focused = this.self;
    this.emit('focus');
    app.emit('browser-window-focus', {}, this.self);
  }

  blur(): void {
    if (focused !== this.self) return;
    focused = undefined;
    this.emit('blur');
    app.emit('browser-window-blur', {}, this.self);
  }

  /** As a person closes it. False where a listener prevented that. */
  close(): boolean {
    if (this.isGone) return true;
    let isPrevented = false;
    const event = {
      preventDefault() {
        isPrevented = true;
      },
    };
    this.emit('close', event);
    if (!isPrevented) this.destroy();
    return !isPrevented;
  }

  destroy(): void {
    if (this.isGone) return;
    this.blur();
    this.isGone = true;
    open.splice(open.indexOf(this.self), 1);
    windows.delete(this.self);
    // Never rejects.
    void this.webContents.destroy();
    this.emit('closed');
    if (open.length === 0) app.tellAllClosed();
  }

  isDestroyed(): boolean {
    return this.isGone;
  }

  isVisible(): boolean {
    return this.isShown;
  }

  isFocused(): boolean {
    return focused === this.self;
  }

  isMinimized(): boolean {
    return this.state === 'minimized';
  }

  isMaximized(): boolean {
    return this.state === 'maximized';
  }

  isFullScreen(): boolean {
    return this.state === 'full screen';
  }

  isNormal(): boolean {
    return this.state === 'normal';
  }

  minimize(): void {
    this.enter('minimized', 'minimize');
  }

  restore(): void {
    this.enter('normal', 'restore');
  }

  maximize(): void {
    this.isShown = true;
    this.enter('maximized', 'maximize');
    this.place(WORK_AREA);
  }

  unmaximize(): void {
    this.enter('normal', 'unmaximize');
    this.place(this.normalBounds);
  }

  setFullScreen(isOn: boolean): void {
    if (isOn === this.isFullScreen()) return;
    this.enter(isOn ? 'full screen' : 'normal', isOn ? 'enter-full-screen' : 'leave-full-screen');
    this.place(isOn ? WORK_AREA : this.normalBounds);
  }

  getBounds(): Bounds {
    return { ...this.bounds };
  }

  getNormalBounds(): Bounds {
    return { ...this.normalBounds };
  }

  setBounds(bounds: Partial<Bounds>): void {
    const next = { ...this.bounds, ...bounds };
    if (this.state === 'normal') this.normalBounds = next;
    this.place(next);
  }

  getTitle(): string {
    return this.title;
  }

  setTitle(title: string): void {
    this.title = title;
  }

  setProgressBar(): void {}
  setOverlayIcon(): void {}
  flashFrame(): void {}
  setMenuBarVisibility(): void {}
  setAutoHideMenuBar(): void {}

  private enter(state: typeof this.state, event: string): void {
    if (this.state === state) return;
    this.state = state;
    this.emit(event);
  }

  private place(bounds: Bounds): void {
    const before = this.bounds;
    this.bounds = bounds;
    const { width, height } = bounds;
    if (before.width !== width || before.height !== height) {
      this.webContents.resize({ width, height });
      this.emit('resize');
    }
    if (before.x !== bounds.x || before.y !== bounds.y) this.emit('move');
  }
}

/** What an app of ours never asks for; Electron would grant it. */
function refuseUnsafe(preferences: NonNullable<BrowserWindowConstructorOptions['webPreferences']>): void {
  const { nodeIntegration, sandbox, contextIsolation, webSecurity, webviewTag } = preferences;
  if (nodeIntegration === true) throw new Error('a window with nodeIntegration');
  if (sandbox === false) throw new Error('a window without the sandbox');
  if (contextIsolation === false) throw new Error('a window without contextIsolation');
  if (webSecurity === false) throw new Error('a window without webSecurity');
  if (webviewTag === true) throw new Error('a window with webviews');
}
