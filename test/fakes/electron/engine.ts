/** Chromium as the stand-in drives it: targets for windows, and none for anybody else. */
import { join } from 'node:path';
import { type CdpSession, connectCdp } from './cdp.ts';
import { startChromium } from './chromium-process.ts';

export interface PageTarget {
  readonly targetId: string;
  readonly session: CdpSession;
}

export interface Engine {
  /** Where a test connects to the same Chromium. */
  readonly address: string;
  readonly pid: number;
  readonly browser: CdpSession;
  /** A page that waits with its first document until it is told to run. */
  openTarget(size: { readonly width: number; readonly height: number }): Promise<PageTarget>;
  closeTarget(target: PageTarget): Promise<void>;
  end(): Promise<void>;
  kill(): void;
}

export async function startEngine(userData: string): Promise<Engine> {
  const chromium = await startChromium(join(userData, 'chromium'));
  const attached = new Map<string, (sessionId: string) => void>();
  const early = new Map<string, string>();
  const connection = await connectCdp(chromium.address);
  const { browser } = connection;

  browser.on('Target.attachedToTarget', ({ sessionId, targetInfo: { type, targetId, openerId } }) => {
    if (type === 'page' && openerId === undefined) {
      const take = attached.get(targetId);
      if (take) take(sessionId);
      else early.set(targetId, sessionId);
      return;
    }
    const session = connection.session(sessionId);
    const ignore = (): void => {};
    // Electron asks its handler before there is a window. Here it is there; what it wants to load is kept back and never
    // answered. It must run to be closed: as long as it waits, the page that opened it waits with it.
    if (type === 'page') {
      session.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] }).catch(ignore);
    }
    session.send('Runtime.runIfWaitingForDebugger').catch(ignore);
    if (type === 'page') browser.send('Target.closeTarget', { targetId }).catch(ignore);
  });
  await browser.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: true,
    flatten: true,
  });

  return {
    address: chromium.address,
    pid: chromium.pid,
    browser,
    async openTarget({ width, height }) {
      const { targetId } = await browser.send('Target.createTarget', {
        url: 'about:blank',
        width,
        height,
        newWindow: true,
      });
      const sessionId =
        early.get(targetId) ?? (await new Promise<string>((resolve) => attached.set(targetId, resolve)));
      return { targetId, session: connection.session(sessionId) };
    },
    async closeTarget({ targetId }) {
      // It may be gone already.
      await browser.send('Target.closeTarget', { targetId }).catch(() => {});
    },
    end: () => chromium.end(),
    kill: () => chromium.kill(),
  };
}
