// covers: renderer/library/thumbnail-paint.ts
// covers: renderer/library/thumbnail-store.ts
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readCast } from '../../../main/recording/cast/cast-reader.ts';
import { drawBusiestMoment } from '../../../main/replay/busiest-moment.ts';
import type { RecordingThumbnail } from '../../../preload/contract.ts';
import { createThumbnailStore } from '../../../renderer/library/thumbnail-store.ts';
import { chromiumPath } from '../../fakes/chromium.ts';
import type { ThumbnailStage } from '../../fakes/page-thumbnails.tsx';
import { pathOfRealRecording, type REAL_PROGRAMS } from '../../fakes/real-recordings.ts';
import { type Stage, startStage } from '../../fakes/stage-page.ts';

declare const stage: ThumbnailStage;

const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 30_000, interval: 20 });
const shots = fileURLToPath(new URL('../../../artefacts/library', import.meta.url));

/** A screen whose left half is red and whose right half is the theme's ground. */
const HALF_RED: RecordingThumbnail = {
  kind: 'screen',
  timeMicros: 0,
  size: { cols: 80, rows: 24 },
  rows: Array.from({ length: 24 }, () => [
    { column: 0, cols: 40, text: ' '.repeat(40), bg: '#ff0000' as const },
  ]),
};

async function thumbnailOf(program: (typeof REAL_PROGRAMS)[number]): Promise<RecordingThumbnail> {
  const { signal } = new AbortController();
  const screen = await drawBusiestMoment(
    { read: (fromOffset) => readCast(pathOfRealRecording(program), { fromOffset, signal }) },
    undefined,
  );
  return screen ? { kind: 'screen', ...screen } : { kind: 'none', why: 'empty' };
}

describe.skipIf(!chromiumPath)('thumbnails in a browser', () => {
  let opened: Stage;
  let page: Page;

  beforeAll(async () => {
    opened = await startStage(
      'test/fakes/page-thumbnails.tsx',
      { viewport: { width: 560, height: 520 } },
      { deviceScaleFactor: 2 },
    );
    await mkdir(shots, { recursive: true });
  });
  afterAll(() => opened?.close());
  beforeEach(async () => {
    page = await opened.load();
  });
  afterEach(() => expect(opened.errors()).toEqual([]));

  const asked = () => page.evaluate(() => stage.asked());
  const show = (...ids: readonly string[]) => page.evaluate((shown) => stage.show(shown), ids);
  const answer = (id: string, thumbnail: RecordingThumbnail) =>
    page.evaluate(([to, what]) => stage.answer(to, what), [id, thumbnail] as const);
  /** Red, green and blue at a share of its width and height. */
  const pixel = (across: number, down: number) =>
    page.evaluate(
      ([x, y]) => {
        const canvas = document.querySelector('canvas');
        if (!canvas) return undefined;
        const data = canvas.getContext('2d')?.getImageData(canvas.width * x, canvas.height * y, 1, 1).data;
        return data && [...data.slice(0, 3)];
      },
      [across, down] as const,
    );

  test('is drawn in the device’s own pixels, in the place that was kept for it', async () => {
    await show('one');
    const place = page.locator('.thumbnail');
    const before = await place.boundingBox();
    expect(before).toMatchObject({ width: 40, height: 24 });
    expect(await place.getAttribute('aria-hidden')).toBe('true');
    await eventually(asked).toEqual(['one']);
    await answer('one', HALF_RED);
    await eventually(() => pixel(0.25, 0.5)).toEqual([255, 0, 0]);
    expect(await place.boundingBox()).toEqual(before);
    expect(await page.locator('canvas').evaluate((canvas: HTMLCanvasElement) => canvas.width)).toBe(80);
  });

  test('follows the theme', async () => {
    await show('one');
    await eventually(asked).toEqual(['one']);
    await answer('one', HALF_RED);
    await page.locator('canvas').waitFor();
    const dark = (await pixel(0.75, 0.5)) ?? [];
    expect(Math.max(...dark)).toBeLessThan(80);
    await page.evaluate(() => stage.setTheme('light'));
    await eventually(async () => Math.min(...((await pixel(0.75, 0.5)) ?? [0]))).toBeGreaterThan(200);
    expect(await pixel(0.25, 0.5)).toEqual([255, 0, 0]);
  });

  test('is not asked for any more once its row has left, and is there at once when it comes back', async () => {
    await show('one', 'two');
    await eventually(asked).toEqual(['one', 'two']);
    await answer('one', HALF_RED);
    await page.locator('canvas').waitFor();
    await show();
    await eventually(() => page.evaluate(() => stage.cancelled())).toContain('two');
    await show('one', 'two');
    await page.locator('canvas').waitFor();
    await eventually(asked).toEqual(['one', 'two', 'two']);
  });

  test('stays a quiet place where there is none', async () => {
    await show('locked');
    await eventually(asked).toEqual(['locked']);
    await answer('locked', { kind: 'none', why: 'locked' });
    await show('locked', 'next');
    await eventually(asked).toEqual(['locked', 'next']);
    expect(await page.locator('canvas').count()).toBe(0);
    expect(await page.locator('.thumbnail').first().boundingBox()).toMatchObject({ width: 40, height: 24 });
  });

  test('of real programs is told apart', async () => {
    await show('top', 'vim', 'less', 'progress', 'none', 'large');
    await eventually(async () => (await asked()).length).toBe(7);
    for (const program of ['top', 'vim', 'less', 'progress'] as const) {
      await answer(program, await thumbnailOf(program));
    }
    await answer('none', { kind: 'none', why: 'locked' });
    await answer('large', await thumbnailOf('vim'));
    await answer('log', await thumbnailOf('top'));
    await eventually(() => page.locator('canvas').count()).toBe(6);
    await page.screenshot({ path: `${shots}/thumbnails.png` });
    await page.evaluate(() => stage.setTheme('light'));
    await page.screenshot({ path: `${shots}/thumbnails-light.png` });
  });
});

describe('the kept thumbnails', () => {
  test('are bounded, the ones that were seen last stay', async () => {
    const store = createThumbnailStore({ call: async () => HALF_RED as never });
    const { signal } = new AbortController();
    for (let index = 0; index < 300; index += 1) await store.ask(`r${index}`, '1', { signal });
    expect(store.known('r0', '1')).toBe(HALF_RED);
    await store.ask('r300', '1', { signal });
    expect(store.known('r0', '1')).toBe(HALF_RED);
    expect(store.known('r1', '1')).toBeUndefined();
    expect(store.known('r300', '2')).toBeUndefined();
  });
});
