// covers: renderer/app.tsx
// covers: renderer/connect.ts
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chromiumPath, launchChromium } from '../fakes/chromium.ts';
import type { PageCore } from '../fakes/page-core.ts';
import { type BuiltPage, buildPage, type PageHost, startPageHost } from '../fakes/page-host.ts';
import { SCENES } from '../fakes/page-scenes.ts';

describe.skipIf(!chromiumPath)('the page over the browser host', () => {
  let browser: Browser;
  let built: BuiltPage;
  let core: PageCore;
  let host: PageHost;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    built = await buildPage();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await built.remove();
  });
  beforeEach(async () => {
    core = SCENES.shop();
    host = await startPageHost(core, built);
    page = await browser.newPage();
    complaints.length = 0;
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterEach(async () => {
    await page.close();
    await host.stop();
  });

  const context = (name: string) => page.getByRole('option', { name });

  test('a link lets a window in, and a shell is opened, shown and typed into', async () => {
    await page.goto(host.newLink());
    await context('staging').click();
    await page.getByRole('option', { name: /^web-7f9c5d8b4-x2x9z/ }).waitFor();
    await page.locator('#pod-filter:focus').waitFor();
    await page.keyboard.type('web');
    await page.keyboard.press('Enter');
    const terminal = page.getByLabel('Terminal of web-7f9c5d8b4-x2x9z / app');
    await expect.poll(() => terminal.evaluate((element) => element === document.activeElement)).toBe(true);
    await expect
      .poll(() => core.calls.find((call) => call.name === 'sessions.open')?.input)
      .toMatchObject({
        target: { context: 'staging', namespace: 'shop', pod: 'web-7f9c5d8b4-x2x9z', container: 'app' },
      });
    expect(complaints).toEqual([]);
  });

  test('a reload comes back in, with the tabs of what lives', async () => {
    await page.goto(host.newLink());
    await page.getByRole('button', { name: /^web-7f9c5d8b4-x2x9z \/ app/ }).click();
    await page.getByRole('tab', { name: /^web-7f9.*live/ }).waitFor();
    await page.reload();
    await page.getByRole('tab', { name: /^web-7f9.*live/ }).waitFor();
  });

  test('a link to a moment of a recording opens its replay, in the page as it is', async () => {
    await page.goto(host.newLink());
    await context('staging').waitFor();
    const { recordingId } = (await core.client.call('library.list', {}))[0] ?? {};
    await page.evaluate((id) => {
      location.hash = `#kubereel://recording/${id}?t=1`;
    }, recordingId);
    await page.getByRole('region', { name: 'Player' }).waitFor();
    await expect.poll(() => page.evaluate(() => location.hash)).toBe('');
    // The secret that let this tab in is used up: the address with a link needs none.
    await page.evaluate((id) => {
      location.hash = `#kubereel://recording/${id}`;
    }, recordingId);
    await page.reload();
    await context('staging').waitFor();
  });

  test('an address without a secret is told what to do', async () => {
    await page.goto(new URL('/', host.newLink()).href);
    const card = page.getByRole('alert', { name: 'Kubereel could not connect' });
    await card.getByText('This address has no secret.').waitFor();
    await card.getByText(/Use the link that Kubereel printed/).waitFor();
  });

  test('a core that ends is told, and what is shown stays', async () => {
    await page.goto(host.newLink());
    await context('staging').click();
    await page.getByRole('option', { name: /^api-0/ }).waitFor();
    host.cut();
    await page.getByRole('button', { name: 'Connect again' }).waitFor();
    await expect.poll(() => page.getByRole('option', { name: /^api-0/ }).count()).toBe(1);
  });

  test('a failure of a call is shown with its own words', async () => {
    core.state.failing.set('demo.start', {
      code: 'demo-failed',
      message: 'port 41234 is taken',
      hint: 'end what uses it',
    });
    await page.goto(host.newLink());
    await page.getByRole('button', { name: 'Start the demo cluster' }).click();
    const card = page.getByRole('alert', { name: 'The demo cluster did not start' });
    await card.getByText('Port 41234 is taken.').waitFor();
    await card.getByText('End what uses it.').waitFor();
  });
});
