// covers: renderer/ui/end-shell-dialog.tsx
// covers: renderer/elsewhere/elsewhere-row.tsx
// covers: renderer/elsewhere/end-dialog.tsx
// covers: renderer/elsewhere/kubectl-section.tsx
// covers: renderer/elsewhere/pages-section.tsx
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from '../../fakes/chromium.ts';
import { type PageBrowser, startPageBrowser } from '../../fakes/page-browser.ts';
import type { PageCore } from '../../fakes/page-core.ts';
import type { SceneName } from '../../fakes/page-scenes.ts';
import { until } from '../../fakes/until.ts';

describe.skipIf(!chromiumPath)('shells of other programs', () => {
  let host: PageBrowser;
  let page: Page;

  beforeAll(async () => {
    host = await startPageBrowser({ hasWebgl: false });
  });
  afterAll(() => host.close());

  const inCore = <T>(deed: (core: PageCore) => T): Promise<T> =>
    page.evaluate(`(${deed.toString()})(globalThis.core)`);

  async function open(scene: SceneName = 'everything'): Promise<void> {
    page = await host.show(scene);
    await page.getByRole('button', { name: 'Others' }).click();
    await page.getByRole('heading', { name: 'Other programs', exact: true }).waitFor();
  }

  const row = (name: RegExp) =>
    page.getByRole('region', { name: 'Open shells' }).getByRole('listitem').filter({ hasText: name });

  test('each says where it is, whose it is, and whether it is on record', async () => {
    await open();
    const recorded = row(/web-7f9c5d8b4-x2x9z \/ app/);
    await recorded.getByText('REC').waitFor();
    const words = await recorded.textContent();
    for (const part of ['sh -l', 'staging · shop', 'kubectl 1.32.1']) expect(words).toContain(part);
    expect(await row(/checkout-worker/).textContent()).toContain('Not recorded');
    expect(await row(/cache-0/).textContent()).toContain('https://console.example.com');
  });

  test('the count in the head has them, and its menu leads to them', async () => {
    await open();
    const count = page.getByRole('button', { name: /3 in other programs/ });
    await count.click();
    await page.getByRole('menuitem', { name: /checkout-worker.*k9s 0.50.6, not recorded/ }).click();
    await expect
      .poll(() => page.getByRole('tab', { selected: true }).textContent())
      .toContain('Other programs');
  });

  test('it is ended after a question, and leaves the list', async () => {
    await open();
    await row(/cache-0/)
      .getByRole('button', { name: 'End…' })
      .click();
    const dialog = page.getByRole('dialog', { name: 'End the shell in cache-0 / redis?' });
    await dialog.getByText('https://console.example.com').waitFor();
    await dialog.getByRole('button', { name: 'Keep open' }).click();
    expect(await row(/cache-0/).count()).toBe(1);
    await row(/cache-0/)
      .getByRole('button', { name: 'End…' })
      .click();
    await dialog.getByRole('button', { name: 'End shell' }).click();
    await row(/cache-0/).waitFor({ state: 'detached' });
  });

  test('a question about one that ends by itself goes away', async () => {
    await open();
    await row(/cache-0/)
      .getByRole('button', { name: 'End…' })
      .click();
    await page.getByRole('dialog').waitFor();
    await inCore((core) => core.emit('elsewhere.changed', []));
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText(/^None\. What kubectl/).waitFor();
  });

  test('its recording can be watched while it grows', async () => {
    await open();
    await row(/web-7f9c5d8b4-x2x9z/)
      .getByRole('button', { name: /Watch/ })
      .click();
    await page.getByRole('tab', { name: /^Replay of/, selected: true }).waitFor();
  });

  test('a switch leads kubectl through a context; the line for a terminal stands while one is on', async () => {
    await open('shop');
    const kubectl = page.getByRole('region', { name: 'Your kubectl' });
    await kubectl.getByText('Off: kubectl reaches clusters without Kubereel').waitFor();
    expect(await kubectl.getByRole('button', { name: 'Copy' }).count()).toBe(0);
    await kubectl.getByRole('switch', { name: 'prod-eu' }).click();
    await kubectl.getByText('On for 1 context, at 127.0.0.1:23456').waitFor();
    await kubectl.getByText("export KUBECONFIG='/home/ada/.local/share/kubereel/proxy/kubeconfig'").waitFor();
    await kubectl.getByRole('switch', { name: 'All contexts' }).click();
    await kubectl.getByText('On for 3 contexts').waitFor();
    const asked = await inCore((core) => core.calls.filter(({ name }) => name === 'proxy.enable'));
    expect(asked.map(({ input }) => input)).toEqual([
      { contexts: ['prod-eu'] },
      { contexts: ['staging', 'kind-dev'] },
    ]);
    await kubectl.getByRole('switch', { name: 'All contexts' }).click();
    await kubectl.getByText(/^Off/).waitFor();
  });

  test('one that is gone from the kubeconfig can be switched off', async () => {
    await open();
    const gone = page.getByRole('switch', { name: /retired.*not in the kubeconfig now/ });
    await expect.poll(() => gone.isChecked()).toBe(true);
    await gone.click();
    await gone.waitFor({ state: 'detached' });
  });

  test('a switch that is refused goes back, and the reason is said', async () => {
    await open();
    await inCore((core) => {
      core.state.failing.set('proxy.enable', { code: 'proxy-failed', message: 'the folder is read-only' });
    });
    const kindDev = page.getByRole('switch', { name: 'kind-dev' });
    await kindDev.click();
    await page.getByText('kubectl was not led through Kubereel').waitFor();
    await until(async () => !(await kindDev.isChecked()));
  });

  test('a page that was refused is allowed by a press, and its token is shown until it is taken', async () => {
    await open();
    const pages = page.getByRole('region', { name: 'Pages in a browser' });
    const refused = pages.getByRole('list', { name: 'Refused pages' }).getByRole('listitem');
    expect(await refused.textContent()).toMatch(
      /http:\/\/localhost:5174refused .*, 3 tries: it is not allowed/,
    );
    await refused.getByRole('button', { name: 'Allow' }).click();
    await pages.getByText('http://localhost:5174 is allowed, with this token').waitFor();
    await pages.getByText('a-token-of-the-page-told-once-1234567890abc').waitFor();
    await expect.poll(() => refused.count()).toBe(0);
    await pages.getByRole('button', { name: 'Done' }).click();
    await pages.getByText('a-token-of-the-page').waitFor({ state: 'detached' });
    await expect
      .poll(() => pages.getByRole('list', { name: 'Allowed pages' }).getByRole('listitem').count())
      .toBe(2);
  });

  test('a page is allowed by its address, and removed', async () => {
    await open('shop');
    const pages = page.getByRole('region', { name: 'Pages in a browser' });
    await pages.getByText('No page is allowed.').waitFor();
    expect(await pages.getByRole('button', { name: 'Allow page' }).isDisabled()).toBe(true);
    await pages.getByLabel('Address of a page').fill('https://console.example.com');
    await page.keyboard.press('Enter');
    const allowed = pages.getByRole('list', { name: 'Allowed pages' }).getByRole('listitem');
    await allowed.filter({ hasText: 'https://console.example.com' }).waitFor();
    expect(await pages.getByLabel('Address of a page').inputValue()).toBe('');
    await allowed.getByRole('button', { name: 'Remove' }).click();
    await pages.getByText('No page is allowed.').waitFor();
    expect(await pages.getByText('a-token-of-the-page').count()).toBe(0);
  });

  test('an address that is refused stays to be mended, and the reason is said', async () => {
    await open('shop');
    await inCore((core) => {
      core.state.failing.set('origins.allow', {
        code: 'bad-input',
        message: 'this is not the address of a page',
      });
    });
    const address = page.getByLabel('Address of a page');
    await address.fill('console');
    await page.getByRole('button', { name: 'Allow page' }).click();
    await page.getByText('The page was not allowed').waitFor();
    expect(await address.inputValue()).toBe('console');
  });
});
