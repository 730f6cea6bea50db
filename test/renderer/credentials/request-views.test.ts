// covers: renderer/credentials/consent-dialog.tsx
// covers: renderer/credentials/login-pane.tsx
// covers: renderer/credentials/request-views.tsx
// covers: renderer/ui/typed-ahead.ts
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CredentialRequest } from '../../../preload/contract.ts';
import { chromiumPath } from '../../fakes/chromium.ts';
import { type PageBrowser, type PageOptions, startPageBrowser } from '../../fakes/page-browser.ts';
import type { PageCore } from '../../fakes/page-core.ts';
import { requestNamed } from '../../fakes/page-things.ts';

const shots = fileURLToPath(new URL('../../../artefacts/credentials', import.meta.url));

describe.skipIf(!chromiumPath)('what plugins ask, in a browser', () => {
  let host: PageBrowser;
  let page: Page;

  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    host = await startPageBrowser();
  });
  afterAll(() => host?.close());

  async function open(options?: PageOptions): Promise<void> {
    page = await host.show('asking', { ...options, isStill: true });
  }
  const request = (...requests: readonly CredentialRequest[]): Promise<void> =>
    page.evaluate((all) => (globalThis as unknown as { core: PageCore }).core.request(all), requests);
  const answers = (): Promise<unknown[]> =>
    page.evaluate(() =>
      (globalThis as unknown as { core: PageCore }).core.calls
        .filter((call) => call.name === 'credentials.answer')
        .map((call) => call.input),
    );
  const typed = (): Promise<string> =>
    page.evaluate(() =>
      (globalThis as unknown as { core: PageCore }).core.typed
        .filter((one) => one.name === 'credentials.login')
        .map((one) => one.text)
        .join(''),
    );
  const dialog = (name: string | RegExp = 'Let kubelogin run to log in?'): Locator =>
    page.getByRole('dialog', { name });
  const context = (name: string): Locator =>
    page.getByRole('listbox', { name: 'Contexts' }).getByRole('option', { name });
  const login = (): Locator => page.getByRole('region', { name: 'Log in with kubelogin' });
  const focused = (): Promise<string | null | undefined> =>
    page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('aria-label') ?? element?.textContent;
    });
  const shoot = (name: string): Promise<unknown> => page.screenshot({ path: `${shots}/${name}.png` });
  /** From now on what appears has been there for an hour, and hears keys at once: no key was meant for what was before. */
  const hearAtOnce = (): Promise<void> =>
    page.evaluate(() => {
      const now = performance.now.bind(performance);
      performance.now = () => now() - 3_600_000;
    });

  describe('a question', () => {
    test('says what would run, from where and for whom, and Enter does not allow it', async () => {
      await open();
      await hearAtOnce();
      await request(requestNamed('r1', { waiting: 3 }));
      await dialog().getByText('/usr/local/bin/kubelogin').waitFor();
      const text = (await dialog().textContent()) ?? '';
      for (const part of [
        'kubelogin',
        'devicecode',
        '/home/ada/.kube/config',
        'staging',
        '3 requests wait',
      ]) {
        expect(text).toContain(part);
      }
      expect(text).toContain('can do anything on this machine that you can');
      expect(await focused()).toBe('Don’t allow');
      await shoot('consent-light');
      await page.keyboard.press('Enter');
      await expect.poll(answers).toEqual([{ requestId: 'r1', answer: 'refuse' }]);
      await expect.poll(() => dialog().count()).toBe(0);
    });

    test('is allowed by its other button', async () => {
      await open({ colours: 'dark' });
      await hearAtOnce();
      await request(requestNamed('r1'));
      await dialog().waitFor();
      await shoot('consent-dark');
      await page.keyboard.press('Tab');
      await expect.poll(focused).toBe('Allow');
      await page.keyboard.press('Enter');
      await expect.poll(answers).toEqual([{ requestId: 'r1', answer: 'allow' }]);
    });

    test('is not answered by what was typed ahead', async () => {
      await open();
      await page.evaluate((one) => {
        const { core } = globalThis as unknown as { core: PageCore };
        core.request([one]);
        return new Promise((resolve) =>
          requestAnimationFrame(() => requestAnimationFrame(() => resolve(undefined))),
        );
      }, requestNamed('r1'));
      // As soon as it stands, and so within its deaf half second however slow the machine is: by its own clock.
      const isOpen = await page.evaluate(() => {
        const button = document.activeElement as HTMLElement;
        const press = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true });
        Object.defineProperty(press, 'timeStamp', { value: 0 });
        return !button.dispatchEvent(press);
      });
      expect(isOpen).toBe(true);
      expect(await answers()).toEqual([]);
    });

    test('that is put off with Escape waits in a bar, where it can be reviewed', async () => {
      await open();
      await hearAtOnce();
      await context('staging').click();
      await request(requestNamed('r1'));
      await dialog().waitFor();
      await page.keyboard.press('Escape');
      const bar = page.getByRole('complementary').getByText('kubelogin waits for your leave to run');
      await bar.waitFor();
      expect(await answers()).toEqual([]);
      await shoot('put-off');
      await page.getByRole('complementary').getByRole('button', { name: 'Review' }).click();
      await dialog().waitFor();
      await page.keyboard.press('Escape');
      // From another context there is still a way to it.
      await context('kind-dev').click();
      await page.getByRole('tab', { name: /^web/ }).press('Control+,');
      await page
        .getByRole('contentinfo')
        .getByRole('button', { name: /waits for your leave/ })
        .click();
      await dialog().waitFor();
    });

    test('comes after the one before it, and after what floats already', async () => {
      await open();
      await page.keyboard.press('Control+Shift+K');
      await request(
        requestNamed('r1'),
        requestNamed('r2', {
          context: 'prod-eu',
          command: '/opt/company/bin/aws-iam-authenticator-with-a-rather-long-name',
          path: '/opt/company/bin/aws-iam-authenticator-with-a-rather-long-name',
          args: Array.from({ length: 30 }, (_, index) => `--option-${index}=${'value'.repeat(12)}`),
        }),
      );
      await page.getByRole('dialog', { name: 'Find' }).waitFor();
      expect(await dialog(/to log in/).count()).toBe(0);
      await page.keyboard.press('Escape');
      await dialog().getByText('One more question after this one').waitFor();
      await dialog().getByRole('button', { name: 'Allow', exact: true }).click();
      await dialog(/^Let aws-iam/).waitFor();
      expect(await focused()).toBe('Don’t allow');
      // Seen as well, also by who came by pointer.
      expect(
        await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineWidth),
      ).toBe('2px');
      await shoot('consent-long');
    });

    test('that was answered in another window closes here', async () => {
      await open();
      await request(requestNamed('r1'));
      await dialog().waitFor();
      await request();
      await expect.poll(() => dialog().count()).toBe(0);
    });

    test('shows what hides in an argument', async () => {
      await open();
      await request(requestNamed('r1', { args: ['--safe\u202Egnihton', ''] }));
      await dialog().getByText('--safe\\u{202e}gnihton').waitFor();
      await dialog().getByText('(empty)').waitFor();
    });

    test('is named, described and in order for who cannot see it, as is a login', async () => {
      await open();
      await hearAtOnce();
      await context('prod-eu').click();
      await request(requestNamed('l1', { kind: 'login', context: 'prod-eu' }), requestNamed('r1'));
      await dialog().waitFor();
      expect(await dialog().getByRole('heading').allTextContents()).toEqual(['Let kubelogin run to log in?']);
      expect(await dialog().getByRole('list', { name: 'Arguments' }).getByRole('listitem').count()).toBe(5);
      const inOrder = await dialog()
        .locator('[tabindex="0"], button')
        .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? one.textContent));
      expect(inOrder).toEqual(['Arguments', 'Don’t allow', 'Allow']);
      await page.keyboard.press('Escape');
      const controls = await login()
        .locator('button, textarea, [tabindex="0"]')
        .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? one.textContent));
      expect(controls.slice(0, 2)).toEqual(['Cancel', 'Terminal of kubelogin']);
      expect(controls.filter((name) => !name)).toEqual([]);
    });

    test('fits a narrow window', async () => {
      await open({ width: 700, height: 600 });
      await request(requestNamed('r1'), requestNamed('r2'));
      await dialog().waitFor();
      await shoot('consent-narrow');
      const box = await dialog().boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(700);
      expect(await dialog().getByRole('button', { name: 'Allow', exact: true }).isVisible()).toBe(true);
    });
  });

  describe('a login', () => {
    const wanted = requestNamed('l1', { kind: 'login', context: 'prod-eu', waiting: 10 });
    const screen = (): Promise<string> =>
      page
        .locator('.login-pane .xterm-accessibility-tree [role="listitem"]')
        .evaluateAll((rows) => rows.map((row) => (row.textContent ?? '').trimEnd()).join('\n'));
    /** By then it has taken the focus, where it takes it. */
    const isDrawn = (): Promise<void> => login().locator('.xterm-screen canvas').first().waitFor();
    const readable = (): Promise<void> =>
      page.evaluate(() => {
        const { core } = globalThis as unknown as { core: PageCore };
        const { settings } = core.state.settings;
        const next = { settings: { ...settings, screenReader: true }, problems: [] };
        core.state.settings = next;
        core.emit('settings.changed', next);
      });

    test('stands where the pods will be, takes keys and paste, and gives the focus back', async () => {
      await open();
      await readable();
      await context('prod-eu').click();
      await expect.poll(focused).toBe('Filter pods');
      await request(wanted);
      await login().getByText('10 requests wait for it').waitFor();
      await login().getByText('kubelogin asks you to log in').waitFor();
      await login().getByText('goes to kubelogin only and is not recorded').waitFor();
      await expect.poll(async () => (await screen()).replaceAll('\n', '')).toContain('G3X7-PQ2M');
      await expect.poll(focused).toBe('Terminal of kubelogin');
      await page.keyboard.type('123456\n');
      await expect.poll(typed).toBe('123456\r');
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.evaluate(() => navigator.clipboard.writeText('987'));
      await page.keyboard.press('Control+Shift+V');
      await expect.poll(typed).toContain('987');
      await shoot('login-pods-light');
      const sizes = await page.evaluate(() =>
        (globalThis as unknown as { core: PageCore }).core.calls.filter(
          (call) => call.name === 'credentials.resize',
        ),
      );
      expect(sizes.length).toBeGreaterThan(0);
      await request();
      await expect.poll(() => login().count()).toBe(0);
      await expect.poll(focused).toBe('Filter pods');
    });

    test('of a shell that opens fills its tab, and leaves the focus to the shell', async () => {
      await open({ colours: 'dark' });
      await readable();
      await expect.poll(focused).toBe('Terminal of web-7f9c5d8b4-x2x9z / app');
      await request(requestNamed('l1', { kind: 'login', context: 'staging' }));
      const panel = page.getByRole('tabpanel', { name: /^web/ });
      await panel.getByRole('region', { name: 'Log in with kubelogin' }).waitFor();
      await expect.poll(screen).toContain('https://login.example.com/device');
      await expect.poll(focused).toBe('Terminal of kubelogin');
      await shoot('login-tab-dark');
      await request();
      await expect.poll(focused).toBe('Terminal of web-7f9c5d8b4-x2x9z / app');
    });

    test('does not take the focus from what is being typed elsewhere', async () => {
      await open();
      await context('prod-eu').click();
      await expect.poll(focused).toBe('Filter pods');
      await page.keyboard.press('Control+,');
      await page.getByLabel('Font size').focus();
      await request(wanted);
      await isDrawn();
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('setting-fontSize');
    });

    test('does not take what is being typed into the filter, and gives the filter back', async () => {
      await open();
      await context('prod-eu').click();
      await expect.poll(focused).toBe('Filter pods');
      await page.keyboard.type('we');
      await request(wanted);
      await isDrawn();
      await page.keyboard.type('b');
      expect(await typed()).toBe('');
      await request();
      await expect.poll(focused).toBe('Filter pods');
      expect(await page.getByLabel('Filter pods').inputValue()).toBe('we');
    });

    test('is given up with Cancel', async () => {
      await open();
      await context('prod-eu').click();
      await request(wanted);
      await login().getByRole('button', { name: 'Cancel' }).click();
      await expect.poll(answers).toEqual([{ requestId: 'l1', answer: 'refuse' }]);
    });

    test('that waits elsewhere is one press away, in the foot and in the palette', async () => {
      await open({ width: 700, height: 600 });
      await request(wanted);
      const way = page.getByRole('contentinfo').getByRole('button', { name: 'kubelogin asks you to log in' });
      await way.waitFor();
      await shoot('login-elsewhere-narrow');
      await page.keyboard.press('Control+Shift+K');
      await page.keyboard.type('waits for you');
      await page.getByRole('option', { selected: true }).filter({ hasText: 'waits for you' }).waitFor();
      await page.keyboard.press('Enter');
      await login().waitFor();
      await way.waitFor({ state: 'detached' });
      await expect.poll(focused).toBe('Terminal of kubelogin');
      await shoot('login-pods-narrow');
    });

    test('tells when the plugin has ended and its credential is still to come', async () => {
      await open();
      await context('prod-eu').click();
      await request(wanted);
      await login().waitFor();
      await page.evaluate(() =>
        (globalThis as unknown as { core: PageCore }).core.finish('credentials.login'),
      );
      await login().getByText('kubelogin has ended; its credential is being used').waitFor();
    });

    test('has a link in its terminal that opens as in every terminal', async () => {
      await open();
      await context('prod-eu').click();
      await request(wanted);
      await login().locator('.xterm-screen').waitFor();
      await page.evaluate(() => {
        const opened = Promise.withResolvers<string>();
        window.open = (address) => {
          opened.resolve(String(address));
          return null;
        };
        Object.assign(globalThis, { opened: opened.promise });
      });
      const box = await login().locator('.xterm-screen').boundingBox();
      if (!box) throw new Error('the terminal is not drawn');
      // On its second row, where the address stands in a list this wide.
      await expect
        .poll(async () => {
          await page.mouse.move(box.x + 60, box.y + 24);
          await page.mouse.move(box.x + 64, box.y + 24);
          return page.locator('.login-pane .terminal-place').getAttribute('title');
        })
        .toContain('https://login.example.com/device');
      await page.keyboard.down('Control');
      await page.mouse.click(box.x + 64, box.y + 24);
      await page.keyboard.up('Control');
      expect(await page.evaluate(() => (globalThis as unknown as { opened: Promise<string> }).opened)).toBe(
        'https://login.example.com/device',
      );
    });
  });
});
