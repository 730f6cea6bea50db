import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppInBrowser, createWindow, startAppInBrowser, WINDOW_SIZE } from '../fakes/app-window.ts';
import { chromiumPath } from '../fakes/chromium.ts';

describe.skipIf(!chromiumPath)('two browser windows on one session', () => {
  let opened: AppInBrowser;

  beforeAll(async () => {
    opened = await startAppInBrowser();
  });
  afterAll(() => opened?.stop());

  test('show the same screen, also when they are not of one size, and both can type', async () => {
    const first = opened.window;
    await first.pod(/^web-/).waitFor();
    await first.openShell('web');
    await first.seen('web-');
    await first.type('seq 1 200; tput setaf 2; echo gr""een\n');
    await first.seen('green');

    // The page's own way: a command that asks the core for a second link.
    const popup = first.page.waitForEvent('popup');
    await first.find('new window');
    const page = await popup;
    await page.setViewportSize({ width: WINDOW_SIZE.width - 300, height: WINDOW_SIZE.height - 150 });
    const second = createWindow(page);
    await second.show(second.tab(/^web-/));
    await second.seen('green');
    await second.type('echo from-the-second; stty size\n');
    await first.seen(/from-the-second\n\d+ \d+\n/);
    await expect.poll(async () => (await first.screen()) === (await second.screen())).toBe(true);

    await first.page.bringToFront();
    await first.type('echo from-the-first\n');
    await second.seen('from-the-first');
    await expect.poll(async () => (await first.screen()) === (await second.screen())).toBe(true);
    await first.page.screenshot({ path: 'artefacts/two-windows-first.png' });
    await page.screenshot({ path: 'artefacts/two-windows-second.png' });
  }, 120_000);
});
