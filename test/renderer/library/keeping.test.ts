// covers: renderer/library/storage-meter.tsx
// covers: renderer/library/remove-dialog.tsx
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

describe.skipIf(!chromiumPath)('what is said of recordings, and what they take', () => {
  let opened: Stage;
  let page: Page;

  beforeAll(async () => {
    opened = await startStage('test/fakes/page-library.tsx', {
      viewport: { width: 1000, height: 560 },
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
  const details = (): Locator => page.getByRole('region', { name: 'Recording', exact: true });

  async function list(): Promise<void> {
    await page.evaluate(() =>
      stage.list([
        {
          pod: 'web-7f9c5d8b4-x2x9z',
          tags: ['incident', 'db-7'],
          comment: 'The night of the full disk: see what was deleted first, and by whom',
          isPinned: true,
          exitCode: 0,
        },
        { pod: 'api-0', tags: ['incident'], exitCode: 1 },
        { pod: 'cache-0', encryptedTo: ['age1theirs'], isLocked: true },
        {
          pod: 'odd-0',
          annotationProblem: 'its tags and comment cannot be read: the file beside it is no JSON',
        },
      ]),
    );
    await details().getByText('web-7f9c5d8b4-x2x9z').waitFor();
  }

  test('the details show tags, comment and pin; the pin is a press away', async () => {
    await list();
    await details().getByText('db-7').waitFor();
    await details().getByText('The night of the full disk').waitFor();
    await details().getByRole('img', { name: 'Pinned' }).waitFor();
    await shot('keep-details-dark');
    await details().getByRole('button', { name: 'Unpin' }).click();
    await details().getByRole('button', { name: 'Pin', exact: true }).waitFor();
    expect(await details().getByRole('img', { name: 'Pinned' }).count()).toBe(0);
    expect(await deeds()).toContain('annotate r1 {"isPinned":false}');
  });

  test('a pin that is refused says why, and only of that recording', async () => {
    await list();
    await page.evaluate(() => stage.refuseKeeping('the disk is full'));
    await details().getByRole('button', { name: 'Unpin' }).click();
    await details().getByRole('alert').getByText('The disk is full.').waitFor();
    await page.getByRole('option', { name: /api-0/ }).click();
    expect(await details().getByRole('alert').count()).toBe(0);
  });

  test('tags are chosen and typed by keys alone, with a comment, and kept at once', async () => {
    await list();
    await page.getByRole('option', { name: /api-0/ }).click();
    await details().getByRole('button', { name: 'Tags…' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: /Tags of api-0/ });
    await dialog.getByRole('checkbox', { name: 'incident' }).waitFor();
    expect(await dialog.getByRole('checkbox', { name: 'incident' }).isChecked()).toBe(true);
    expect(await dialog.getByRole('checkbox', { name: 'db-7' }).isChecked()).toBe(false);
    // The field has the focus: what is typed narrows the list, Enter takes it as a tag.
    await page.keyboard.type('post');
    await eventually(() => dialog.getByRole('checkbox', { name: 'incident' }).count()).toBe(0);
    await page.keyboard.type('mortem, later');
    await page.keyboard.press('Enter');
    expect(await dialog.getByRole('checkbox', { name: 'postmortem' }).isChecked()).toBe(true);
    await dialog.getByRole('checkbox', { name: 'incident' }).press('Space');
    await dialog.getByLabel('Comment').fill('Look at 14:20');
    await shot('tags-dialog-dark');
    await dialog.getByLabel('Add a tag').press('Enter');
    await dialog.waitFor({ state: 'detached' });
    const [said = ''] = (await deeds()).filter((deed) => deed.startsWith('annotate'));
    expect(JSON.parse(said.slice('annotate r2 '.length))).toEqual({
      addTags: ['postmortem', 'later'],
      removeTags: ['incident'],
      comment: 'Look at 14:20',
    });
    await details().getByText('postmortem').waitFor();
  });

  test('what cannot be kept stays in the dialog, with the reason', async () => {
    await list();
    await details().getByRole('button', { name: 'Tags…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Add a tag').fill('new');
    await page.evaluate(() => stage.refuseKeeping('a recording has at most 32 tags'));
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByRole('alert').getByText('A recording has at most 32 tags.').waitFor();
    expect(await dialog.getByLabel('Add a tag').inputValue()).toBe('new');
    await shot('tags-dialog-refused');
    await page.evaluate(() => stage.refuseKeeping(undefined));
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await details().getByText('new', { exact: true }).waitFor();
  });

  test('without its key a recording has no tags to change; what cannot be read says so', async () => {
    await list();
    await page.getByRole('option', { name: /cache-0/ }).click();
    expect(await details().getByRole('button', { name: 'Tags…' }).isDisabled()).toBe(true);
    expect(await details().getByRole('button', { name: 'Pin', exact: true }).isEnabled()).toBe(true);
    await page.getByRole('option', { name: /odd-0/ }).click();
    await details().getByText('Its tags and comment cannot be read').waitFor();
    expect(await details().getByRole('button', { name: 'Pin', exact: true }).isDisabled()).toBe(true);
    await shot('keep-unreadable');
  });

  test('deleting asks once, and says what goes with it and that it is pinned', async () => {
    await list();
    await page.getByRole('option', { name: /web-7f9c/ }).click();
    await page.keyboard.press('Delete');
    const dialog = page.getByRole('dialog', { name: 'Delete this recording?' });
    await dialog.getByText('what was made for search and replay, go with it').waitFor();
    await dialog.getByText('It is pinned.').waitFor();
    await shot('remove-pinned');
    await page.keyboard.press('Enter');
    await eventually(deeds).toContain('remove r1');
  });

  test('the foot tells what recordings take, warns near the limit, and leads to the rules', async () => {
    await list();
    await page.getByText('4 recordings take 960 MB of 20.0 GB, 48.0 GB are free').waitFor();
    const meter = page.getByRole('meter', { name: 'Storage of recordings' });
    expect(await meter.getAttribute('aria-valuetext')).toContain('960 MB of 20.0 GB');
    await page.getByRole('button', { name: 'Retention', exact: true }).click();
    expect(await deeds()).toContain('rules');
  });

  test('near the quota it says what will happen, in light and narrow too', async () => {
    await page.evaluate(() => {
      stage.useStorage({ recordingBytes: 4.7e9, quotaBytes: 5e9 });
      stage.setTheme('light');
    });
    await list();
    await page.getByRole('status').getByText('The quota is nearly reached: the oldest go then.').waitFor();
    await shot('storage-near-light');
    await page.setViewportSize({ width: 480, height: 640 });
    await page.getByText('4.7 GB of 5.0 GB').waitFor();
    await shot('storage-near-480');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(480);
  });

  test('what changes while it is measured does not cost the answer', async () => {
    await page.evaluate(() => stage.holdStorage());
    await list();
    await eventually(() => page.evaluate(() => stage.measurings())).toBe(1);
    await details().getByRole('button', { name: 'Unpin' }).click();
    await details().getByRole('button', { name: 'Pin', exact: true }).waitFor();
    await page.evaluate(() => stage.releaseStorage());
    await page.getByText('4 recordings take 960 MB').waitFor();
  });

  test('where it cannot be measured it says why', async () => {
    await page.evaluate(() => stage.refuseKeeping('the folder could not be read'));
    await list();
    await page.getByText('What they take was not measured: The folder could not be read.').waitFor();
  });
});
