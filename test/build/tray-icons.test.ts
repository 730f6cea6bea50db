// covers: main/hosts/electron/live-icons.ts
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { expect, test } from 'vitest';
import { drawTrayIcons } from '../../build/tray-icons.ts';
import { makeCastFolder } from '../fakes/cast-folder.ts';

const SVG = fileURLToPath(new URL('../../renderer/icon.svg', import.meta.url));

/** Red, green, blue, alpha at a place of the picture. */
async function pixel(base64: string | undefined, x: number, y: number): Promise<readonly number[]> {
  const image = await loadImage(Buffer.from(base64 ?? '', 'base64'));
  expect([image.width, image.height]).toEqual([32, 32]);
  const drawing = createCanvas(32, 32).getContext('2d');
  drawing.drawImage(image, 0, 0);
  return [...drawing.getImageData(x, y, 1, 1).data];
}

test('signs differ in their dot, and macOS gets one that is black on nothing', async () => {
  const icons = await drawTrayIcons(SVG);
  expect(await pixel(icons['recorded'], 21, 21)).toEqual([0x4f, 0xc6, 0x6e, 255]);
  expect(await pixel(icons['owed'], 21, 21)).toEqual([0xe5, 0xad, 0x45, 255]);
  expect(await pixel(icons['not recorded'], 21, 21)).toEqual([0xff, 0x8b, 0x86, 255]);
  expect(await pixel(icons['template'], 21, 21)).toEqual([0, 0, 0, 255]);
  expect(await pixel(icons['template'], 16, 4)).toEqual([0, 0, 0, 0]);
  expect(await pixel(icons['dot owed'], 16, 16)).toEqual([0xe5, 0xad, 0x45, 255]);
  expect(await pixel(icons['dot owed'], 0, 0)).toEqual([0, 0, 0, 0]);
});

test('an icon without a live sign is noticed', async () => {
  const path = join(await makeCastFolder(), 'icon.svg');
  await writeFile(path, '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"/>');
  await expect(drawTrayIcons(path)).rejects.toThrow('no live sign');
});
