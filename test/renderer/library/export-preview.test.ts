// covers: renderer/library/gif-fields.tsx
// covers: renderer/library/export-review.tsx
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ExportFormat, exportRecording } from '../../../main/exchange/export.ts';
import type { ExportRequest } from '../../../preload/contract.ts';
import type { PreviewedExport } from '../../../renderer/library/file-transfer.ts';
import { makeCastFolder } from '../../fakes/cast-folder.ts';
import { collect } from '../../fakes/cast-parts.ts';
import { chromiumPath } from '../../fakes/chromium.ts';
import { loadDrawing, terminalFont } from '../../fakes/drawing.ts';
import type { LibraryStage } from '../../fakes/page-library.tsx';
import { pathOfRealRecording } from '../../fakes/real-recordings.ts';
import { type Stage, startStage } from '../../fakes/stage-page.ts';

declare const stage: LibraryStage;

const shots = fileURLToPath(new URL('../../../artefacts/export', import.meta.url));

/** What a real export makes of a real program's screen. */
async function makeImage(format: ExportFormat, type: string, text?: string): Promise<PreviewedExport> {
  const path = text === undefined ? pathOfRealRecording('top') : join(await makeCastFolder(), 'a.cast');
  if (text !== undefined) await writeFile(path, text);
  const range = { fromMicros: 0, toMicros: Number.POSITIVE_INFINITY };
  const needs = {
    patterns: [],
    playerFiles: () => Promise.reject(new Error('nothing here is played')),
    loadDrawing,
  };
  const { signal } = new AbortController();
  const { chunks } = exportRecording(needs, path, { format, range, isMasked: true, title: 'x' }, { signal });
  const file = Buffer.concat(await collect(chunks));
  return { kind: 'image', address: `data:${type};base64,${file.toString('base64')}` };
}

