// covers: renderer/frame/recording-commands.ts
// covers: renderer/store-recording.ts
// covers: renderer/terminal/recording-dialogs.tsx
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from '../fakes/chromium.ts';
import { type PageBrowser, type PageOptions, startPageBrowser } from '../fakes/page-browser.ts';

const shots = fileURLToPath(new URL('../../artefacts/recording-decisions', import.meta.url));

describe.skipIf(!chromiumPath)('what is decided about a recording', () => {
  let host: PageBrowser;
  let page: Page;

  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    host = await startPageBrowser();
  });
  afterAll(() => host.close());

  const tab = (name: RegExp): Locator => page.getByRole('tab', { name });
  const shoot = (name: string): Promise<unknown> => page.screenshot({ path: `${shots}/${name}.png` });

  async function open(options?: PageOptions): Promise<void> {
    page = await host.show('sessions', options);
    await tab(/being recorded/).click();
    await page.getByText('REC', { exact: true }).first().waitFor();
  }

  async function openMenu(): Promise<void> {
    await tab(/being recorded|paused/).click({ button: 'right' });
    await page.getByRole('menu', { name: 'Tab' }).waitFor();
  }
  const pick = (name: string): Promise<void> => page.getByRole('menuitem', { name }).click();

  test.each(['light', 'dark'] as const)(
    'input: asked first, then said in badge and tab; %s',
    async (colours) => {
      await open({ colours });
      await openMenu();
      await shoot(`menu-${colours}`);
      await pick('Record what I type');
      await page.getByText('such as a password, is left out').waitFor();
      await shoot(`input-question-${colours}`);
      await page.keyboard.press('Enter');
      await page.getByText('REC + input').waitFor();
      await tab(/being recorded with what is typed/).waitFor();
      await shoot(`input-on-${colours}`);
      await openMenu();
      await pick('Stop recording what I type');
      await page.getByText('REC + input').waitFor({ state: 'detached' });
    },
  );

  test('Escape leaves what is typed unrecorded', async () => {
    await open();
    await openMenu();
    await pick('Record what I type');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.getByText('REC + input').count()).toBe(0);
  });

  test.each(['light', 'dark'] as const)(
    'a pause is said in badge, tab and title bar; %s',
    async (colours) => {
      await open({ colours });
      await openMenu();
      await pick('Pause the recording');
      await tab(/recording paused/).waitFor();
      await page.getByText('1 paused').waitFor();
      await page.getByText('Paused', { exact: true }).waitFor();
      expect(await page.getByText(/REC \d+ live/).count()).toBe(0);
      await shoot(`paused-${colours}`);
      await openMenu();
      await pick('Go on recording');
      await page.getByText('1 paused').waitFor({ state: 'detached' });
    },
  );

  test('the key asks for a label, and Enter sets the marker', async () => {
    await open({ width: 480 });
    await page.keyboard.press('Control+Shift+M');
    await page.getByLabel('What to call this moment').fill('before the fix '.repeat(6));
    await shoot('marker-narrow');
    await page.keyboard.press('Enter');
    await page.getByText('Marked: before the fix').waitFor();
    await shoot('marked-narrow');
  });
});
