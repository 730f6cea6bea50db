import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppInBrowser, type AppWindow, startAppInBrowser } from '../fakes/app-window.ts';
import { chromiumPath } from '../fakes/chromium.ts';

const shots = fileURLToPath(new URL('../../artefacts/debug', import.meta.url));

describe.skipIf(!chromiumPath)('a pod whose image has no shell', () => {
  let opened: AppInBrowser;
  let window: AppWindow;

  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    opened = await startAppInBrowser();
    window = opened.window;
  });
  afterAll(() => opened?.stop());

  const shoot = (name: string): Promise<unknown> => window.page.screenshot({ path: `${shots}/${name}.png` });

  test('db-no-shell, db-ephemeral: the reason offers a debug container, and its shell is recorded', async () => {
    const { page } = window;
    await window.pod(/^payments-/).waitFor();
    await page.locator('#pod-filter:focus').waitFor();
    await page.keyboard.type('payments');
    await page.keyboard.press('Enter');
    await page.getByText('has no sh').first().waitFor();
    await shoot('1-no-shell');
    await page.getByRole('button', { name: 'Open a debug container…' }).click();
    await page
      .getByRole('dialog', { name: /^Debug payments-/ })
      .locator('input:focus')
      .waitFor();
    await shoot('2-question');
    await page.keyboard.press('Enter');
    await window.tab(/^payments-.* \/ payments, debug.*being recorded/).waitFor();
    await window.seen('payments-');
    await window.type('echo "$((20 + 3)) files"; exit 3\n');
    await window.seen('23 files');
    await page
      .getByText(/exit code 3/)
      .first()
      .waitFor();
    await shoot('3-debugged');
  });

  test('db-node-shell: a shell on its node has a pod that goes with it', async () => {
    const { page } = window;
    await window.pod(/^payments-/).click({ button: 'right' });
    await page.getByRole('menuitem', { name: /Open a shell on its node…/ }).click();
    await page.getByLabel('Type the node’s name').and(page.locator(':focus')).waitFor();
    await page.keyboard.type('node-a');
    await page.keyboard.press('Enter');
    await window.tab(/^node node-a.*being recorded/).waitFor();
    await window.seen('node-debugger-node-a-');
    await page.getByLabel('Filter pods').fill('');
    await window.pod(/^node-debugger-node-a-/).waitFor();
    await shoot('4-node');
    await window.show(window.tab(/^node node-a/));
    await window.type('exit\n');
    await page
      .getByText(/exit code 0/)
      .first()
      .waitFor();
    await expect.poll(() => window.pod(/^node-debugger/).count()).toBe(0);
  });
});
