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
  let script = '';
  let style = '';

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
      if (path.endsWith('.css')) style = text;
      else script = text;
    }
    browser = await launchChromium();
    await mkdir(shots, { recursive: true });
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1200, height: 760 }, colorScheme: 'light' });
    await page.setContent('<!doctype html><html lang="en"><body></body></html>');
    await page.addStyleTag({ content: style });
    await page.addScriptTag({ content: script, type: 'module' });
    await page.getByRole('listbox').waitFor();
  });
  afterEach(() => page.close());

  const said = () => page.locator('#said');

  test('only the rows that are seen exist, and the list says how many there are', async () => {
    const rows = page.getByRole('option');
    expect(await rows.count()).toBeLessThan(60);
    expect(await rows.first().getAttribute('aria-setsize')).toBe('500');
  });

  test('keys move the active row, which is scrolled to and told to screen readers', async () => {
    const list = page.getByRole('listbox', { name: 'Rows' });
    await list.focus();
    await page.keyboard.press('End');
    await page.getByRole('option', { name: 'row-1499' }).waitFor();
    expect(await list.getAttribute('aria-activedescendant')).toBe('rows-row-1499');
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
    expect((await row.boundingBox())?.y).toBe(before?.y);
  });

  test('a menu is walked by arrows and letters, refuses what is disabled and gives the focus back', async () => {
    const more = page.getByRole('button', { name: 'More' });
    await more.click();
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    expect(await focused()).toContain('app');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await said().textContent()).toBe('');
    await page.keyboard.press('p');
    expect(await focused()).toContain('proxy');
    await page.keyboard.press('Enter');
    await expect.poll(() => said().textContent()).toBe('proxy');
    await more.click();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('menu').count()).toBe(0);
    expect(await more.evaluate((button) => button === document.activeElement)).toBe(true);
  });

  test('a dialog has the focus on what Enter does, and Escape leaves everything as it was', async () => {
    const ask = page.getByRole('button', { name: 'Ask' });
    await ask.click();
    await page.getByRole('dialog', { name: 'End this shell?' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    expect(await said().textContent()).toBe('');
    expect(await ask.evaluate((button) => button === document.activeElement)).toBe(true);
    await ask.click();
    await page.keyboard.press('Enter');
    await expect.poll(() => said().textContent()).toBe('ended');
  });

  test('a failure tells what, why and what to do; its details open and can be copied', async () => {
    await page
      .context()
      .grantPermissions(['clipboard-read', 'clipboard-write'])
      .catch(() => undefined);
    const card = page.getByRole('alert', { name: 'The pods of staging could not be listed' });
    expect(await card.textContent()).toContain('The server at https://10.0.0.1:6443 answered 401.');
    expect(await card.textContent()).not.toContain('kube-unauthorized');
    await card.getByRole('button', { name: 'Details' }).click();
    expect(await card.locator('pre').textContent()).toContain('token expired');
  });

  test('a wait says nothing at first, then what for, then how long', async () => {
    const words = page.locator('.waiting');
    await expect.poll(() => words.textContent()).toBe('Waiting for the pods of staging');
    await expect.poll(() => words.textContent(), { timeout: 8_000 }).toMatch(/staging, [3-9] s$/);
  });

  test('the theme follows the machine until one is chosen, and its colours can be read', async () => {
    const theme = () => page.locator('#theme').textContent();
    expect(await theme()).toBe('light rgb(255, 255, 255)');
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
