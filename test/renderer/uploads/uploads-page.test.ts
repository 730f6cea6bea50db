// covers: renderer/uploads/uploads-view.tsx
// covers: renderer/uploads/owed-row.tsx
// covers: renderer/uploads/owed-details.tsx
// covers: renderer/uploads/drop-dialog.tsx
// covers: renderer/frame/uploads-tab.tsx
// covers: renderer/library/delivery.tsx
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath } from '../../fakes/chromium.ts';
import { type PageBrowser, type PageOptions, startPageBrowser } from '../../fakes/page-browser.ts';
import type { PageCore } from '../../fakes/page-core.ts';
import type { SceneName } from '../../fakes/page-scenes.ts';

const shots = fileURLToPath(new URL('../../../artefacts/uploads', import.meta.url));
const NARROW = { width: 480, height: 720 } as const;

describe.skipIf(!chromiumPath)('what is owed to recorders, in a browser', () => {
  let host: PageBrowser;
  let page: Page;

  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    host = await startPageBrowser();
  });
  afterAll(() => host.close());

  const tell = (deed: (core: PageCore) => void): Promise<void> =>
    page.evaluate(`(${deed.toString()})(globalThis.core)`);
  const asked = (name: string): Promise<readonly unknown[]> =>
    page.evaluate(
      (wanted) =>
        (globalThis as unknown as { core: PageCore }).core.calls.flatMap((call) =>
          call.name === wanted ? [call.input] : [],
        ),
      name,
    );
  async function shoot(name: string): Promise<void> {
    await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== 'running'));
    await page.screenshot({ path: `${shots}/${name}.png` });
  }
  const foot = (): Locator => page.getByRole('contentinfo');
  const owed = (): Promise<string | null> =>
    foot()
      .getByRole('button', { name: /deliver/ })
      .textContent();
  const list = (): Locator => page.getByRole('listbox', { name: 'Recordings that were not delivered' });
  const details = (): Locator => page.getByRole('region', { name: 'Delivery', exact: true });
  const dialog = (): Locator => page.getByRole('dialog');

  async function openQueue(scene: SceneName, options?: PageOptions): Promise<void> {
    page = await host.show(scene, options);
    await foot()
      .getByRole('button', { name: /not delivered/ })
      .click();
    await list().waitFor();
  }

  test('the foot counts what is owed and leads to it; nothing owed is nothing said', async () => {
    page = await host.show('shop');
    expect(
      await foot()
        .getByRole('button', { name: /deliver/ })
        .count(),
    ).toBe(0);
    await openQueue('owing');
    await expect.poll(owed).toBe('5 not delivered');
    await expect
      .poll(() => list().getByRole('option').allTextContents())
      .toEqual([
        expect.stringContaining('cache-0'),
        expect.stringContaining('very-long'),
        expect.stringContaining('api-0'),
        expect.stringContaining('web-7f9'),
        expect.stringContaining('api-1'),
      ]);
    await page.getByText('5 recordings are owed to recorders, the longest since').waitFor();
    await shoot('queue');
  });

  test('the details tell what each recorder answered and what to do', async () => {
    await openQueue('owing', { colours: 'dark' });
    await list().getByRole('option', { name: /api-0/ }).click();
    const answers = details().getByRole('list', { name: 'What the recorders answered' });
    await expect
      .poll(() => answers.getByRole('listitem').allTextContents())
      .toEqual([
        expect.stringContaining('nothing listens there'),
        expect.stringContaining('Put a token that it knows into the tokenFile'),
      ]);
    await details().getByText('change what the answer names, then retry').waitFor();
    await shoot('queue-refused-dark');
    await list()
      .getByRole('option', { name: /very-long/ })
      .click();
    await details().getByText('may have arrived at wss://').waitFor();
    await shoot('queue-long-dark');
    await list()
      .getByRole('option', { name: /cache-0/ })
      .click();
    await details().getByText('Line 1 is no JSON').waitFor();
  });

  test('keys walk the queue and retry, each once', async () => {
    await openQueue('owing');
    await page.waitForFunction(() => document.activeElement?.id === 'owed');
    for (let step = 0; step < 3; step += 1) await page.keyboard.press('ArrowDown');
    await details().getByText('web-7f9c5d8b4-x2x9z').waitFor();
    await page.keyboard.press('Enter');
    await list()
      .getByRole('option', { name: /web-7f9.*next try now/ })
      .waitFor();
    expect(await asked('uploads.retry')).toEqual([{ recordingIds: ['waiting'] }]);
    await page.getByRole('button', { name: 'Retry all' }).click();
    await list()
      .getByRole('option', { name: /api-0.*next try now/ })
      .waitFor();
    expect((await asked('uploads.retry')).at(-1)).toEqual({});
  });

  test('while a retry is asked for nothing asks for a second one, and what fails is said', async () => {
    await openQueue('owing');
    await tell((core) => {
      const answers = core.answers as { 'uploads.retry': unknown };
      answers['uploads.retry'] = () =>
        new Promise((_resolve, reject) => {
          (globalThis as unknown as { refuse: () => void }).refuse = () =>
            reject(new Error('the folder of what is owed cannot be written'));
        });
    });
    const all = page.getByRole('button', { name: 'Retry all' });
    await all.click();
    await expect.poll(() => all.isDisabled()).toBe(true);
    const one = details().getByRole('button', { name: 'Retry', exact: true });
    await expect.poll(() => one.isDisabled()).toBe(true);
    await shoot('queue-busy');
    await page.evaluate(() => (globalThis as unknown as { refuse: () => void }).refuse());
    await page.getByRole('alert', { name: 'The delivery was not tried' }).waitFor();
    await expect.poll(() => all.isDisabled()).toBe(false);
    await shoot('queue-retry-failed');
  });

  test('a delivery is dropped only by a press on a dialog that says that it was never delivered', async () => {
    await openQueue('owing', { colours: 'dark' });
    await list()
      .getByRole('option', { name: /very-long/ })
      .click();
    await list().focus();
    await page.keyboard.press('Delete');
    await dialog().getByText('was never delivered').waitFor();
    expect(await dialog().textContent()).toContain('may have arrived at wss://');
    expect(await dialog().textContent()).toContain('stays in the library');
    await shoot('queue-drop-dark');
    // What Enter does first keeps it.
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    expect(await asked('uploads.drop')).toEqual([]);
    await details().getByRole('button', { name: 'Drop…' }).click();
    await dialog().getByRole('button', { name: 'Drop', exact: true }).click();
    await list()
      .getByRole('option', { name: /very-long/ })
      .waitFor({ state: 'detached' });
    expect(await asked('uploads.drop')).toEqual([{ recordingIds: ['far'] }]);
    await page.getByText('Dropped: no recorder has that recording').waitFor();
    // The next one has come to its place.
    await details().getByText('api-0 / api').waitFor();
  });

  test('what is delivered leaves the queue, and an empty one says what would be here', async () => {
    await openQueue('owing');
    await tell((core) => {
      for (const recordingId of ['torn', 'far', 'refused', 'waiting', 'sending']) {
        core.emit('uploads.changed', { kind: 'removed', recordingId });
      }
    });
    await page.getByText('Nothing is owed to a recorder').waitFor();
    await foot()
      .getByRole('button', { name: /not delivered/ })
      .waitFor({ state: 'detached' });
    await shoot('queue-empty');
    await page.getByRole('button', { name: 'Show the recorders' }).click();
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('recorders');
  });

  test('a queue that cannot be read is told, with what to do, and read again', async () => {
    page = await host.show('owingUnknown');
    await foot().getByRole('button', { name: 'deliveries unknown' }).click();
    const trouble = page.getByRole('alert', { name: 'What is owed to recorders is not known' });
    await trouble.getByText('The folder of what is owed cannot be read.').waitFor();
    await shoot('queue-unknown');
    await tell((core) => core.state.failing.clear());
    await trouble.getByRole('button', { name: 'Try again' }).click();
    await list().waitFor();
    await expect.poll(owed).toBe('5 not delivered');
  });

  test('a thousand are one list of which only those seen exist', async () => {
    await openQueue('owingMany');
    await page.getByText('1000 recordings are owed to recorders').waitFor();
    await expect.poll(() => list().getByRole('option').count()).toBeLessThan(80);
    await list().focus();
    await page.keyboard.press('End');
    await details().getByText('web-999').waitFor();
    await shoot('queue-many');
    await page.getByRole('button', { name: 'Retry all' }).click();
    await list()
      .getByRole('option', { name: /web-999.*next try now/ })
      .waitFor();
  });

  test('a narrow window keeps what it is and what comes next', async () => {
    await openQueue('owing', NARROW);
    await list().getByRole('option', { name: /api-0/ }).click();
    await details().getByText('Put a token').waitFor();
    await expect
      .poll(() =>
        page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
      )
      .toBe(true);
    await shoot('queue-narrow');
    await page.emulateMedia({ colorScheme: 'dark' });
    await list()
      .getByRole('option', { name: /very-long/ })
      .click();
    await shoot('queue-narrow-dark');
    await details().getByRole('button', { name: 'Drop…' }).click();
    await dialog().waitFor();
    await shoot('queue-drop-narrow');
  });

  test('the library says of each recording whether a recorder has it', async () => {
    page = await host.show('owing');
    await page.getByRole('button', { name: 'Library' }).click();
    const rows = page.getByRole('listbox', { name: 'Recordings', exact: true });
    const own = page.getByRole('region', { name: 'Recording', exact: true });
    await rows.getByRole('option', { name: /queue-0.*/ }).click();
    // Soon after midnight the day is named.
    await own.getByText(/^Delivered to casts\.example\.com, (\w{3} )?\d\d:\d\d$/).waitFor();
    const link = own.getByRole('link', { name: 'Open it there' });
    expect(await link.getAttribute('href')).toBe('https://casts.example.com/a/1042');
    await expect.poll(() => rows.getByRole('img', { name: 'not delivered' }).count()).toBe(5);
    await expect.poll(() => rows.getByRole('img', { name: 'delivered', exact: true }).count()).toBe(1);
    await shoot('library-delivered');
    await rows.getByRole('option', { name: /api-0/ }).click();
    await own.getByText(/Not delivered since (\w{3} )?\d\d:\d\d; not tried again/).waitFor();
    await page.emulateMedia({ colorScheme: 'dark' });
    await shoot('library-owed-dark');
    await page.setViewportSize(NARROW);
    await shoot('library-owed-narrow');
    await own.getByRole('button', { name: 'Show in the queue' }).click();
    await details().getByText('api-0 / api').waitFor();
  });
});
