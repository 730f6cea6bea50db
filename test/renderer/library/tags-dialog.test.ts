import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chromiumPath } from '../../fakes/chromium.ts';
import type { TagsStage } from '../../fakes/page-tags.tsx';
import { type Stage, startStage } from '../../fakes/stage-page.ts';

declare const stage: TagsStage;

const shots = fileURLToPath(new URL('../../../artefacts/library', import.meta.url));

describe.skipIf(!chromiumPath)('the tags of several recordings', () => {
  let opened: Stage;
  let page: Page;

  beforeAll(async () => {
    opened = await startStage('test/fakes/page-tags.tsx', {
      viewport: { width: 600, height: 560 },
      reducedMotion: 'reduce',
    });
    await mkdir(shots, { recursive: true });
  });
  afterAll(() => opened?.close());
  beforeEach(async () => {
    page = await opened.load();
  });
  afterEach(() => expect(opened.errors()).toEqual([]));

  const deeds = (): Promise<readonly string[]> => page.evaluate(() => stage.deeds());
  const shot = (name: string): Promise<Buffer> => page.screenshot({ path: `${shots}/${name}.png` });
  const dialog = (): Locator => page.getByRole('dialog');
  const box = (name: string | RegExp): Locator => dialog().getByRole('checkbox', { name });
  const isMixed = (one: Locator): Promise<boolean> =>
    one.evaluate((element) => (element as HTMLInputElement).indeterminate);
  const save = (): Promise<void> => dialog().getByRole('button', { name: 'Save' }).click();

  async function askAboutThree(): Promise<void> {
    await page.evaluate(() =>
      stage.ask(3, [
        { tags: ['incident', 'db-7'], isPinned: true },
        { tags: ['incident'] },
        { tags: ['Incident'], comment: 'a comment of its own' },
        { tags: ['elsewhere'] },
      ]),
    );
    await dialog().getByText('Tags of 3 recordings').waitFor();
  }

  test('what all have, some have, and others have is told apart; what is left alone is not changed', async () => {
    await askAboutThree();
    expect(await box('incident').isChecked()).toBe(true);
    expect(await isMixed(box(/^db-7/))).toBe(true);
    await dialog().getByText('some of the 3').first().waitFor();
    expect(await box('elsewhere').isChecked()).toBe(false);
    expect(await dialog().getByLabel('Comment').count()).toBe(0);
    await shot('tags-several-dark');
    await save();
    await dialog().waitFor({ state: 'detached' });
    expect(await deeds()).toEqual([]);
  });

  test('a tag that some have goes to all, to none, and back to some', async () => {
    await askAboutThree();
    const tag = box(/^db-7/);
    await tag.press('Space');
    expect([await tag.isChecked(), await isMixed(tag)]).toEqual([true, false]);
    await tag.press('Space');
    expect([await tag.isChecked(), await isMixed(tag)]).toEqual([false, false]);
    await tag.press('Space');
    expect(await isMixed(tag)).toBe(true);
    await tag.press('Space');
    await box(/^Pinned/).press('Space');
    await box('elsewhere').press('Space');
    await box('incident').press('Space');
    await save();
    await dialog().waitFor({ state: 'detached' });
    expect(await deeds()).toEqual([
      'annotate r1 r2 r3 {"addTags":["db-7","elsewhere"],"removeTags":["incident"]}',
      'annotate r1 r2 r3 {"isPinned":true}',
    ]);
  });

  test('of those whose key is not here only the pin is changed, and that is said', async () => {
    await page.evaluate(() => {
      stage.setTheme('light');
      stage.ask(2, [{ tags: ['a'] }, { encryptedTo: ['age1theirs'], isLocked: true }]);
    });
    await dialog().getByText('The keys of 1 encrypted recording are not here').waitFor();
    await dialog().getByLabel('Add a tag').fill('new');
    await dialog().getByText('Enter adds new.').waitFor();
    await box(/^Pinned/).check();
    await shot('tags-locked-light');
    await save();
    await dialog().waitFor({ state: 'detached' });
    expect(await deeds()).toEqual(['annotate r1 {"addTags":["new"]}', 'annotate r1 r2 {"isPinned":true}']);
  });

  test('while it goes on it tells how far it is, and is not begun twice', async () => {
    await askAboutThree();
    await page.evaluate(() => stage.hold());
    await dialog().getByLabel('Add a tag').fill('new');
    await save();
    await dialog().getByText('1 of 3').waitFor();
    expect(await dialog().getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await page.evaluate(() => stage.release());
    await dialog().waitFor({ state: 'detached' });
    expect(await deeds()).toHaveLength(1);
  });

  test('a long list scrolls, long names break, and no tag is past the edge at 480 px', async () => {
    await page.setViewportSize({ width: 480, height: 640 });
    await page.evaluate(() => {
      const tags = Array.from({ length: 30 }, (_, index) => `tag-${index}-${'long'.repeat(index % 14)}`);
      stage.ask(1, [{ tags, pod: `a-pod-with-a-name-${'that-is-long-'.repeat(8)}` }]);
    });
    await box(/^tag-29/).scrollIntoViewIfNeeded();
    await shot('tags-long-480');
    const wide = await dialog().evaluate((element) => element.scrollWidth > element.clientWidth);
    expect(wide).toBe(false);
  });
});
