/** What a window shows: a page of Chromium, its frames, its navigation and its isolated world. */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { HandlerDetails, WindowOpenHandlerResponse } from 'electron';
import type { CdpSession } from './cdp.ts';
import type { Engine, PageTarget } from './engine.ts';
import { createFrames } from './frames.ts';
import { ipcMain } from './ipc-main.ts';
import { nameMissing } from './missing.ts';
import { answerPausedRequest } from './paused-request.ts';
import { toAppAddress, toChromiumAddress } from './scheme-address.ts';
import { applyPermissions, defaultSession } from './session.ts';
import { linkWorld, type WorldLink } from './world-link.ts';

export interface ContentsOptions {
  readonly preload: string | undefined;
  readonly size: { readonly width: number; readonly height: number };
}

type OpenHandler = (details: HandlerDetails) => WindowOpenHandlerResponse;

let lastId = 0;

export class WebContents extends EventEmitter {
  readonly id: number = ++lastId;
  private readonly frames = createFrames();
  /** Addresses that the main process has asked for itself: their navigation is nobody's to prevent. */
  private readonly ownLoads = new Set<string>();
  private target: Promise<PageTarget>;
  private link: WorldLink | undefined;
  private openHandler: OpenHandler | undefined;
  private isGone = false;
  private hasCrashed = false;
  private zoomFactor = 1;
  private readonly engine: Engine;
  private readonly options: ContentsOptions;
  private readonly self: this;

  constructor(engine: Engine, options: ContentsOptions) {
    super();
    this.engine = engine;
    this.options = options;
    this.self = nameMissing('WebContents', this);
    this.target = this.openTarget();
    // A window that cannot be opened is told by what is done with it next.
    this.target.catch(() => {});
    // biome-ignore lint/correctness/noConstructorReturn: whoever has it must hear of what it has not
    return this.self;
  }

  get session(): typeof defaultSession {
    return defaultSession;
  }

  get mainFrame(): ReturnType<typeof createFrames>['mainFrame'] {
    return this.frames.mainFrame;
  }

  getURL(): string {
    return this.frames.mainFrame.url;
  }

  isDestroyed(): boolean {
    return this.isGone;
  }

  isCrashed(): boolean {
    return this.hasCrashed;
  }

  async loadURL(address: string): Promise<void> {
    await this.navigate(address, async ({ session }) => {
      const { errorText, loaderId } = await session.send('Page.navigate', {
        url: toChromiumAddress(address),
      });
      return { errorText, isSameDocument: loaderId === undefined };
    });
  }

  reload(): void {
    const address = this.getURL();
    const load = async ({ session }: PageTarget) => {
      await session.send('Page.reload');
      return { isSameDocument: false };
    };
    // What does not load is told by `did-fail-load`.
    (this.hasCrashed ? this.loadURL(address) : this.navigate(address, load)).catch(() => {});
  }

  send(channel: string, ...args: unknown[]): void {
    this.link?.post(channel, args);
  }

  postMessage(channel: string, message: unknown, transfer?: readonly unknown[]): void {
    this.link?.post(channel, [message], transfer);
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler;
  }

  setZoomFactor(factor: number): void {
    if (factor === this.zoomFactor) return;
    this.zoomFactor = factor;
    this.target.then(({ session }) => this.showZoom(session)).catch(() => {});
  }

  getZoomFactor(): number {
    return this.zoomFactor;
  }

  /** As Chromium's zoom: fewer and larger pixels in the same window. */
  private async showZoom(session: CdpSession): Promise<void> {
    if (this.zoomFactor === 1) {
      await session.send('Emulation.clearDeviceMetricsOverride');
      return;
    }
    const { bounds } = await session.send('Browser.getWindowForTarget');
    await session.send('Emulation.setDeviceMetricsOverride', {
      width: Math.round((bounds.width ?? 0) / this.zoomFactor),
      height: Math.round((bounds.height ?? 0) / this.zoomFactor),
      deviceScaleFactor: this.zoomFactor,
      mobile: false,
    });
  }

  /** Its window has another size. */
  resize({ width, height }: { readonly width: number; readonly height: number }): void {
    this.target
      .then(async ({ session }) => {
        const { windowId } = await session.send('Browser.getWindowForTarget');
        await session.send('Browser.setWindowBounds', { windowId, bounds: { width, height } });
        await this.showZoom(session);
      })
      // It has closed meanwhile.
      .catch(() => {});
  }

  /** For a window and the control. */
  async openedTarget(): Promise<PageTarget> {
    return this.target;
  }

  /** Its window closes. */
  async destroy(): Promise<void> {
    if (this.isGone) return;
    this.isGone = true;
    this.link?.lose();
    const target = await this.target.catch(() => undefined);
    if (target) await this.engine.closeTarget(target);
    this.emit('destroyed');
  }

