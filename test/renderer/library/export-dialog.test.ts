// covers: renderer/library/import-files.tsx
// covers: renderer/library/remove-dialog.tsx
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chromiumPath } from '../../fakes/chromium.ts';
import type { LibraryStage } from '../../fakes/page-library.tsx';
import { type Stage, startStage } from '../../fakes/stage-page.ts';

declare const stage: LibraryStage;

const shots = fileURLToPath(new URL('../../../artefacts/export', import.meta.url));

describe.skipIf(!chromiumPath)('files of the library in a browser', () => {
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
    await page.evaluate(() =>
      stage.list([
        { exitCode: 0, durationMicros: 3_750e6 },
        { state: 'unreadable', pod: 'old-1' },
        {
          pod: '',
          container: '',
          context: '',
          namespace: '',
          imported: { fileName: 'ttyrecord-of-the-night-shift.gz', format: 'ttyrec', title: 'Night shift' },
        },
      ]),
    );
  });
  afterEach(() => expect(opened.errors()).toEqual([]));

  const deeds = (): Promise<readonly string[]> => page.evaluate(() => stage.deeds());
  const lastDeed = async (): Promise<string> => (await deeds()).at(-1) ?? '';
  /** What was asked for last: a review of the same may have been asked for since. */
  async function exported(): Promise<unknown> {
    const deed = (await deeds()).findLast((one) => one.startsWith('export '));
    return deed && JSON.parse(deed.slice('export '.length));
  }
  const shot = (name: string): Promise<Buffer> => page.screenshot({ path: `${shots}/${name}.png` });
  const dialog = () => page.getByRole('dialog');
  const open = (): Promise<void> => page.getByRole('button', { name: 'Export…' }).click();

  const SECRETS = {
    maskedSpans: 31,
    maskedRules: [
      { rule: 'github', name: 'GitHub tokens', spans: 2 },
      { rule: 'named-value', name: 'Values of password, secret, token and key', spans: 29 },
    ],
    maskedPlaces: [
      { rule: 'github', timeMicros: 61e6 },
      { rule: 'github', timeMicros: 3_601e6 },
      ...Array.from({ length: 29 }, (_, index) => ({ rule: 'named-value', timeMicros: index * 1e6 })),
    ],
    leftOutInputs: 3,
  };

  test('what would be masked is listed before anything is exported', async () => {
    await page.evaluate((review) => stage.review(review), SECRETS);
    await open();
    await page.getByText('31 places will be masked:').waitFor();
    expect(await dialog().getByRole('listitem').first().textContent()).toBe(
      'GitHub tokens2 · 00:01:01, 01:00:01',
    );
    expect(await dialog().getByRole('listitem').nth(1).textContent()).toMatch(/29 · 00:00:00, .*, …$/);
    await page.getByText('What was typed is left out.').waitFor();
    await shot('masked');
    await page.evaluate(() => stage.setTheme('light'));
    await shot('masked-light');
    await page.setViewportSize({ width: 480, height: 560 });
    await shot('masked-480');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await expect.poll(exported).toEqual({
      recordingId: 'r1',
      format: 'cast',
      isMasked: true,
      fromMicros: 0,
    });
    await dialog().getByText('12.3 MB').waitFor();
    await shot('running');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  });

  test('format, range and masking go into what is exported', async () => {
    await open();
    await page.getByText('Nothing in it looks like a secret.').waitFor();
    await dialog().getByLabel('Format').selectOption('html');
    await dialog().getByRole('textbox', { name: 'From' }).fill('1:00');
    await dialog().getByRole('textbox', { name: 'To' }).fill('1:02:00');
    await expect.poll(lastDeed).toContain('"fromMicros":60000000,"toMicros":3720000000');
    await dialog().getByRole('switch', { name: 'Mask secrets' }).click();
    await page.getByText('Nothing is masked: whoever gets the file reads every secret').waitFor();
    await shot('unmasked');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await expect.poll(exported).toEqual({
      recordingId: 'r1',
      format: 'html',
      isMasked: false,
      fromMicros: 60e6,
      toMicros: 3_720e6,
    });
  });

  test('an image is of one moment', async () => {
    await open();
    await dialog().getByLabel('Format').selectOption('svg');
    await dialog().getByRole('textbox', { name: 'Moment' }).fill('90');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await expect.poll(exported).toEqual({
      recordingId: 'r1',
      format: 'svg',
      isMasked: true,
      fromMicros: 0,
      toMicros: 90e6,
    });
    await shot('moment');
  });

  test('that lines get the ends of a terminal is told where they do', async () => {
    await page.evaluate(() => stage.list([{ exitCode: 0, hasTty: false }]));
    await open();
    const told = dialog().getByText('Its lines will end with CR LF, as players need it');
    await told.waitFor();
    await shot('line-ends');
    await page.evaluate(() => stage.setTheme('light'));
    await page.setViewportSize({ width: 480, height: 560 });
    await shot('line-ends-480');
    for (const format of ['text', 'svg']) {
      await dialog().getByLabel('Format').selectOption(format);
      await told.waitFor({ state: 'detached' });
    }
  });

  test('a range that cannot be is told, and nothing is exported', async () => {
    await open();
    await dialog().getByRole('textbox', { name: 'From' }).fill('5:00');
    await dialog().getByRole('textbox', { name: 'To' }).fill('4:00');
    await page.getByText('It would end before it begins.').waitFor();
    expect(await page.getByRole('button', { name: 'Export', exact: true }).isDisabled()).toBe(true);
    await shot('range-wrong');
  });

  test('what fails is said in the dialog, which stays', async () => {
    await page.evaluate(() =>
      stage.refuseExport('the recording has more than 134217728 bytes, too many for a page'),
    );
    await open();
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await dialog().getByRole('alert').getByText('too many for a page').waitFor();
    await shot('failed');
  });

  test('what cannot be read is not offered for export', async () => {
    await page.getByRole('option', { name: /old-1/ }).click({ button: 'right' });
    await page.getByRole('menu').waitFor();
    expect(await page.getByRole('menuitem', { name: 'Export…' }).getAttribute('aria-disabled')).toBe('true');
    expect(await page.getByRole('button', { name: 'Export…' }).count()).toBe(0);
  });

  test('an imported recording says so in its row and its details', async () => {
    await page.getByRole('option', { name: /Night shift/ }).click();
    expect(await page.getByRole('option', { name: /Night shift/ }).textContent()).toContain('imported');
    await page.getByText('imported from ttyrecord-of-the-night-shift.gz, ttyrec').waitFor();
    await shot('imported');
  });

  test('files are chosen or dropped to be imported', async () => {
    const file = { name: 'a.cast', mimeType: 'text/plain', buffer: Buffer.from('x') };
    await page.getByLabel('Files to import').setInputFiles([file]);
    await expect.poll(lastDeed).toBe('import a.cast');
    const dropped = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['x'], 'dropped.cast'));
      return transfer;
    });
    await page.dispatchEvent('.library', 'dragover', { dataTransfer: dropped });
    await page.getByText('Drop to import as recordings').waitFor();
    await shot('dropping');
    await page.dispatchEvent('.library', 'drop', { dataTransfer: dropped });
    await expect.poll(lastDeed).toBe('import dropped.cast');
    await page.getByText('Drop to import as recordings').waitFor({ state: 'detached' });
  });

  test('an empty library can be filled from files', async () => {
    await page.evaluate(() => stage.list([]));
    await page.getByRole('button', { name: 'Import…' }).waitFor();
    await shot('empty');
  });
});
