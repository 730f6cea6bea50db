// covers: renderer/frame/announcements.tsx
// covers: renderer/ui/announcer.ts
// covers: renderer/ui/motion.ts
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Settings } from '../../preload/contract.ts';
import { type AccessibleNode, accessibleNodes } from '../fakes/accessible-tree.ts';
import { violationsOf } from '../fakes/axe.ts';
import { chromiumPath } from '../fakes/chromium.ts';
import { walkByTab } from '../fakes/focus-walk.ts';
import { type PageBrowser, type PageOptions, startPageBrowser } from '../fakes/page-browser.ts';
import type { PageCore } from '../fakes/page-core.ts';
import type { SceneName } from '../fakes/page-scenes.ts';
import { runCommand, VIEWS } from '../fakes/page-views.ts';

const shots = fileURLToPath(new URL('../../artefacts/accessibility', import.meta.url));

describe.skipIf(!chromiumPath)('the page for those who do not see it, or not well', () => {
  let host: PageBrowser;
  let page: Page;

  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    // Terminals are drawn by the DOM: what they draw can be read there.
    host = await startPageBrowser({ hasWebgl: false });
  });
  afterAll(() => host.close());

  async function open(scene: SceneName, options?: PageOptions): Promise<void> {
    page = await host.show(scene, { ...options, isStill: true });
  }
  async function openView(name: string, options?: PageOptions): Promise<void> {
    const view = VIEWS.find((one) => one.name === name);
    if (!view) throw new Error(`there is no view ${name}`);
    await open(view.scene, options);
    await view.reach(page);
  }
  const tell = (deed: (core: PageCore) => void): Promise<void> =>
    page.evaluate(`(${deed.toString()})(globalThis.core)`);
  const set = (changes: Partial<Settings>): Promise<void> =>
    page.evaluate(async (given) => {
      const { core } = globalThis as unknown as { core: PageCore };
      await core.client.call('settings.set', { changes: given });
    }, changes);
  const nodes = (): Promise<readonly AccessibleNode[]> => accessibleNodes(page);
  const named = async (role: string): Promise<readonly string[]> =>
    (await nodes()).filter((node) => node.role === role).map(({ name }) => name);
  const heard = (region: 'What happened' | 'What went wrong') =>
    expect.poll(() => page.getByLabel(region, { exact: true }).textContent());
  const focused = (): Promise<string> =>
    page.evaluate(
      () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '',
    );
  const shoot = (name: string): Promise<unknown> => page.screenshot({ path: `${shots}/${name}.png` });

  describe('a screen reader', () => {
    test('finds a terminal by name and with its way out, and reads its lines once it may', async () => {
      await open('sessions');
      const field = async (): Promise<AccessibleNode | undefined> =>
        (await nodes()).find(({ role, name }) => role === 'textbox' && /^Terminal of/.test(name));
      await expect.poll(field).toMatchObject({
        name: 'Terminal of web-7f9c5d8b4-x2x9z / app',
        description: 'F6 leads out of the terminal',
      });
      const lines = async (): Promise<boolean> =>
        (await nodes()).some(({ role, name }) => role === 'StaticText' && name.startsWith('total 28'));
      expect(await lines()).toBe(false);
      await runCommand(page, 'Make terminals readable to a screen reader');
      await expect.poll(lines).toBe(true);
      await heard('What happened').toBe('Terminals are readable now.');
      await runCommand(page, 'Make terminals no longer readable to a screen reader');
      await expect.poll(lines).toBe(false);
    });

    test('is told what happens to sessions, of which none has the focus', async () => {
      await open('sessions');
      await page.getByRole('option', { name: 'staging' }).click();
      await tell((core) => {
        const session = core.state.sessions.get('s1');
        if (session?.recording.kind !== 'recording') throw new Error('the scene records no s1');
        core.putSession({ ...session, recording: { ...session.recording, pausedAtMs: Date.now() } });
      });
      await heard('What happened').toBe('The recording of web-7f9c5d8b4-x2x9z / app is paused.');
      await tell((core) => {
        const session = core.state.sessions.get('s1');
        const problem = { code: 'disk-full', message: 'the disk is full' };
        if (session) core.putSession({ ...session, recording: { kind: 'failed', problem } });
      });
      await heard('What went wrong').toBe('web-7f9c5d8b4-x2x9z / app is not recorded any more.');
      await tell((core) => {
        const session = core.state.sessions.get('s1');
        const now = Date.now();
        if (!session) return;
        const state = { kind: 'ended', startedAtMs: now - 5_000, endedAtMs: now } as const;
        core.putSession({ ...session, state: { ...state, end: { kind: 'exited', exitCode: 3 } } });
      });
      await heard('What happened').toContain('exit code 3');
      expect(await named('status')).toContain('What happened');
    });

    test('finds the parts of the window, the shown tab and its place, and one heading of the first order', async () => {
      await open('everything');
      await page.getByRole('tab', { name: 'api-0 / api, prod-eu, ended, exit code 0' }).waitFor();
      const all = await nodes();
      const names = (role: string): readonly string[] =>
        all.filter((node) => node.role === role).map(({ name }) => name);
      expect(names('main')).toEqual(['Tabs']);
      expect(names('navigation')).toEqual(['Places']);
      expect(names('complementary')).toEqual(['Pods']);
      expect(names('tablist')).toEqual(['Open tabs']);
      expect(names('tab')).toContain('api-0 / api, prod-eu, ended, exit code 0');
      expect(all.filter(({ role, level }) => role === 'heading' && level === 1)).toHaveLength(1);
    });

    test('steers a replay by a slider that says its time, and has its text as lines', async () => {
      await openView('a replay with its text');
      expect(await named('slider')).toEqual(['Position']);
      const time = await page.getByRole('slider', { name: 'Position' }).getAttribute('aria-valuetext');
      expect(time).toMatch(/^\d.* of 2 m 13 s$/);
      expect((await named('option')).some((name) => name.includes('cat config-0.yaml'))).toBe(true);
      await page.getByRole('slider', { name: 'Position' }).press('Space');
      await page.getByRole('slider', { name: 'Position' }).press('Space');
      await heard('What happened').toMatch(/^Paused at/);
    });
  });

  test('what floats gives the focus back to where it was', async () => {
    await openView('the library');
    await page.getByRole('button', { name: 'Delete', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(focused).toBe('Delete');
    await page.getByRole('button', { name: 'Newest first' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(focused).toContain('Newest first');
  });

  test('what is dragged can be moved by keys: a tab, and the edge of the side', async () => {
    await open('sessions');
    const tabs = (): Promise<string[]> =>
      page.getByRole('tab').evaluateAll((all) => all.map((one) => one.id));
    const [first = '', second = '', ...rest] = await tabs();
    await page.getByRole('tab').first().focus();
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menuitem', { name: 'Move to the right' }).press('Enter');
    await expect.poll(tabs).toEqual([second, first, ...rest]);
    const edge = page.getByRole('separator', { name: 'Width of the side' });
    const width = async (): Promise<number> => Number(await edge.getAttribute('aria-valuenow'));
    const before = await width();
    await edge.press('ArrowRight');
    await expect.poll(width).toBe(before + 16);
    await edge.press('Home');
    await expect.poll(width).toBe(260);
  });

  describe('motion', () => {
    const moving = (): Promise<number> =>
      page.evaluate(
        () =>
          document.getAnimations().filter((one) => Number(one.effect?.getComputedTiming().duration) > 0)
            .length,
      );

    test('where it is reduced nothing slides or fades, and a replay waits for Play', async () => {
      await openView('a replay');
      await page.getByRole('button', { name: 'Play (Space)' }).waitFor();
      expect(await page.getByRole('slider', { name: 'Position' }).inputValue()).toBe('0');
      await runCommand(page, 'Show the keys');
      await page.getByRole('dialog').waitFor();
      expect(await moving()).toBe(0);
    });

    test('the setting has the last word, either way', async () => {
      await open('sessions');
      const shown = (): Promise<string | undefined> =>
        page.evaluate(() => document.documentElement.dataset['motion']);
      await expect.poll(shown).toBe('reduced');
      await set({ reduceMotion: 'off' });
      await expect.poll(shown).toBe('full');
      await page.emulateMedia({ reducedMotion: 'no-preference' });
      await set({ reduceMotion: 'on' });
      await expect.poll(shown).toBe('reduced');
      await runCommand(page, 'Show the keys');
      await page.getByRole('dialog').waitFor();
      expect(await moving()).toBe(0);
    });
  });

  describe('contrast', () => {
    test.each(['pods', 'an ended shell', 'a shell that reconnects', 'the library', 'a replay with its text'])(
      '%s: what is drawn can be read in the dark and in high contrast',
      async (name) => {
        await openView(name);
        const theme = (): Promise<string | undefined> =>
          page.evaluate(() => document.documentElement.dataset['theme']);
        await page.emulateMedia({ colorScheme: 'dark' });
        await expect.poll(theme).toBe('dark');
        expect(await violationsOf(page, [], ['color-contrast'])).toEqual([]);
        await page.emulateMedia({ contrast: 'more' });
        await expect.poll(theme).toBe('contrast');
        expect(await violationsOf(page, [], ['color-contrast'])).toEqual([]);
        await shoot(`contrast-${name.replaceAll(' ', '-')}`);
      },
    );

    test('of what programs print is as it was asked for, at once', async () => {
      await open('sessions', { colours: 'dark' });
      // What comes before it watches is not shown.
      await page.locator('.xterm-rows').getByText('total 28').first().waitFor();
      await tell((core) =>
        core.show('sessions.view', {
          kind: 'output',
          timeMicros: 1,
          bytes: new TextEncoder().encode('\u001b[38;2;60;60;60mfaint'),
        }),
      );
      const faint = page.locator('.xterm-rows span').filter({ hasText: /^faint$/ });
      const ratio = async (minimumContrast: Settings['minimumContrast']): Promise<number> => {
        await set({ minimumContrast });
        return faint.evaluate((span) => {
          const channels = (colour: string): number[] => (colour.match(/\d+/g) ?? []).slice(0, 3).map(Number);
          const luminance = (colour: string): number => {
            const [r = 0, g = 0, b = 0] = channels(colour)
              .map((part) => part / 255)
              .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const ground = luminance(getComputedStyle(document.body).backgroundColor);
          const ink = luminance(getComputedStyle(span).color);
          return (Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05);
        });
      };
      await expect.poll(() => ratio('none')).toBeLessThan(2);
      await expect.poll(() => ratio('readable')).toBeGreaterThanOrEqual(4.5);
      await expect.poll(() => ratio('high')).toBeGreaterThanOrEqual(7);
    });
  });

  describe('with the system’s own colours', () => {
    test.each(['a live shell', 'the library', 'a replay', 'the settings'])(
      '%s keeps what is chosen and where the focus is',
      async (name) => {
        await openView(name);
        await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
        await shoot(`forced-${name.replaceAll(' ', '-')}`);
        const grounds = await page.getByRole('tab').evaluateAll((tabs) =>
          tabs.map((tab) => ({
            isActive: tab.getAttribute('aria-selected') === 'true',
            ground: getComputedStyle(tab.closest('.tab') ?? tab).backgroundColor,
          })),
        );
        const active = grounds.find(({ isActive }) => isActive)?.ground;
        expect(grounds.filter(({ isActive, ground }) => !isActive && ground === active)).toEqual([]);
        expect((await walkByTab(page)).unmarked).toEqual([]);
      },
    );
  });

  describe('at four times the size', () => {
    test.each([
      'the start',
      'pods',
      'a live shell',
      'an ended shell',
      'a shell that reconnects',
      'find',
      'the keys',
      'a plugin asks',
      'the library',
      'an export',
      'a replay with its text',
      'the settings',
      'what was not delivered',
      'shells of other programs',
    ])('%s has its place in 320 pixels, and nothing is out of reach', async (name) => {
      await openView(name, { width: 1280, height: 900 });
      await page.setViewportSize({ width: 320, height: 640 });
      await shoot(`320-${name.replaceAll(' ', '-')}`);
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
      const outside = (): Promise<readonly string[]> =>
        page.evaluate(() => {
          const canScroll = (element: Element | null): boolean =>
            element !== null &&
            (/auto|scroll/.test(getComputedStyle(element).overflowX) || canScroll(element.parentElement));
          const root = document.querySelector('dialog[open]') ?? document;
          return [...root.querySelectorAll('button, input, select, a[href], summary')]
            .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
            .filter((one) => !one.closest('[inert], .xterm, [aria-hidden="true"]'))
            .filter((one) => {
              const { left, right } = one.getBoundingClientRect();
              return (left < -1 || right > 321) && !canScroll(one.parentElement);
            })
            .map((one) => one.outerHTML.slice(0, 120));
        });
      await expect.poll(outside).toEqual([]);
    });
  });
});
