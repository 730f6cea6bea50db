import type { Browser, Locator, Page } from 'playwright-core';
import { type AppProcess, startApp } from './app-process.ts';
import { launchChromium } from './chromium.ts';

/** The built app with the demo cluster, in a real browser. */
export interface AppInBrowser {
  readonly app: AppProcess;
  readonly browser: Browser;
  /** The first window; its link is used up by it. */
  readonly window: AppWindow;
  stop(): Promise<void>;
}

/** One window, as a person with a keyboard and eyes has it. */
export interface AppWindow {
  readonly page: Page;
  pod(name: RegExp): Locator;
  tab(name: RegExp): Locator;
  /** Types part of a pod's name into the filter and opens the first hit. */
  openShell(filter: string): Promise<void>;
  /** Chooses a tab, and gives the terminal in it the focus. */
  show(tab: Locator): Promise<void>;
  /** Types into the terminal that is shown, once it has the focus. */
  type(text: string): Promise<void>;
  /** Does what the field that finds everything has for these words, the first of a row in it. */
  find(words: string): Promise<void>;
  /** The visible rows of the terminal that is shown, read as a screen reader does. */
  screen(): Promise<string>;
  /** Waits until the screen shows it. */
  seen(text: string | RegExp): Promise<void>;
}

export const WINDOW_SIZE = { width: 1280, height: 800 };

export async function startAppInBrowser(
  options: {
    readonly args?: readonly string[];
    readonly environment?: NodeJS.ProcessEnv;
    readonly colours?: 'light' | 'dark';
    /** How the tests read the screen: as a screen reader does, or from the rows drawn without WebGL. */
    readonly reading?: 'accessible rows' | 'drawn rows';
  } = {},
): Promise<AppInBrowser> {
  const isAccessible = options.reading !== 'drawn rows';
  const app = await startApp({
    args: options.args ?? ['--demo'],
    settings: { screenReader: isAccessible },
    ...(options.environment && { environment: options.environment }),
  });
  const browser = await launchChromium({ hasWebgl: isAccessible });
  const page = await browser.newPage({ viewport: WINDOW_SIZE, colorScheme: options.colours ?? 'light' });
  await page.goto(app.link);
  return {
    app,
    browser,
    window: createWindow(page, isAccessible ? ACCESSIBLE_ROWS : DRAWN_ROWS),
    async stop() {
      await browser.close();
      await app.stop();
    },
  };
}

const ACCESSIBLE_ROWS = '.xterm-accessibility-tree [role="listitem"]';
export const DRAWN_ROWS = '.xterm-rows > div';

export function createWindow(page: Page, rowsSelector: string = ACCESSIBLE_ROWS): AppWindow {
  const rows = page.locator(rowsSelector).filter({ visible: true });

  async function screen(): Promise<string> {
    const texts = await rows.allTextContents();
    return texts
      .map((text) => text.trimEnd())
      .join('\n')
      .trimEnd();
  }

  return {
    page,
    pod: (name) => page.getByRole('listbox', { name: /^Pods of/ }).getByRole('option', { name }),
    tab: (name) => page.getByRole('tab', { name }),
    async openShell(filter) {
      const field = page.getByLabel('Filter pods');
      await field.fill(filter);
      await field.press('Enter');
    },
    async show(tab) {
      await tab.click();
      await tab.and(page.locator('[aria-selected=true]')).waitFor();
      await page.getByRole('tabpanel').locator('.xterm-helper-textarea').focus();
    },
    async type(text) {
      await page.locator('.xterm :focus').waitFor({ state: 'attached' });
      await page.keyboard.type(text);
    },
    async find(words) {
      await page.keyboard.press('Control+Shift+K');
      await page.locator('dialog.palette input:focus').waitFor();
      await page.keyboard.type(words);
      const row = page.getByRole('option', { name: new RegExp(`^${words}`, 'i'), selected: true });
      await row.waitFor();
      await page.keyboard.press('Enter');
    },
    screen,
    async seen(text) {
      const deadline = Date.now() + 30_000;
      let last = '';
      while (Date.now() < deadline) {
        last = await screen();
        if (typeof text === 'string' ? last.includes(text) : text.test(last)) return;
        await page.waitForTimeout(50);
      }
      throw new Error(`the screen never showed ${String(text)}:\n${last}`);
    },
  };
}
