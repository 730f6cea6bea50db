// covers: renderer/debug/debug-dialogs.tsx
// covers: renderer/debug/container-dialog.tsx
// covers: renderer/debug/node-dialog.tsx
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ShellTarget } from '../../../preload/contract.ts';
import { chromiumPath } from '../../fakes/chromium.ts';
import { type PageBrowser, type PageOptions, startPageBrowser } from '../../fakes/page-browser.ts';
import type { PageCore } from '../../fakes/page-core.ts';
import type { SceneName } from '../../fakes/page-scenes.ts';

const shots = fileURLToPath(new URL('../../../artefacts/page', import.meta.url));

describe.skipIf(!chromiumPath)('debugging in a browser', () => {
  let host: PageBrowser;
  let page: Page;

  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    host = await startPageBrowser();
  });
  afterAll(() => host?.close());

  async function open(scene: SceneName, options?: PageOptions): Promise<void> {
    page = await host.show(scene, { ...options, isStill: true });
  }
  const dialog = (name: RegExp): Locator => page.getByRole('dialog', { name });
  const shoot = (name: string): Promise<Buffer> => page.screenshot({ path: `${shots}/${name}.png` });
  const tell = (deed: (core: PageCore) => void): Promise<void> =>
    page.evaluate(`(${deed.toString()})(globalThis.core)`);

  async function targets(): Promise<readonly ShellTarget[]> {
    const calls = await page.evaluate(() =>
      (globalThis as unknown as { core: PageCore }).core.calls.filter(
        (call) => call.name === 'sessions.open',
      ),
    );
    return calls.map(({ input }) => (input as { target: ShellTarget }).target);
  }

  async function openPodMenu(name: RegExp): Promise<void> {
    await page.getByRole('listbox', { name: 'Contexts' }).getByRole('option', { name: 'staging' }).click();
    const pod = page.getByRole('listbox', { name: /^Pods of/ }).getByRole('option', { name });
    // A row that opens no shell has its menu too.
    await pod.click({ button: 'right', force: true });
  }

  /** A session whose image has no shell, in front. */
  async function openNoShell(options?: PageOptions): Promise<void> {
    await open('shop', options);
    await tell((core) => {
      core.putSession({
        sessionId: 'n1',
        target: { context: 'staging', namespace: 'shop', pod: 'api-0', container: 'istio-proxy' },
        size: { cols: 80, rows: 24 },
        state: {
          kind: 'ended',
          endedAtMs: Date.now(),
          end: {
            kind: 'failed',
            problem: {
              code: 'no-shell',
              message: 'container istio-proxy has no sh',
              hint: 'The image may have no shell at all, as distroless images do.',
              detail: 'exec: "sh": executable file not found in $PATH',
            },
          },
        },
        recording: { kind: 'none' },
        viewers: 0,
      });
    });
    await page.getByRole('listbox', { name: 'Contexts' }).getByRole('option', { name: 'staging' }).click();
    await page.getByRole('listbox', { name: /^Pods of/ }).waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('istio');
    await page
      .getByRole('option', { name: /api-0 \/ istio-proxy/ })
      .first()
      .click();
  }

  test('a container without a shell is one press and an Enter away from a debug container', async () => {
    await openNoShell();
    await page.getByRole('button', { name: 'Open a debug container…' }).click();
    const asked = dialog(/^Debug api-0/);
    await asked.waitFor();
    expect(await asked.getByLabel('Looks at').inputValue()).toBe('istio-proxy');
    expect(await asked.getByLabel('Looks at').locator('option').allTextContents()).toEqual([
      'api',
      'istio-proxy',
    ]);
    expect(await asked.getByText('cannot remove it again').count()).toBe(1);
    await shoot('debug-container');
    await page.keyboard.press('Enter');
    await expect.poll(targets).toEqual([
      {
        context: 'staging',
        namespace: 'shop',
        pod: 'api-0',
        container: 'istio-proxy',
        debug: { image: 'busybox:1.37', profile: 'general' },
      },
    ]);
    await page.getByRole('tab', { name: /api-0 \/ istio-proxy, debug/ }).waitFor();
    await asked.waitFor({ state: 'detached' });
  });

  test('the image that was used is offered the next time, and no place is remembered', async () => {
    await open('shop');
    await openPodMenu(/^api-0/);
    await page.getByRole('menuitem', { name: 'Open a debug container…' }).click();
    const asked = dialog(/^Debug api-0/);
    await asked.getByLabel('Image').fill('nicolaka/netshoot');
    await asked.getByLabel('Looks at').selectOption('istio-proxy');
    await asked.getByLabel('May').selectOption('restricted');
    await asked.getByRole('button', { name: 'Open debug container' }).click();
    await expect
      .poll(async () => (await targets())[0])
      .toMatchObject({
        container: 'istio-proxy',
        debug: { image: 'nicolaka/netshoot', profile: 'restricted' },
      });
    const settings = () =>
      page.evaluate(() => (globalThis as unknown as { core: PageCore }).core.state.settings.settings);
    await expect.poll(async () => (await settings()).debugImage).toBe('nicolaka/netshoot');
    await page.getByRole('tab', { name: /api-0 \/ istio-proxy, debug/ }).waitFor();
    const kept = await settings();
    expect(kept.recentTargets.filter((target) => target.debug)).toEqual([]);
  });

  test('what is waited for while it opens is told', async () => {
    await open('sessions');
    await tell((core) => {
      const session = core.state.sessions.get('s1');
      if (!session) return;
      const note = 'Back-off pulling image "registry.example.com/tools/debug:latest"';
      core.putSession({
        ...session,
        target: { ...session.target, debug: { image: 'registry.example.com/tools/debug:latest' } },
        state: { kind: 'opening', note },
        recording: { kind: 'none' },
      });
    });
    await page.getByText('Back-off pulling image').waitFor();
    await shoot('debug-waiting');
  });

  test('a shell on a node opens only after its name was typed', async () => {
    await open('shop');
    await openPodMenu(/^api-0/);
    await shoot('debug-menu');
    await page.getByRole('menuitem', { name: /Open a shell on its node…/ }).click();
    const asked = dialog(/^Open a shell on node node-1\?/);
    const go = asked.getByRole('button', { name: 'Open as root' });
    expect(await go.isDisabled()).toBe(true);
    await asked.waitFor();
    await page.keyboard.type('node-');
    await page.keyboard.press('Enter');
    expect(await targets()).toEqual([]);
    await page.keyboard.type('1');
    await shoot('debug-node');
    await asked.getByLabel('Namespace').fill('ops');
    await go.click();
    await expect.poll(targets).toEqual([
      {
        context: 'staging',
        namespace: 'ops',
        pod: 'node-1',
        node: { name: 'node-1', image: 'busybox:1.37' },
      },
    ]);
    await page.getByRole('tab', { name: /node node-1/ }).waitFor();
  });

  test('opening it again asks again', async () => {
    await open('sessions');
    await tell((core) => {
      const session = core.state.sessions.get('s2');
      if (session)
        core.putSession({
          ...session,
          target: { ...session.target, node: { name: 'node-1', image: 'busybox' } },
        });
    });
    await page.getByRole('tab', { name: /node node-1/ }).click();
    await page.getByRole('button', { name: 'Open again' }).click();
    const asked = dialog(/^Open a shell on node node-1\?/);
    await asked.waitFor();
    await page.keyboard.press('Escape');
    await asked.waitFor({ state: 'detached' });
    expect(await targets()).toEqual([]);
  });

  test('a pod that is over offers no debug container', async () => {
    await open('shop');
    await openPodMenu(/^nightly-report/);
    const item = page.getByRole('menuitem', { name: /Open a debug container…/ });
    expect(await item.getAttribute('aria-disabled')).toBe('true');
    expect(await item.textContent()).toContain('it has completed');
    await page.keyboard.press('Escape');
  });

  test('both dialogs stand in a dark and narrow window', async () => {
    await openNoShell({ width: 420, height: 720, colours: 'dark' });
    await shoot('debug-no-shell-narrow-dark');
    await page.getByRole('button', { name: 'Open a debug container…' }).click();
    await dialog(/^Debug/).waitFor();
    await shoot('debug-container-narrow-dark');
    await page.keyboard.press('Escape');
    await dialog(/^Debug/).waitFor({ state: 'detached' });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(overflow).toBe(false);
  });
});
