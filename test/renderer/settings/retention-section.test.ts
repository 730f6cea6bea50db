// covers: renderer/settings/retention-section.tsx
// covers: renderer/store-keeping.ts
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from '../../fakes/chromium.ts';
import { type PageBrowser, type PageOptions, startPageBrowser } from '../../fakes/page-browser.ts';
import type { PageCore } from '../../fakes/page-core.ts';

const shots = fileURLToPath(new URL('../../../artefacts/page', import.meta.url));

describe.skipIf(!chromiumPath)('retention in the settings', () => {
  let host: PageBrowser;
  let page: Page;

  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    host = await startPageBrowser();
  });
  afterAll(() => host?.close());

  const tell = (deed: (core: PageCore) => void): Promise<void> =>
    page.evaluate(`(${deed.toString()})(globalThis.core)`);

  /** Twelve recordings, a month apart each, the oldest of them pinned. */
  async function open(options?: PageOptions): Promise<Locator> {
    page = await host.show('shop', { ...options, isStill: true });
    await tell((core) => {
      const [sample] = core.state.recordings.values();
      if (!sample) throw new Error('the scene has no recording');
      core.state.recordings.clear();
      for (let month = 0; month < 12; month += 1) {
        const recording = {
          ...sample,
          recordingId: `month-${month}`,
          pod: `web-${month}`,
          state: 'closed' as const,
          bytes: 250_000_000,
          startedAtMs: Date.now() - month * 30 * 86_400_000 - 3_600_000,
          ...(month === 11 && { isPinned: true as const }),
        };
        core.state.recordings.set(recording.recordingId, recording);
        core.emit('library.changed', { kind: 'put', recording });
      }
    });
    await page.keyboard.press('Control+,');
    const section = page.getByRole('region', { name: 'Retention' });
    await section.getByText('Nothing goes by itself.', { exact: true }).waitFor();
    return section;
  }
  const shoot = async (name: string): Promise<void> => {
    await page.getByRole('region', { name: 'Retention' }).scrollIntoViewIfNeeded();
    await page.screenshot({ path: `${shots}/${name}.png` });
  };
  const calls = (name: string): Promise<readonly unknown[]> =>
    page.evaluate(
      (wanted) =>
        (globalThis as unknown as { core: PageCore }).core.calls.flatMap((call) =>
          call.name === wanted ? [call.input] : [],
        ),
      name,
    );

  test('what rules would do is shown before they are kept, and nothing is deleted by that', async () => {
    const section = await open({ colours: 'dark' });
    await section.getByText('12 recordings take 3.0 GB').waitFor();
    expect(await section.getByRole('button', { name: 'Keep these rules' }).isDisabled()).toBe(true);
    await section.getByLabel('Keep recordings for').fill('90');
    await section.getByText('8 recordings would go, 2.0 GB in all.').waitFor();
    await section.getByText('Stays though the rules name it: 1 pinned.').waitFor();
    await section.getByText('Which ones').click();
    await section.getByText('web-10 / app').waitFor();
    await shoot('retention-preview-dark');
    expect(await calls('settings.set')).toEqual([]);
    await section.getByRole('button', { name: 'Keep these rules' }).click();
    await section.getByText('Kept: the app lets recordings go each hour.').waitFor();
    expect(await calls('settings.set')).toEqual([{ changes: { retention: { days: 90, quotaBytes: 0 } } }]);
    expect((await calls('library.prune')).every((input) => (input as { isDryRun: boolean }).isDryRun)).toBe(
      true,
    );
  });

  test('a quota is in gigabytes, and what pins it above is told', async () => {
    const section = await open({ width: 480, height: 900 });
    await section.getByLabel('Keep at most').fill('0.1');
    await section.getByText('11 recordings would go, 2.8 GB in all. What stays is 150 MB more').waitFor();
    await shoot('retention-quota-480');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(480);
    await section.getByLabel('Keep at most').fill('many');
    await section.getByText('gigabytes a number up to').waitFor();
    expect(await section.getByRole('button', { name: 'Keep these rules' }).isDisabled()).toBe(true);
    await shoot('retention-wrong-480');
    await section.getByRole('button', { name: 'Cancel' }).click();
    expect(await section.getByLabel('Keep at most').inputValue()).toBe('0');
  });

  test('what is kept can be done at once, and is asked about once', async () => {
    const section = await open();
    await section.getByLabel('Keep recordings for').fill('300');
    await section.getByText('1 recording would go, 250 MB in all').waitFor();
    await section.getByLabel('Keep recordings for').press('Tab');
    await section.getByRole('button', { name: 'Keep these rules' }).click();
    await section.getByRole('button', { name: 'Delete now…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete what the rules name?' });
    await dialog.getByText('deleted from this machine for good').waitFor();
    await shoot('retention-delete-light');
    await page.keyboard.press('Enter');
    await section.getByText('1 recording deleted, 250 MB in all.').waitFor();
    expect(await calls('library.prune')).toContainEqual({ isDryRun: false });
  });

  test('what cannot be seen or kept says why', async () => {
    const section = await open();
    await tell((core) => {
      core.state.failing.set('library.prune', {
        code: 'recording-unreadable',
        message: 'the folder is gone',
      });
      core.state.failing.set('settings.set', { code: 'internal', message: 'the disk is full' });
    });
    await section.getByLabel('Keep recordings for').fill('30');
    await section.getByText('It could not be seen what would go: The folder is gone.').waitFor();
    await section.getByRole('button', { name: 'Keep these rules' }).click();
    await section.getByText('These rules were not kept: The disk is full.').waitFor();
    expect(await section.getByLabel('Keep recordings for').inputValue()).toBe('30');
    await shoot('retention-refused-light');
  });

  test('a command leads to the rules, under the words that one would look for', async () => {
    await open();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('quota');
    await page.getByRole('option', { name: /Let old recordings go/ }).waitFor();
    await page.keyboard.press('Enter');
    const days = page.getByLabel('Keep recordings for');
    await expect
      .poll(() => days.evaluate((field) => field === document.activeElement), { timeout: 30_000 })
      .toBe(true);
  });

  test('the foot of the library leads to the rules', async () => {
    await open();
    await page.getByRole('button', { name: 'Library' }).first().click();
    await page.getByRole('button', { name: 'Retention', exact: true }).click();
    const days = page.getByLabel('Keep recordings for');
    await days.waitFor();
    await expect
      .poll(() => days.evaluate((field) => field === document.activeElement), { timeout: 30_000 })
      .toBe(true);
  });
});
