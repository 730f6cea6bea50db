import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppInBrowser, startAppInBrowser } from '../fakes/app-window.ts';
import { chromiumPath } from '../fakes/chromium.ts';

const CAST = [
  '{"version":3,"term":{"cols":80,"rows":24},"title":"Night shift"}',
  '[1.5,"o","$ echo token=abcdef\\r\\n"]',
  '[1,"x","0"]',
  '',
].join('\n');

describe.skipIf(!chromiumPath)('recordings as files, in the app', () => {
  let opened: AppInBrowser;
  beforeAll(async () => {
    opened = await startAppInBrowser({ args: [] });
  });
  afterAll(() => opened?.stop());

  test('a file that is imported is listed, and exported masked into a file of the browser’s', async () => {
    const { page } = opened.window;
    await page.getByRole('button', { name: 'Library' }).first().click();
    const chosen = [{ name: 'night.cast', mimeType: 'text/plain', buffer: Buffer.from(CAST) }];
    await page.getByLabel('Files to import').setInputFiles(chosen);
    await page.getByText('Imported night.cast').waitFor();
    await page.getByRole('option', { name: /Night shift/ }).click();
    await page.getByText('Not recorded here: taken in from a file').waitFor();

    await page.getByRole('button', { name: 'Export…' }).click();
    await page.getByText('1 place will be masked:').waitFor();
    await page.getByRole('dialog').getByLabel('Format').selectOption('text');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export', exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^\d{8}-\d{6}-\w{6}\.txt$/);
    expect(await readFile(await download.path(), 'utf8')).toBe('$ echo token=••••••\n');
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    const wrong = [{ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') }];
    await page.getByLabel('Files to import').setInputFiles(wrong);
    await page.getByText('notes.txt was not imported').waitFor();
  });
});
