// covers: renderer/library/search-results.tsx
// covers: renderer/library/content-search.ts
// covers: renderer/library/found-list.ts
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chromiumPath } from '../../fakes/chromium.ts';
import type { LibraryStage } from '../../fakes/page-library.tsx';
import { type Stage, startStage } from '../../fakes/stage-page.ts';

declare const stage: LibraryStage;

const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 30_000, interval: 20 });
const shots = fileURLToPath(new URL('../../../artefacts/library', import.meta.url));

describe.skipIf(!chromiumPath)('search in the library, in a browser', () => {
  let opened: Stage;
  let page: Page;

  beforeAll(async () => {
    opened = await startStage('test/fakes/page-library.tsx', {
      viewport: { width: 1000, height: 480 },
      reducedMotion: 'reduce',
    });
    await mkdir(shots, { recursive: true });
  });
  afterAll(() => opened?.close());
  beforeEach(async () => {
    page = await opened.load();
    await page.evaluate(() =>
      stage.list([
        { pod: 'web-7f9c5d8b4-x2x9z' },
        { pod: 'a-pod-with-a-name-that-is-very-long-indeed-7f9c5d8b4-x2x9z', context: 'staging-eu-west-1' },
        { pod: 'api-0' },
        { pod: 'api-1' },
      ]),
    );
  });
  afterEach(() => expect(opened.errors()).toEqual([]));

  const deeds = (): Promise<readonly string[]> => page.evaluate(() => stage.deeds());
  const shot = (name: string): Promise<Buffer> => page.screenshot({ path: `${shots}/${name}.png` });
  const field = (): Locator => page.getByLabel('Search what was on the screens');
  const rows = (): Locator => page.getByRole('listbox', { name: 'Found in recordings' }).getByRole('option');

  test('what was on a screen is found with its line, and opens the replay at its moment', async () => {
    await field().fill('refused');
    await eventually(() => rows().count()).toBe(7);
    expect(await rows().nth(0).textContent()).toContain('41 lines');
    expect(await rows().nth(1).textContent()).toContain('00:00:04refused while reading');
    expect(await rows().nth(3).textContent()).toBe('39 more lines');
    expect(await rows().locator('mark').allTextContents()).toEqual(['refused', 'refused', 'refused']);
    await field().press('ArrowDown');
    await field().press('ArrowDown');
    await page.getByRole('region', { name: 'Found line' }).getByText('GET /cart/4').waitFor();
    await shot('search');
    await field().press('Enter');
    await eventually(async () => (await deeds()).at(-1)).toBe('replay r1 at 754000000 refused');
    await page.getByRole('button', { name: 'Replay from 00:12:34' }).click();
    await rows().nth(5).click();
    await eventually(async () => (await deeds()).at(-1)).toBe('replay r2 at 3725000000 refused');
    await page.evaluate(() => stage.setTheme('light'));
    await shot('search-light');
    await page.setViewportSize({ width: 480, height: 480 });
    await shot('search-480');
  });

  test('more recordings are asked for, and the filter narrows them', async () => {
    await field().fill('refused');
    await page.getByText('Show more recordings').click();
    await eventually(() => page.getByText('41 lines').count()).toBe(2);
    expect((await deeds()).at(-1)).toContain('"afterId":"r2"');
    await page.getByLabel('Filter recordings').fill('API');
    await eventually(async () => (await deeds()).at(-1)).toContain('"words":["api"]');
    await eventually(() => page.getByText('web-7f9c').count()).toBe(0);
    await field().press('Escape');
    await page.getByRole('listbox', { name: 'Recordings' }).waitFor();
  });

  test('recordings that are still being read are told, and asked again by itself', async () => {
    await page.evaluate(() => stage.setUnsearched({ encrypted: 3, waiting: 12, unreadable: 0 }));
    await field().fill('nowhere');
    await page.getByText('“nowhere” was on no screen').waitFor();
    await page.getByText('12 recordings still being read · 3 encrypted, not searched').waitFor();
    await shot('search-none');
    await page.evaluate(() => stage.setUnsearched({ encrypted: 3, waiting: 0, unreadable: 0 }));
    await page.getByText('3 encrypted, not searched', { exact: true }).waitFor();
  });

  test('a search that fails says so, and the next one is made', async () => {
    await page.evaluate(() => stage.searchFails('the search has stopped'));
    await field().fill('refused');
    await page.getByText('The recordings could not be searched').waitFor();
    await shot('search-failed');
    await page.evaluate(() => stage.searchFails(undefined));
    await field().fill('refuse');
    await eventually(() => rows().count()).toBe(7);
  });

  test('a replay that is opened at a moment stands there with the text marked, and goes to the next one', async () => {
    await page.evaluate(() => {
      stage.replayAt({ timeMicros: 5_000_000, text: 'CART/7' });
      stage.replay();
    });
    const shown = (): Promise<string | null> => page.locator('.xterm-accessibility').textContent();
    const marked = (): Promise<number> => page.locator('.xterm-find-result-decoration').count();
    await eventually(shown).toContain('cart/7');
    await eventually(marked).toBeGreaterThan(0);
    expect(await shown()).not.toContain('replicas');
    await shot('replay-at-moment');
    await page.evaluate(() => stage.replayAt({ timeMicros: 9_000_000, text: 'REPLICAS' }));
    await eventually(shown).toContain('replicas');
    await eventually(marked).toBeGreaterThan(0);
  });
});
