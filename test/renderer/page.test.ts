// covers: renderer/ui/picker.tsx
// covers: renderer/settings/redaction-section.tsx
// covers: renderer/settings/settings-view.tsx
// covers: renderer/open/container-menu.tsx
// covers: renderer/open/context-list.tsx
// covers: renderer/open/namespace-picker.tsx
// covers: renderer/open/palette.tsx
// covers: renderer/open/pod-list.tsx
// covers: renderer/open/pod-row.tsx
// covers: renderer/open/side-panel.tsx
// covers: renderer/open/welcome.tsx
// covers: renderer/frame/commands.ts
// covers: renderer/frame/content.tsx
// covers: renderer/frame/library-tab.tsx
// covers: renderer/frame/mount.tsx
// covers: renderer/frame/overlays.tsx
// covers: renderer/frame/page.tsx
// covers: renderer/frame/parts.ts
// covers: renderer/frame/rail.tsx
// covers: renderer/frame/status-bar.tsx
// covers: renderer/frame/tab-menu.ts
// covers: renderer/frame/tab-strip.tsx
// covers: renderer/store-kubectl.ts
// covers: renderer/frame/title-bar.tsx
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from '../fakes/chromium.ts';
import { type PageBrowser, type PageOptions, startPageBrowser } from '../fakes/page-browser.ts';
import type { PageCore } from '../fakes/page-core.ts';
import type { SceneName } from '../fakes/page-scenes.ts';

const shots = fileURLToPath(new URL('../../artefacts/page', import.meta.url));