describe.skipIf(!chromiumPath)('the preview of an export in a browser', () => {
  let opened: Stage;
  let page: Page;

  beforeAll(async () => {
    opened = await startStage('test/fakes/page-library.tsx', { viewport: { width: 1100, height: 640 } });
    await mkdir(shots, { recursive: true });
  });
  afterAll(() => opened?.close());
  beforeEach(async () => {
    page = await opened.load();
    await page.evaluate(() => stage.list([{ exitCode: 0, durationMicros: 3_750e6 }]));
  });
  afterEach(() => expect(opened.errors()).toEqual([]));

  const shot = (name: string): Promise<Buffer> => page.screenshot({ path: `${shots}/preview-${name}.png` });
  const dialog = () => page.getByRole('dialog');
  const open = (): Promise<void> => page.getByRole('button', { name: 'Export…' }).click();
  const choose = (format: string) => dialog().getByLabel('Format').selectOption(format);
  const lastRequest = (): Promise<ExportRequest | undefined> => page.evaluate(() => stage.previewed().at(-1));
  const image = () => dialog().getByRole('img', { name: 'The screen as it will be exported' });

  async function isShown(): Promise<boolean> {
    return image().evaluate((element) => element instanceof HTMLImageElement && element.naturalWidth > 0);
  }

  test('what is played is shown as an image of its end, or of any moment of its range', async () => {
    const svg = await makeImage('svg', 'image/svg+xml');
    await page.evaluate((answer) => stage.previews({ svg: answer }), svg);
    await open();
    await image().waitFor();
    await expect.poll(isShown).toBe(true);
    expect(await lastRequest()).toEqual({ recordingId: 'r1', format: 'svg', isMasked: true, fromMicros: 0 });
    await shot('cast');
    await dialog().getByRole('textbox', { name: 'From' }).fill('100');
    await dialog().getByRole('textbox', { name: 'To' }).fill('300');
    const moment = dialog().getByRole('slider', { name: 'Moment' });
    await moment.fill('50');
    await expect.poll(lastRequest).toMatchObject({ format: 'svg', fromMicros: 100e6, toMicros: 150e6 });
    await dialog().getByText('00:02:30').waitFor();
    expect(await moment.getAttribute('aria-valuetext')).toBe('00:02:30');
    await dialog().getByRole('switch', { name: 'Mask secrets' }).click();
    await expect.poll(lastRequest).toMatchObject({ isMasked: false });
    await image().waitFor();
    await page.evaluate(() => stage.setTheme('light'));
    await shot('cast-light');
    await page.setViewportSize({ width: 480, height: 640 });
    await shot('cast-480');
  });

  test('text is shown as it begins', async () => {
    const text = `${'$ kubectl logs web-7f9c\nGET /cart/3 200 12 ms\n'.repeat(30)}${'long '.repeat(60)}`;
    await page.evaluate(
      (shown) => stage.previews({ text: { kind: 'text', text: shown, isCut: true } }),
      text,
    );
    await open();
    await choose('text');
    await dialog().getByText('How the text begins.').waitFor();
    await expect.poll(() => dialog().locator('pre').textContent()).toBe(`${text}\n…`);
    await shot('text');
    await page.evaluate(() => stage.previews({}));
    await dialog().getByRole('textbox', { name: 'From' }).fill('5');
    await dialog().getByText('Nothing was on the screen.').waitFor();
    await shot('text-empty');
  });

  test.skipIf(!terminalFont)('an animation begins as it will, with what was chosen for it', async () => {
    const gif = await makeImage('gif', 'image/gif');
    await page.evaluate((answer) => stage.previews({ gif: answer }), gif);
    await open();
    await choose('gif');
    await dialog().getByLabel('Speed').selectOption('Twice as fast');
    await dialog().getByLabel('Pauses').selectOption('At most 5 seconds');
    await dialog().getByLabel('Text size').selectOption('Large, 20 pixels');
    const chosen = { speed: 2, idleLimitSeconds: 5, fontSize: 20 };
    await expect.poll(lastRequest).toEqual({
      recordingId: 'r1',
      format: 'gif',
      isMasked: true,
      fromMicros: 0,
      gif: { ...chosen, mostFrames: 40 },
    });
    await image().waitFor();
    await expect.poll(isShown).toBe(true);
    await shot('gif');
    await page.evaluate(() => stage.setTheme('light'));
    await page.setViewportSize({ width: 480, height: 640 });
    await shot('gif-480');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await dialog().getByText('12.3 MB').waitFor();
    const deeds = await page.evaluate(() => stage.deeds());
    const exported = deeds.findLast((deed) => deed.startsWith('export ')) ?? '';
    expect(JSON.parse(exported.slice('export '.length))).toMatchObject({ format: 'gif', gif: chosen });
  });

  test('where nothing is to move, an animation is shown moment by moment', async () => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.evaluate((answer) => stage.previews({ svg: answer }), await makeImage('svg', 'image/svg+xml'));
    await open();
    await choose('gif');
    await dialog().getByText('What the animation shows then.').waitFor();
    await dialog().getByRole('slider', { name: 'Moment' }).fill('100');
    await expect.poll(lastRequest).toEqual({
      recordingId: 'r1',
      format: 'svg',
      isMasked: true,
      fromMicros: 0,
      toMicros: 1_875e6,
    });
    await image().waitFor();
  });

  test('one that is being drawn, one that cannot be, and a range that is none say so', async () => {
    await page.evaluate(() => stage.previews({ gif: 'never' }));
    await open();
    await choose('gif');
    await dialog().getByText('Drawing a preview…').waitFor();
    await shot('gif-drawing');
    await page.evaluate(() =>
      stage.previews({
        gif: {
          fails: 'no monospace font is installed to draw a terminal with',
          hint: 'Install one, such as DejaVu Sans Mono: the package is fonts-dejavu-core on Debian and Ubuntu.',
        },
      }),
    );
    await dialog().getByLabel('Speed').selectOption('Half as fast');
    await dialog().getByText('No monospace font is installed to draw a terminal with.').waitFor();
    await shot('gif-failed');
    const asked = await page.evaluate(() => stage.previewed().length);
    await dialog().getByRole('textbox', { name: 'From' }).fill('x');
    await dialog().getByText('The preview comes with a range.').waitFor();
    expect(await page.evaluate(() => stage.previewed().length)).toBe(asked);
    await shot('no-range');
  });
});
