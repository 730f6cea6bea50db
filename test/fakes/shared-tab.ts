/** One tab of a browser for all tests of a file: to load a page anew in it takes a third of what a tab of its own does. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export interface TabLook {
  readonly viewport: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  readonly reducedMotion?: 'reduce' | 'no-preference';
  readonly permissions?: readonly string[];
}

export interface SharedTab {
  /** Nothing of the test before is left in it: no script, no pointer over it, no leave that was granted. */
  load(url: string, look: TabLook): Promise<Page>;
  /** What the page threw and nobody caught, since it was last loaded. */
  errors(): readonly string[];
}

/** Ends with the browser. */
export function shareTab(browser: Browser, options: BrowserContextOptions = {}): SharedTab {
  let tab: Page | undefined;
  let errors: string[] = [];

  async function open(): Promise<Page> {
    const page = await browser.newPage(options);
    page.on('pageerror', (error) => errors.push(String(error.stack)));
    return page;
  }

  return {
    async load(url, { viewport, colorScheme = 'light', reducedMotion = 'no-preference', permissions = [] }) {
      // A test that went wrong may have closed it.
      if (tab?.isClosed() ?? true) tab = await open();
      const page = tab as Page;
      // First away from what the test before has left, which would follow the changes below.
      await page.goto('about:blank');
      await page.mouse.move(-1, -1);
      await page.setViewportSize(viewport);
      await page.emulateMedia({
        colorScheme,
        reducedMotion,
        forcedColors: 'none',
        contrast: 'no-preference',
      });
      await page.context().clearPermissions();
      if (permissions.length > 0) await page.context().grantPermissions([...permissions]);
      errors = [];
      await page.goto(url);
      return page;
    },
    errors: () => errors,
  };
}