describe.skipIf(!chromiumPath)('the page in a browser', () => {
  let host: PageBrowser;
  let page: Page;

  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    host = await startPageBrowser();
  });
  afterAll(() => host.close());

  async function open(scene: SceneName, options?: PageOptions): Promise<void> {
    page = await host.show(scene, options);
  }
  const context = (name: string): Locator =>
    page.getByRole('listbox', { name: 'Contexts' }).getByRole('option', { name });
  const pods = (name: string | RegExp): Locator =>
    page.getByRole('listbox', { name: /^Pods of/ }).getByRole('option', { name });
  const filter = (): Locator => page.getByLabel('Filter pods');
  const tab = (name: RegExp): Locator => page.getByRole('tab', { name });
  const shoot = (name: string): Promise<unknown> => page.screenshot({ path: `${shots}/${name}.png` });
  const focused = (): Promise<string | null | undefined> =>
    page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('aria-label') ?? element?.textContent;
    });
  const press = (...keys: string[]): Promise<void> =>
    keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  const calls = (name: string): Promise<PageCore['calls']> =>
    page.evaluate(
      (wanted) =>
        (globalThis as unknown as { core: PageCore }).core.calls.filter((call) => call.name === wanted),
      name,
    );
  const tell = (deed: (core: PageCore) => void): Promise<void> =>
    page.evaluate(`(${deed.toString()})(globalThis.core)`);
  /** Begun before the press: a button says it for two seconds, which may be over once somebody looks. */
  const copiedSaid = (): Promise<void> =>
    page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const look = new MutationObserver(() => {
            const words = [...document.querySelectorAll('.copy-words')];
            if (words.some((one) => one.textContent?.includes('Copied'))) resolve();
          });
          look.observe(document.body, { subtree: true, childList: true, characterData: true });
        }),
    );
  const isTerminalFocused = (): Promise<boolean> =>
    page.evaluate(() => document.activeElement?.closest('.xterm') !== null);

  test('the first minutes by keyboard: choose a context, type part of a name, Enter, a shell', async () => {
    await open('shop');
    await expect.poll(focused).toBe('stagingcurrent');
    expect(await calls('pods.watch')).toEqual([]);
    await press('Enter');
    await pods(/^api-0/).waitFor();
    await expect.poll(focused).toBe('Filter pods');
    await page.keyboard.type('web x2x');
    await expect.poll(() => pods(/./).count()).toBe(1);
    await press('Enter');
    await tab(/^web-7f9c5d8b4-x2x9z \/ app, staging, live, being recorded/).waitFor();
    await expect.poll(isTerminalFocused).toBe(true);
    await page.getByText('REC 1 live').waitFor();
    await expect.poll(() => page.title()).toBe('web-7f9c5d8b4-x2x9z / app · staging · Kubereel');
    await shoot('shell-light');
  });

  test('nothing is contacted by walking over the contexts', async () => {
    await open('shop');
    await press('ArrowDown', 'ArrowUp', 'ArrowUp', 'End', 'Home');
    expect(await calls('pods.watch')).toEqual([]);
    await shoot('start-light');
  });

  test('with no kubeconfig it says where it looked, and Enter starts the demo cluster', async () => {
    await open('nothing');
    await page.getByText('/home/ada/.kube/config').waitFor();
    await expect.poll(focused).toBe('Start the demo cluster');
    await page.getByText('Line 14: a mapping entry has no value.').waitFor();
    await page.getByRole('button', { name: 'Details' }).click();
    await page.getByText('code: kubeconfig-invalid').waitFor();
    await page.getByRole('button', { name: 'Details' }).click();
    await shoot('no-kubeconfig');
    await page.getByRole('button', { name: 'Start the demo cluster' }).focus();
    await press('Enter');
    await page.getByText('shells are real shells on this machine').waitFor();
    await expect.poll(() => context('kubereel-demo').getAttribute('aria-selected')).toBe('true');
  });

  describe('the pods', () => {
    test('that cannot be entered say why, and Enter on them says it too', async () => {
      await open('shop');
      await context('staging').click();
      const done = pods(/^nightly-report/);
      expect(await done.getAttribute('aria-disabled')).toBe('true');
      await filter().fill('nightly');
      await press('Enter');
      await page.getByText('It has completed: a shell needs a running container').waitFor();
      expect(await calls('sessions.open')).toEqual([]);
    });

    test('with several containers let one choose, by the arrow to the right', async () => {
      await open('shop');
      await context('staging').click();
      await expect.poll(focused).toBe('Filter pods');
      await pods(/^api-0/).click();
      await page.getByRole('listbox', { name: 'Pods of staging' }).focus();
      await press('ArrowRight');
      const menu = page.getByRole('menu', { name: 'Containers of api-0' });
      await menu.waitFor();
      await press('Escape');
      await filter().fill('api-0');
      await press('ArrowLeft', 'ArrowRight');
      expect(await menu.count()).toBe(0);
      await press('ArrowRight');
      await menu.waitFor();
      expect(await menu.getByRole('menuitem', { name: /^migrate/ }).getAttribute('aria-disabled')).toBe(
        'true',
      );
      await shoot('containers');
      await press('ArrowDown', 'Enter');
      await tab(/^api-0 \/ istio-proxy/).waitFor();
    });

    test('change without moving the one that is chosen, nor the rows around it', async () => {
      await open('many');
      await context('arn').click();
      await expect.poll(focused).toBe('Filter pods');
      const list = page.getByRole('listbox', { name: /^Pods of/ });
      await list.focus();
      await press('End', 'PageUp', 'PageUp');
      const active = page.locator('.pod-row.is-active');
      const before = await active.boundingBox();
      const name = await active.getAttribute('aria-label');
      await tell((core) => {
        const [first] = core.state.pods.values().next().value ?? [];
        if (!first) throw new Error('the scene has no pods');
        const upserted = [1, 2, 3].map((n) => ({
          ...first,
          uid: `new-${n}`,
          name: `aaa-${n}`,
          namespace: 'shop',
        }));
        core.podsChanged([...core.state.pods.keys()][0] ?? '', { upserted });
      });
      await page.getByText(/336 pods/).waitFor();
      await expect.poll(() => active.getAttribute('aria-label')).toBe(name);
      await expect.poll(async () => (await active.boundingBox())?.y).toBe(before?.y);
    });

    test('have kubectl`s command in their menu, by container', async () => {
      await open('shop');
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await context('staging').click();
      await pods(/^api-0/).click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Copy as kubectl: istio-proxy' }).click();
      const command = 'kubectl exec -it api-0 --context staging -n shop -c istio-proxy -- sh';
      await page.getByText(`Copied: ${command}`).waitFor();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(command);
      await shoot('copied');
    });

    test('of another namespace are one choice away, and an empty one offers them all', async () => {
      await open('shop');
      await context('staging').click();
      await expect.poll(focused).toBe('Filter pods');
      await page.getByRole('button', { name: 'Namespace: shop' }).click();
      await page.getByRole('option', { name: 'kube-system' }).waitFor();
      await page.keyboard.type('kube');
      await press('Enter');
      await pods(/^coredns/).waitFor();
      await context('kind-dev').click();
      await page.getByText('No pods in default on kind-dev').waitFor();
      await shoot('empty-namespace');
      await page.getByRole('button', { name: 'Show all namespaces' }).click();
      await page.getByText('No pods in kind-dev').waitFor();
    });

    test('of a namespace that nobody lists can be reached by typing its name', async () => {
      await open('shop');
      await context('staging').click();
      await expect.poll(focused).toBe('Filter pods');
      await page.getByRole('button', { name: 'Namespace: shop' }).click();
      await page.keyboard.type('secret-team');
      await press('Enter');
      await expect
        .poll(async () => (await calls('pods.watch')).at(-1)?.input)
        .toEqual({ context: 'staging', namespace: 'secret-team' });
    });

    test('that match no filter offer the other namespaces, then to clear it', async () => {
      await open('shop');
      await context('staging').click();
      await filter().fill('coredns');
      await page.getByRole('button', { name: 'Search all namespaces' }).click();
      await pods(/^coredns/).waitFor();
      await expect.poll(() => filter().inputValue()).toBe('coredns');
    });
  });

  describe('what fails', () => {
    test('is a card with reason, remedy and details, and Retry asks anew', async () => {
      await open('failing');
      await context('staging').click();
      const card = page.getByRole('alert', { name: 'The pods of shop on staging cannot be listed' });
      await card.getByText('Log in again, then retry.').waitFor();
      await card.getByRole('button', { name: 'Details' }).click();
      await card.getByText('kube-unauthorized').waitFor();
      await shoot('error-light');
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      const said = copiedSaid();
      await card.getByRole('button', { name: 'Copy as kubectl' }).click();
      await said;
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
        'kubectl get pods --context staging -n shop',
      );
      await tell((core) => {
        core.state.watchProblems.clear();
        core.state.pods.set('staging', []);
      });
      await card.getByRole('button', { name: 'Retry' }).click();
      await page.getByText('No pods in shop on staging').waitFor();
    });

    test('a cluster that does not answer is waited for in words', async () => {
      await open('failing');
      await context('prod-eu').click();
      await page.getByText(/Asking prod-eu for its pods, \d+ s/).waitFor();
      await shoot('waiting');
    });

    test('a context that cannot be used says why without being asked', async () => {
      await open('failing');
      await context('legacy').click();
      await page.getByText('Use an exec plugin such as gke-gcloud-auth-plugin.').waitFor();
      expect(await calls('pods.watch')).toEqual([]);
    });

    test('a connection that is lost keeps the pods and says that they are not live', async () => {
      await open('shop');
      await context('staging').click();
      await pods(/^api-0/).waitFor();
      await tell((core) =>
        core.podsChanged('staging', {
          state: { kind: 'retrying', problem: { code: 'unreachable', message: 'no route to host' } },
        }),
      );
      await pods(/^api-0/).waitFor();
      await page.getByRole('button', { name: 'Not live, trying again' }).click();
      const why = page.getByRole('alert', { name: 'staging does not answer' });
      await why.getByText('No route to host.').waitFor();
      await why.getByRole('button', { name: 'Dismiss' }).click();
    });

    test('namespaces that nobody may list say so, with the details a Tab away', async () => {
      await open('shop');
      await context('staging').click();
      await expect.poll(focused).toBe('Filter pods');
      await tell((core) => {
        const problem = {
          code: 'forbidden',
          message: 'you may not list namespaces',
          detail: '403 Forbidden',
        };
        core.state.namespaces = { namespaces: [], problem };
      });
      await page.getByRole('button', { name: 'Namespace: shop' }).click();
      await page.getByText('The cluster lists none: you may not list namespaces.').waitFor();
      await press('Tab', 'Enter');
      const why = page.getByRole('alert', { name: 'staging lists no namespaces' });
      await why.getByRole('button', { name: 'Details' }).click();
      await why.getByText('403 Forbidden').waitFor();
    });

    test('a recording that failed tells all of it from the foot of the window', async () => {
      await open('sessions');
      await tell((core) => {
        const session = core.state.sessions.get('s1');
        if (!session) throw new Error('the scene has no session s1');
        const problem = { code: 'disk-full', message: 'the disk is full', detail: 'ENOSPC' };
        core.putSession({ ...session, recording: { kind: 'failed', problem } });
      });
      await page.getByRole('contentinfo').getByRole('button', { name: 'Not recorded' }).click();
      const why = page.getByRole('alert', { name: /^The session in web-7f9.* is not recorded/ });
      await why.getByText('The disk is full.').waitFor();
    });

    test('a core that is gone is told, and what is on the screen stays', async () => {
      await open('sessions');
      await tab(/^web-7f9/).waitFor();
      await tell((core) => core.lose({ code: 'core-lost', message: 'the core has ended' }));
      await page.getByRole('alert').getByText('The core has ended.').waitFor();
      await expect.poll(() => page.getByRole('tab').count()).toBe(3);
    });
  });

  describe('the one field', () => {
    test('finds a pod, opens its shell by Enter and its containers by Alt+Enter', async () => {
      await open('shop');
      await context('staging').click();
      await pods(/^api-0/).waitFor();
      await press('Control+k');
      const field = page.getByRole('combobox', { name: 'Find a pod, a session, a command' });
      await page.keyboard.type('web shop');
      await shoot('palette-light');
      await field.fill('api-0');
      await press('ArrowDown', 'Alt+Enter');
      await page.getByRole('menu', { name: 'Containers of api-0' }).waitFor();
      await press('Escape');
      await press('Control+k');
      await page.keyboard.type('api-1');
      await press('Enter');
      await tab(/^api-1/).waitFor();
    });

    test('runs commands, and gives the focus back when it is left', async () => {
      await open('shop');
      await press('Control+k');
      await page.keyboard.type('theme dark');
      await press('Enter');
      await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('dark');
      await press('Control+k', 'Escape');
      await expect.poll(focused).toContain('staging');
    });

    test('is the shell’s Ctrl+K in a terminal, and opens there with Shift', async () => {
      await open('sessions');
      await expect.poll(isTerminalFocused).toBe(true);
      await press('Control+k');
      expect(await page.getByRole('dialog').count()).toBe(0);
      await press('Control+Shift+K');
      await page.getByRole('dialog', { name: 'Find' }).waitFor();
      await press('Escape');
      await expect.poll(isTerminalFocused).toBe(true);
    });
  });

  describe('tabs', () => {
    test('are walked by keys, and each says its state', async () => {
      await open('sessions');
      await tab(/^api-0 \/ api, prod-eu, ended, exit code 0/).waitFor();
      await press('Control+2');
      await expect.poll(() => tab(/^api-0/).getAttribute('aria-selected')).toBe('true');
      await page.getByRole('button', { name: 'Open again' }).waitFor();
      await shoot('ended-light');
      await press('Control+Shift+PageDown');
      await expect.poll(() => tab(/^search/).getAttribute('aria-selected')).toBe('true');
      await page.getByText('The shell did not open').waitFor();
      await press('Control+9', 'Control+1');
      await expect.poll(() => tab(/^web/).getAttribute('aria-selected')).toBe('true');
    });

    test('have a menu, by the keyboard too, with kubectl`s command and another shell', async () => {
      await open('sessions');
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await tab(/^api-0/).click({ button: 'right' });
      const menu = page.getByRole('menu', { name: 'Tab' });
      await menu.waitFor();
      await shoot('tab-menu');
      await press('Escape');
      await tab(/^api-0/).focus();
      await press('Shift+F10');
      await menu.waitFor();
      await press('c', 'Enter');
      const command = 'kubectl exec -it api-0 --context prod-eu -n shop -c api -- sh';
      await page.getByText(`Copied: ${command}`).waitFor();
      await tab(/^web/).click();
      await press('Control+Shift+K');
      await page.keyboard.type('as kubectl');
      await press('Enter');
      await page.getByText('Copied: kubectl exec -it web-7f9c5d8b4-x2x9z --context staging').waitFor();
      await tab(/^web/).click({ button: 'right' });
      await menu.getByRole('menuitem', { name: 'Open another shell there' }).click();
      await expect.poll(async () => (await calls('sessions.open')).length).toBe(1);
    });

    test('ask before a live shell is ended, and close at once where it has', async () => {
      await open('sessions');
      await tab(/^web/).click();
      await press('Control+Shift+W');
      const dialog = page.getByRole('dialog', { name: /^End the shell in web/ });
      await dialog.waitFor();
      await press('Escape');
      await dialog.waitFor({ state: 'detached' });
      expect(await calls('sessions.close')).toEqual([]);
      await press('Control+Shift+W');
      await dialog.waitFor();
      await press('Enter');
      await expect.poll(() => tab(/^web/).count()).toBe(0);
      await expect.poll(() => calls('sessions.close')).toHaveLength(1);
      await page.getByRole('button', { name: 'Close api-0 / api' }).click();
      await expect.poll(() => page.getByRole('tab').count()).toBe(1);
    });
  });

  test('a lost connection shows in the tab, the head and the window`s title', async () => {
    await open('sessions');
    await tell((core) => {
      const session = core.state.sessions.get('s1');
      if (!session) throw new Error('the scene has no session s1');
      const problem = { code: 'connection-lost', message: 'the connection was cut' };
      const now = Date.now();
      const lost = {
        startedAtMs: now - 60_000,
        lostAtMs: now,
        attempt: 2,
        nextTryAtMs: now + 3_600_000,
        problem,
      };
      core.putSession({ ...session, state: { kind: 'reconnecting', ...lost } });
    });
    await tab(/^web-7f9.*connection lost, reconnecting/).waitFor();
    await page.getByText('1 reconnecting').waitFor();
    await expect.poll(() => page.title()).toMatch(/^Reconnecting · web-7f9/);
    await page.getByText(/Attempt 2 in (1 h|59 m \d+ s)/).waitFor();
    await shoot('reconnecting-light');
    await page.setViewportSize({ width: 700, height: 600 });
    await shoot('reconnecting-narrow');
    await page.getByRole('button', { name: 'Try now' }).click();
    await tab(/^web-7f9.*live, being recorded/).waitFor();
  });

  test('F6 walks through the parts of the window and back, out of the terminal too', async () => {
    await open('sessions');
    await expect.poll(isTerminalFocused).toBe(true);
    const part = (): Promise<string | null | undefined> =>
      page.evaluate(() => document.activeElement?.closest('[data-part]')?.getAttribute('data-part'));
    const seen: (string | null | undefined)[] = [];
    for (let step = 0; step < 5; step += 1) {
      const before = await part();
      await press('F6');
      await expect.poll(part).not.toBe(before);
      seen.push(await part());
    }
    expect(seen).toEqual(['title', 'rail', 'side', 'tabs', 'content']);
    await press('Shift+F6');
    await expect.poll(part).toBe('tabs');
  });

  test('Escape leads back to the terminal from wherever one is', async () => {
    await open('sessions');
    await context('staging').click();
    await filter().fill('web');
    await press('Escape');
    await expect.poll(() => filter().inputValue()).toBe('');
    await press('Escape');
    await expect.poll(isTerminalFocused).toBe(true);
  });

  describe('recordings', () => {
    test('are listed in the library by key, and Enter replays one in a tab of its own', async () => {
      await open('shop');
      await press('Control+Shift+L');
      const row = page.getByRole('option', { name: /web-7f9c5d8b4-x2x9z . app.*exit 0/ });
      await row.waitFor();
      await shoot('library-light');
      await press('Enter');
      await tab(/^Replay of/).waitFor();
      await shoot('replay-light');
    });

    test('that were removed leave their tab, which says so', async () => {
      await open('shop');
      await press('Control+k');
      await page.keyboard.type('web');
      const recording = page.getByRole('option', { name: /Recordings$/ });
      await recording.click();
      await tab(/^Replay of/).waitFor();
      await tell((core) => core.emit('library.changed', { kind: 'removed', recordingId: 'r1' }));
      await page.getByText('This recording was removed').waitFor();
    });
  });

  describe('settings', () => {
    test('hold at once, each with its label', async () => {
      await open('shop');
      await press('Control+,');
      await page.getByLabel('Theme').selectOption('contrast');
      await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('contrast');
      await page.getByRole('switch', { name: 'Copy on select' }).press('Space');
      const size = page.getByLabel('Font size');
      await size.fill('99');
      await size.press('Enter');
      await expect.poll(() => size.inputValue()).toBe('32');
      await size.fill('no number');
      await size.press('Tab');
      await expect.poll(() => size.inputValue()).toBe('32');
      await expect
        .poll(async () => (await calls('settings.set')).map((call) => call.input))
        .toEqual([
          { changes: { theme: 'contrast' } },
          { changes: { copyOnSelect: true } },
          { changes: { fontSize: 32 } },
        ]);
      await shoot('settings-contrast');
    });

    test('redaction: patterns are kept once they can be used, and tried on a text', async () => {
      await open('shop', { colours: 'dark' });
      await press('Control+,');
      const section = page.getByRole('region', { name: 'Redaction' });
      await section.getByText('GitHub tokens, JSON web tokens, Private keys (PEM).').waitFor();
      await section.getByRole('switch', { name: 'Mask secrets in recordings' }).press('Space');
      await section.getByRole('button', { name: 'Add a pattern' }).click();
      await section.getByLabel('Name of pattern 1').fill('customer');
      const pattern = section.getByLabel('Pattern 1', { exact: true });
      await pattern.fill('ACME-[0-9');
      await pattern.press('Enter');
      await section.getByText('Missing closing ], at character 6. Patterns are kept').waitFor();
      await expect.poll(() => pattern.getAttribute('aria-invalid')).toBe('true');
      await section.getByLabel('Try it').fill('password=hunter2');
      await section.getByText('password=•••••••').waitFor();
      await section.getByText('1 stretch would be masked.').waitFor();
      await section.scrollIntoViewIfNeeded();
      await shoot('settings-redaction-dark');
      await page.emulateMedia({ colorScheme: 'light' });
      await shoot('settings-redaction-light');
      await pattern.fill('ACME-');
      await pattern.press('Tab');
      await expect.poll(() => pattern.getAttribute('aria-invalid')).toBe('false');
      await section.getByRole('button', { name: 'Remove pattern 1' }).click();
      const patterns = [{ name: 'customer', pattern: 'ACME-' }];
      await expect
        .poll(async () => (await calls('settings.set')).map((call) => call.input))
        .toEqual([
          { changes: { redaction: { enabled: true, patterns: [] } } },
          { changes: { redaction: { enabled: true, patterns } } },
          { changes: { redaction: { enabled: true, patterns: [] } } },
        ]);
    });

    test('that were not understood say so', async () => {
      await open('shop');
      await tell((core) =>
        core.emit('settings.changed', {
          ...core.state.settings,
          problems: [{ code: 'settings-invalid', message: 'fontSize is "big", which is no number' }],
        }),
      );
      await press('Control+,');
      await page.getByText('FontSize is "big", which is no number.').waitFor();
    });
  });

  describe('how it looks', () => {
    test.each([
      ['dark', { colours: 'dark' }],
      ['narrow-900', { width: 900 }],
      ['narrow-600', { width: 600, height: 700 }],
    ] as const)('%s: nothing is wider than the window', async (name, options) => {
      await open('sessions', options);
      await expect.poll(isTerminalFocused).toBe(true);
      if (name === 'narrow-600') {
        // It gives way by itself, a moment after the terminal has the focus.
        await context('staging').waitFor({ state: 'detached' });
        await press('Control+Shift+E');
      }
      await context('staging').click();
      await pods(/^api-0/).waitFor();
      await shoot(`${name}-side`);
      await press('Escape');
      await expect
        .poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth))
        .toBe(0);
      await shoot(name);
    });

    test('on a narrow window the side gives way to the terminal, and to the start where there is nothing to list', async () => {
      await open('sessions', { width: 600, height: 700 });
      await expect.poll(isTerminalFocused).toBe(true);
      const side = page.getByRole('complementary', { name: 'Pods' });
      await expect.poll(() => side.count()).toBe(0);
      await press('Control+Shift+E');
      await expect.poll(focused).toBe('stagingcurrent');
      await press('Escape');
      await expect.poll(isTerminalFocused).toBe(true);
      await expect.poll(() => side.count()).toBe(0);
      await open('nothing', { width: 600, height: 700 });
      await expect.poll(focused).toBe('Start the demo cluster');
      await page.getByRole('button', { name: 'Start the demo cluster' }).waitFor();
    });

    test('five hundred pods with long names: rows are drawn for what is seen only', async () => {
      await open('many');
      await context('arn').click();
      await page.getByRole('button', { name: 'Namespace: shop' }).click();
      await page.getByRole('option', { name: 'All namespaces' }).click();
      await page.getByText('500 pods').waitFor();
      await expect.poll(() => pods(/./).count()).toBeLessThan(60);
      await shoot('five-hundred');
    });

    test('every control has a name', async () => {
      await open('sessions');
      await context('staging').click();
      await pods(/^api-0/).waitFor();
      const nameless = await page.evaluate(() =>
        [...document.querySelectorAll('button, input, select, [role="option"], [role="tab"]')]
          .filter((one) => !one.closest('[aria-hidden="true"]'))
          .filter((one) => {
            const text = one.getAttribute('aria-label') ?? one.textContent ?? '';
            return text.trim() === '' && !('labels' in one && (one.labels as NodeList)?.length);
          })
          .map((one) => one.outerHTML.slice(0, 120)),
      );
      expect(nameless).toEqual([]);
    });
  });
});
