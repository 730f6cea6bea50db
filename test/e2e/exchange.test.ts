import { readFile } from 'node:fs/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppInBrowser, startAppInBrowser } from '../fakes/app-window.ts';
import { chromiumPath, launchChromium } from '../fakes/chromium.ts';
import { terminalFont } from '../fakes/drawing.ts';
import { readGif } from '../fakes/gif-reader.ts';

const CAST = [
  '{"version":3,"term":{"cols":80,"rows":24},"title":"Night shift"}',
  '[1.5,"o","$ echo token=abcdef\\r\\n"]',
  '[1,"x","0"]',
  '',
].join('\n');

/** A cell that turns blue, and red after a pause that is cut. */
const DRAWN = [
  '{"version":2,"width":20,"height":4,"title":"Drawn"}',
  '[0,"o","\\u001b[?25l"]',
  '[1,"o","\\u001b[44m  \\u001b[0m"]',
  '[61,"o","\\r\\u001b[41m  "]',
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

  test.skipIf(!terminalFont)('an animation is previewed and exported by a thread of its own', async () => {
    const { page } = opened.window;
    const chosen = [{ name: 'drawn.cast', mimeType: 'text/plain', buffer: Buffer.from(DRAWN) }];
    await page.getByLabel('Files to import').setInputFiles(chosen);
    await page.getByText('Imported drawn.cast').waitFor();
    // What was told before may lie over the buttons below.
    await page.getByRole('option', { name: /Drawn/ }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Export…' }).click();
    const dialog = page.getByRole('dialog');
    const image = dialog.getByRole('img', { name: 'The screen as it will be exported' });
    for (const format of ['cast', 'svg', 'gif']) {
      await dialog.getByLabel('Format').selectOption(format);
      await image.waitFor();
      // The page's policy lets it be seen.
      await expect
        .poll(() => image.evaluate((one) => one instanceof HTMLImageElement && one.naturalWidth > 0))
        .toBe(true);
    }
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export', exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.gif$/);
    const browser = await launchChromium();
    const gif = await readGif(await browser.newPage(), await readFile(await download.path()));
    await browser.close();
    expect(gif.delaysMs).toEqual([1_000, 2_000, 1_500]);
    expect(gif.pictures.map((picture) => picture.at(20, 20))).toEqual(['#11151c', '#61afef', '#e06c75']);
    await dialog.waitFor({ state: 'detached' });
  });

  test('files of other programs are taken in, packed or not', async () => {
    const { page } = opened.window;
    const v1 = '{"version":1,"width":80,"height":24,"duration":1,"stdout":[[1,"x"]]}';
    // ttyrec: seconds, microseconds and length of what follows, each in 32 bits, little-endian.
    const record = Buffer.concat([
      new Uint8Array(Uint32Array.of(1_700_000_000, 0, 2).buffer),
      Buffer.from('hi'),
    ]);
    const files = {
      'first.json': Buffer.from(v1),
      'second.cast.gz': gzipSync(CAST),
      'third.cast.zst': zstdCompressSync(CAST),
      'fourth.ttyrec': record,
    };
    const chosen = Object.entries(files).map(([name, buffer]) => ({ name, mimeType: '', buffer }));
    await page.getByLabel('Files to import').setInputFiles(chosen);
    for (const name of Object.keys(files)) await page.getByText(`Imported ${name}`).waitFor();
  });
});
