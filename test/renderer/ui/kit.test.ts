// covers: renderer/ui/button.tsx
// covers: renderer/ui/dialog.tsx
// covers: renderer/ui/field.tsx
// covers: renderer/ui/icon.tsx
// covers: renderer/ui/menu.tsx
// covers: renderer/ui/messages.tsx
// covers: renderer/ui/problem.tsx
// covers: renderer/ui/status-dot.tsx
// covers: renderer/ui/theme.ts
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { pageOptions } from '../../../build/page-bundle.ts';
import { chromiumPath, launchChromium } from '../../fakes/chromium.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const shots = `${root}/artefacts/kit`;

describe.skipIf(!chromiumPath)('the kit in a browser', () => {
  let browser: Browser;
  let page: Page;
  const files = new Map([
    [
      '/',
      {
        contentType: 'text/html; charset=utf-8',
        body:
          '<!doctype html><html lang="en"><head><link rel="stylesheet" href="/style.css">' +
          '<script type="module" src="/kit.js"></script></head><body></body></html>',
      },
    ],
  ]);

  beforeAll(async () => {
    const bundle = await build({
      ...pageOptions,
      absWorkingDir: root,
      entryPoints: { kit: 'test/fakes/page-kit.tsx', style: 'renderer/ui/kit.css' },
      outdir: 'out/kit',
      sourcemap: false,
      write: false,
    });
    for (const { path, text } of bundle.outputFiles) {
      const contentType = path.endsWith('.css') ? 'text/css' : 'text/javascript';
      files.set(path.slice(path.lastIndexOf('/')), { contentType, body: text });
    }
    browser = await launchChromium();
    await mkdir(shots, { recursive: true });
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1200, height: 760 }, colorScheme: 'light' });
    await page.route('**', (route) => {
      const file = files.get(new URL(route.request().url()).pathname);
      return route.fulfill(file ?? { status: 404 });
    });
    await start();
  });
  afterEach(() => page.close());

  async function start(): Promise<void> {
    // A loopback address: the clipboard is for secure places only.
    await page.goto('http://127.0.0.1/');
    await page.getByRole('listbox').waitFor();
  }

  const said = () => page.locator('#said');

  test('only the rows that are seen exist, and the list says how many there are', async () => {
    const rows = page.getByRole('option');
    await expect.poll(() => rows.count()).toBeLessThan(60);
    await expect.poll(() => rows.first().getAttribute('aria-setsize')).toBe('500');
  });

  test('keys move the active row, which is scrolled to and told to screen readers', async () => {
    const list = page.getByRole('listbox', { name: 'Rows' });
    await list.focus();
    await page.keyboard.press('End');
    await page.getByRole('option', { name: 'row-1499' }).waitFor();
    await expect.poll(() => list.getAttribute('aria-activedescendant')).toBe('rows-row-1499');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await expect.poll(() => said().textContent()).toBe('opened row-1498');
  });

  test('rows that come and go above do not move the rows that are read', async () => {
    await page.getByRole('listbox').evaluate((list) => {
      list.scrollTop = 2_800;
    });
    const row = page.getByRole('option', { name: 'row-1105' });
    await row.waitFor();
    const before = await row.boundingBox();
    await page.evaluate(() => {
      const names = Array.from({ length: 500 }, (_, index) => `row-${1000 + index}`);
      const { kit } = globalThis as unknown as { kit: { setRows(rows: string[]): void } };
      kit.setRows(['new-1', 'new-2', 'new-3', ...names.filter((name) => name !== 'row-1001')]);
    });
    await expect
      .poll(() => page.getByRole('option', { name: 'row-1105' }).getAttribute('aria-posinset'))
      .toBe('108');
    await expect.poll(async () => (await row.boundingBox())?.y).toBe(before?.y);
  });

  test('a menu is walked by arrows and letters, refuses what is disabled and gives the focus back', async () => {
    const more = page.getByRole('button', { name: 'More' });
    await more.click();
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    await expect.poll(focused).toContain('app');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await said().textContent()).toBe('');
    await page.keyboard.press('p');
    await expect.poll(focused).toContain('proxy');
    await page.keyboard.press('Enter');
    await expect.poll(() => said().textContent()).toBe('proxy');
    await more.click();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('menu').count()).toBe(0);
    await expect.poll(() => more.evaluate((button) => button === document.activeElement)).toBe(true);
  });

  test('a dialog has the focus on what Enter does, and Escape leaves everything as it was', async () => {
    const ask = page.getByRole('button', { name: 'Ask' });
    await ask.click();
    await page.getByRole('dialog', { name: 'End this shell?' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    expect(await said().textContent()).toBe('');
    await expect.poll(() => ask.evaluate((button) => button === document.activeElement)).toBe(true);
    await ask.click();
    await page.keyboard.press('Enter');
    await expect.poll(() => said().textContent()).toBe('ended');
  });

  test('a failure tells what, why and what to do; its details open and can be copied', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const card = page.getByRole('alert', { name: 'The pods of staging could not be listed' });
    expect(await card.textContent()).toContain('The server at https://10.0.0.1:6443 answered 401.');
    expect(await card.textContent()).not.toContain('kube-unauthorized');
    await card.getByRole('button', { name: 'Details' }).click();
    expect(await card.locator('pre').textContent()).toContain('token expired');
    await card.getByRole('button', { name: 'Copy' }).click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('token expired');
  });

  test('a wait says nothing at first, then what for, then how long', async () => {
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(1_000);
    await start();
    const words = page.locator('.waiting');
    expect(await words.textContent()).toBe('');
    await page.clock.runFor(1_000);
    await expect.poll(() => words.textContent()).toBe('Waiting for the pods of staging');
    await page.clock.runFor(3_000);
    await expect.poll(() => words.textContent()).toBe('Waiting for the pods of staging, 3 s');
  });

  test('the theme follows the machine until one is chosen, and its colours can be read', async () => {
    const theme = () => page.locator('#theme').textContent();
    await expect.poll(theme).toBe('light rgb(255, 255, 255)');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(theme).toBe('dark rgb(21, 23, 26)');
    for (const name of ['light', 'dark', 'contrast'] as const) {
      await page.evaluate((next) => {
        const { kit } = globalThis as unknown as { kit: { setTheme(theme: string): void } };
        kit.setTheme(next);
      }, name);
      await expect.poll(theme).toContain(name);
      await page.screenshot({ path: `${shots}/${name}.png` });
    }
  });
});
