import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { PORT_MESSAGE } from '../../preload/handshake.ts';
import type { DesktopApp } from '../fakes/electron/desktop-app.ts';
import type { ReliedOn } from './desktop.ts';

/** What a page of a test has in its window. */
interface Stage {
  /** Ports that came to the window. */
  readonly ports: MessagePort[];
  /** Asks as the page does. */
  ask(): void;
  /** What an impostor's port was sent by the page. */
  readonly stolen: unknown[];
}
type Staged = typeof globalThis & { stage: Stage };

const KEY = 'kubereel.test.stage';

/** Before the page's own script: it holds the page's question back, or answers it with ports of nobody. */
function setStage([key, message]: readonly [string, string]): void {
  const play = sessionStorage.getItem(key);
  if (play === null || window.parent !== window) return;
  const post = window.postMessage.bind(window) as (message: unknown, target: string) => void;
  const stage: Stage = { ports: [], stolen: [], ask: () => post(message, location.origin) };
  Object.assign(globalThis, { stage });
  addEventListener('message', ({ data, ports }) => {
    if (data === message) stage.ports.push(...ports);
  });
  window.postMessage = ((...args: [unknown, string]) => {
    if (play !== 'impostors' || args[0] !== message) return;
    const frame = document.body.appendChild(document.createElement('iframe'));
    const lies = [
      { source: frame.contentWindow, origin: location.origin },
      { source: window, origin: 'https://a.example' },
      { source: null, origin: location.origin },
    ];
    for (const lie of lies) {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => stage.stolen.push(data);
      dispatchEvent(new MessageEvent('message', { data: message, ports: [port2], ...lie }));
    }
    stage.ask();
  }) as typeof window.postMessage;
}

const prepared = new WeakSet<Page>();

/** Loads the page anew under such a play, and as it is afterwards. */
async function play(
  app: DesktopApp,
  page: Page,
  name: 'held' | 'impostors',
  act: () => Promise<void>,
): Promise<void> {
  if (!prepared.has(page)) await page.addInitScript(setStage, [KEY, PORT_MESSAGE] as const);
  prepared.add(page);
  await page.evaluate(([key, value]) => sessionStorage.setItem(key, value), [KEY, name] as const);
  await reload(app, page);
  try {
    await act();
  } finally {
    await page.evaluate((key) => sessionStorage.removeItem(key), KEY);
    await reload(app, page);
    await page.getByRole('listbox', { name: /^Pods of/ }).waitFor();
  }
}

async function reload(app: DesktopApp, page: Page): Promise<void> {
  const [window] = await app.control('windows', {});
  const loaded = page.waitForEvent('load');
  await app.control('window', { id: window?.id ?? 0, does: { kind: 'reload' } });
  await loaded;
}

/** The main process has answered something later: what it was told before, it has heard. */
async function ports(page: Page): Promise<number> {
  await page.evaluate(async () => {
    for (let round = 0; round < 3; round += 1) await fetch('/');
  });
  return page.evaluate(() => (globalThis as Staged).stage.ports.length);
}

export const PORT: readonly ReliedOn[] = [
  {
    sentence: 'the page’s own frame is given one port, and a second question no second one',
    async check(app, page) {
      await play(app, page, 'held', async () => {
        const ask = (): Promise<void> => page.evaluate(() => (globalThis as Staged).stage.ask());
        expect(await ports(page)).toBe(0);
        await ask();
        await expect.poll(() => ports(page)).toBe(1);
        await ask();
        expect(await ports(page)).toBe(1);
      });
    },
  },
  {
    sentence: 'a frame within the page is given none, and neither is who asks in another’s name',
    async check(app, page) {
      await play(app, page, 'held', async () => {
        await page.evaluate(() => {
          document.body.append(document.createElement('iframe'));
        });
        const frame = page.frames().find((each) => each !== page.mainFrame());
        await frame?.evaluate((message) => {
          parent.postMessage(message, '*');
          window.postMessage(message, '*');
        }, PORT_MESSAGE);
        await page.evaluate((message) => {
          dispatchEvent(
            new MessageEvent('message', { data: message, source: window, origin: 'https://a.example' }),
          );
        }, PORT_MESSAGE);
        expect(frame).toBeDefined();
        expect(await ports(page)).toBe(0);
        // The right one is let in.
        await page.evaluate(() => (globalThis as Staged).stage.ask());
        await expect.poll(() => ports(page)).toBe(1);
      });
    },
  },
  {
    sentence: 'the page takes a port from its own window only, and in its own name',
    async check(app, page) {
      await play(app, page, 'impostors', async () => {
        await page.getByRole('listbox', { name: /^Pods of/ }).waitFor();
        expect(await page.evaluate(() => (globalThis as Staged).stage.stolen)).toEqual([]);
        expect(await ports(page)).toBe(4);
      });
    },
  },
];