  private async navigate(
    address: string,
    start: (target: PageTarget) => Promise<{ errorText?: string | undefined; isSameDocument: boolean }>,
  ): Promise<void> {
    if (this.hasCrashed) this.revive();
    const target = await this.target;
    await applyPermissions(this.engine, address);
    const [plain = ''] = toChromiumAddress(address).split('#');
    this.ownLoads.add(plain);
    const loaded = new Promise((resolve) => this.once('did-finish-load', resolve));
    const { errorText, isSameDocument } = await start(target);
    // Otherwise it is taken out where its request comes by.
    if (isSameDocument || errorText) this.ownLoads.delete(plain);
    if (errorText !== undefined && errorText !== '') {
      this.emit('did-fail-load', {}, -2, errorText, address, true);
      throw new Error(`${errorText} loading '${address}'`);
    }
    if (!isSameDocument) await loaded;
  }

  /** A renderer that has crashed is another process afterwards, here another target. */
  private revive(): void {
    const before = this.target;
    this.hasCrashed = false;
    this.frames.clear();
    this.target = this.openTarget();
    // One that never opened needs no closing.
    before.then((target) => this.engine.closeTarget(target)).catch(() => {});
  }

  private async openTarget(): Promise<PageTarget> {
    const target = await this.engine.openTarget(this.options.size);
    const { session, targetId } = target;
    const { preload } = this.options;
    this.frames.navigate({ id: targetId, url: 'about:blank' });
    this.followFrames(target);
    const guarded = Promise.all([
      session.send('Page.enable'),
      session.send('Runtime.enable'),
      session.send('Inspector.enable'),
      session.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] }),
    ]);
    this.link = linkWorld(target, preload === undefined ? undefined : readFileSync(preload, 'utf8'), {
      heard: (channel, args, { frameId, isCurrent }) =>
        ipcMain.hear(channel, args, {
          sender: this.self,
          senderFrame: () => (isCurrent() ? (this.frames.find(frameId) ?? null) : null),
        }),
    });
    await Promise.all([guarded, this.link.installed, session.send('Runtime.runIfWaitingForDebugger')]);
    return target;
  }

  private followFrames(target: PageTarget): void {
    const { frames } = this;
    const { session } = target;
    session.on('Page.frameAttached', ({ frameId, parentFrameId }) => frames.attach(frameId, parentFrameId));
    session.on('Page.frameDetached', ({ frameId, reason }) => {
      if (reason === 'remove') frames.detach(frameId);
    });
    session.on('Page.frameNavigated', ({ frame: { id, parentId, url } }) => {
      frames.navigate({ id, url, ...(parentId !== undefined && { parentId }) });
      if (parentId === undefined) this.emit('did-navigate', {}, toAppAddress(url), 200, 'OK');
    });
    session.on('Page.navigatedWithinDocument', ({ frameId, url }) => {
      frames.move(frameId, url);
      this.emit('did-navigate-in-page', {}, toAppAddress(url), frames.isMain(frameId));
    });
    session.on('Page.domContentEventFired', () => this.emit('dom-ready', {}));
    session.on('Page.loadEventFired', () => this.emit('did-finish-load', {}));
    session.on('Page.windowOpen', ({ url, windowName }) => this.askToOpen(url, windowName));
    session.on('Inspector.targetCrashed', () => {
      this.hasCrashed = true;
      this.link?.lose();
      this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 139 });
    });
    session.on('Fetch.requestPaused', (paused) => {
      const isOwn = this.ownLoads.delete(paused.request.url);
      const { requestId, resourceType, frameId } = paused;
      const isRefused =
        resourceType === 'Document' && !isOwn && this.isNavigationRefused(frameId, paused.request.url);
      const answer = isRefused
        ? session.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' })
        : answerPausedRequest(session, paused);
      // Whoever asked has gone meanwhile.
      answer.catch(() => {});
    });
  }

  /** In Electron's order (shell/browser/electron_navigation_throttle.cc): each frame's event, then the window's. */
  private isNavigationRefused(frameId: string, address: string): boolean {
    const isMainFrame = this.frames.isMain(frameId);
    let defaultPrevented = false;
    const details = {
      url: toAppAddress(address),
      isMainFrame,
      isSameDocument: false,
      frame: this.frames.find(frameId) ?? null,
      get defaultPrevented() {
        return defaultPrevented;
      },
      preventDefault() {
        defaultPrevented = true;
      },
    };
    this.emit('will-frame-navigate', details);
    if (!defaultPrevented && isMainFrame) this.emit('will-navigate', details, details.url);
    return defaultPrevented;
  }

  private askToOpen(url: string, frameName: string): void {
    const details = { url: toAppAddress(url), frameName, features: '', disposition: 'foreground-tab' };
    const answer = this.openHandler?.(details as HandlerDetails) ?? { action: 'allow' };
    if (answer.action === 'allow') throw new Error('the stand-in for Electron opens no windows for pages');
  }
}
