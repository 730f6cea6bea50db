import { GifEncoder } from '@napi-rs/canvas';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGifFile, type GifFrame } from '../../../main/exchange/gif-file.ts';
import { chromiumPath, launchChromium } from '../../fakes/chromium.ts';
import { readGif } from '../../fakes/gif-reader.ts';

const PICTURE = { x: 0, y: 0, width: 40, height: 20 };

function filled(box: GifFrame['box'], rgb: number, delayMs: number): GifFrame {
  // Little-endian: the bytes are red, green, blue, alpha.
  const word = ((0xff << 24) | ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >> 16)) >>> 0;
  const pixels = new Uint8ClampedArray(new Uint32Array(box.width * box.height).fill(word).buffer);
  return { box, pixels, delayMs };
}

function write(frames: readonly GifFrame[], picture = PICTURE): { pieces: number; file: Buffer } {
  const gif = createGifFile(GifEncoder, picture);
  const pieces = frames.map((frame) => gif.add(frame)).filter((piece) => piece !== undefined);
  return { pieces: pieces.length, file: Buffer.concat([...pieces, gif.finish()]) };
}

test('what is written does not wait for the end', () => {
  const many = Array.from({ length: 100 }, (_, index) => filled(PICTURE, index, 100));
  expect(write(many).pieces).toBe(3);
  const large = { x: 0, y: 0, width: 1_500, height: 1_000 };
  const frames = Array.from({ length: 4 }, (_, index) => filled(large, index, 100));
  expect(write(frames, large).pieces).toBe(2);
});

describe.skipIf(!chromiumPath)('in a browser', () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    browser = await launchChromium();
    page = await browser.newPage();
  });
  afterAll(() => browser.close());

  test.each([1, 31, 32, 33, 64, 65])(
    '%i pictures are one file, whatever pieces it was written in',
    async (count) => {
      const frames = Array.from({ length: count }, (_, index) =>
        index === 0
          ? filled(PICTURE, 0x11151c, 100)
          : filled(
              { x: index % 30, y: index % 15, width: 3, height: 2 },
              0x010203 * (index % 80),
              10 * index,
            ),
      );
      const read = await readGif(page, write(frames).file);
      expect(read).toMatchObject({ width: 40, height: 20, repetitions: Number.POSITIVE_INFINITY });
      expect(read.delaysMs).toEqual(frames.map(({ delayMs }) => delayMs));
      const { box, pixels } = frames.at(-1) ?? filled(PICTURE, 0, 0);
      const last = read.pictures.at(-1);
      const rgb = `#${Buffer.from(pixels.subarray(0, 3)).toString('hex')}`;
      expect(last?.at(box.x, box.y)).toBe(rgb);
      expect(last?.at(box.x + box.width - 1, box.y + box.height - 1)).toBe(rgb);
      // What was there before stays around it.
      expect(last?.at(39, 19)).toBe(count === 1 ? rgb : '#11151c');
    },
  );

  test('256 colours are read as they were written', async () => {
    const box = { x: 0, y: 0, width: 32, height: 8 };
    const colours = Array.from({ length: 256 }, (_, index) => (index * 65_793 * 7 + index * 311) & 0xffffff);
    const pixels = new Uint8ClampedArray(
      colours.flatMap((rgb) => [rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff, 0xff]),
    );
    const read = await readGif(page, write([{ box, pixels, delayMs: 100 }], box).file);
    expect(Buffer.from(read.pictures[0]?.pixels ?? [])).toEqual(Buffer.from(pixels));
  });
});
