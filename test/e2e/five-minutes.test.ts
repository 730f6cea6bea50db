import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppInBrowser, type AppWindow, startAppInBrowser } from '../fakes/app-window.ts';
import { chromiumPath } from '../fakes/chromium.ts';

const shots = fileURLToPath(new URL('../../artefacts/five-minutes', import.meta.url));

describe.skipIf(!chromiumPath)('the first five minutes, by keyboard only', () => {
  let opened: AppInBrowser;
  let window: AppWindow;

  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    opened = await startAppInBrowser();
    window = opened.window;
  });
  afterAll(() => opened?.stop());

  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await window.page.keyboard.press(key);
  };
  const type = (text: string): Promise<void> => window.type(text);
  const said = (text: RegExp): Promise<void> =>
    window.page.getByText(text).filter({ visible: true }).first().waitFor();
  const focused = (name: string): Promise<boolean> =>
    window.page.getByRole('button', { name }).evaluate((button) => button === document.activeElement);
  const shoot = (name: string): Promise<unknown> => window.page.screenshot({ path: `${shots}/${name}.png` });

  test('started with --demo, its pods are there and the filter has the focus', async () => {
    await window.pod(/^web-/).waitFor();
    await window.page.getByText('shells are real shells on this machine').waitFor();
    await window.page.locator('#pod-filter:focus').waitFor();
    expect(new URL(window.page.url()).hash).toBe('');
    await shoot('1-pods');
  });

  test('part of a name and Enter open a shell at the right size, recorded', async () => {
    await window.page.keyboard.type('web');
    await press('Enter');
    await window.tab(/^web-.*being recorded/).waitFor();
    await window.seen('web-');
    // Octal: what is not on an English keyboard is typed by other means, which differ between machines.
    await type(
      `${String.raw`stty size; printf 'gr\303\274n \344\270\226\347\225\214 \360\237\231\202\n'`}\n`,
    );
    await window.seen(/\d+ \d+\n/);
    const [, rows = 0, cols = 0] = /(\d+) (\d+)\n/.exec(await window.screen())?.map(Number) ?? [];
    await window.page.getByText(`${cols}×${rows}`).waitFor();
    expect(cols).toBeGreaterThan(90);
    await window.seen('grün 世界');
    await window.page.getByText('REC 1 live').waitFor();
    await shoot('2-shell');
  });

  test('exit says how it ended, and the recording is one key away', async () => {
    await type('exit 3\n');
    await said(/exit code 3/);
    await shoot('3-ended');
    await expect.poll(() => focused('Open again')).toBe(true);
    // For half a second the bar hears nothing: what was typed ahead must not press its buttons.
    await expect
      .poll(async () => {
        if (!(await focused('Open recording'))) await press('Tab');
        return focused('Open recording');
      })
      .toBe(true);
    await press('Enter');
    await window.page.getByRole('slider').first().waitFor();
    await shoot('4-replay-begins');
  });

  test('the replay ends with the same screen, and can be sought', async () => {
    await press('End');
    await window.seen('exit 3');
    await window.seen('grün 世界');
    await shoot('5-replay-ended');
    await press('Home');
    await expect.poll(async () => (await window.screen()).includes('exit 3')).toBe(false);
    await press('End');
    await window.seen('exit 3');
  });

  test('the library lists it, with how it ended', async () => {
    await press('Control+Shift+L');
    const row = window.page
      .getByRole('region', { name: 'Library' })
      .getByRole('option', { name: /web-/ })
      .first();
    await row.waitFor();
    await shoot('6-library');
    expect(await row.textContent()).toMatch(/3/);
    await press('Enter');
    await window.page.getByRole('slider').first().waitFor();
  });

  test('find first: a part of a pod’s name from anywhere opens a shell', async () => {
    await press('Control+Shift+K');
    await window.page.locator('dialog.palette input:focus').waitFor();
    await window.page.keyboard.type('checkout');
    await window.page.getByRole('option', { name: /^checkout-/, selected: true }).waitFor();
    await shoot('7-find');
    await press('Enter');
    await window.tab(/^checkout-.*\/ checkout/).waitFor();
    await window.seen('checkout-');
    await type('exit\n');
    await said(/exit code 0/);
  });
});

describe.skipIf(!chromiumPath)('what a newcomer without a cluster sees', () => {
  test('it says where it looked and offers the demo cluster, in the dark as well', async () => {
    await mkdir(shots, { recursive: true });
    const opened = await startAppInBrowser({ args: [], colours: 'dark' });
    const { page } = opened.window;
    const offer = page.getByRole('button', { name: 'Start the demo cluster' });
    await offer.waitFor();
    await page.getByText(`${opened.app.home}/none`).waitFor();
    await page.screenshot({ path: `${shots}/8-no-cluster-dark.png` });
    await offer.press('Enter');
    await opened.window.pod(/^web-/).waitFor();
    await opened.window.openShell('payments');
    await page.getByText(/no sh/).filter({ visible: true }).first().waitFor();
    await page.screenshot({ path: `${shots}/9-no-shell-dark.png` });
    await opened.stop();
  });
});
