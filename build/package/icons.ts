import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';

/** The app's icons for every system, drawn from the page's own. ICO and ICNS hold the same PNGs as they are. */

/** As Linux themes have them. */
const PNG_SIZES: readonly number[] = [16, 24, 32, 48, 64, 128, 256, 512];
/** An ICO counts to 256. */
const ICO_SIZES: readonly number[] = [16, 24, 32, 48, 64, 128, 256];
/** Apple's types of the sizes that hold PNGs, in pixels. */
const ICNS_TYPES: ReadonlyMap<string, number> = new Map([
  ['icp4', 16],
  ['icp5', 32],
  ['ic07', 128],
  ['ic08', 256],
  ['ic09', 512],
  ['ic10', 1024],
]);

/** Writes `png/SIZExSIZE.png`, `icon.ico` and `icon.icns`. */
export async function writeIcons(svgPath: string, folder: string): Promise<void> {
  const svg = await readFile(svgPath, 'utf8');
  const draw = (size: number): Promise<Buffer> => drawIcon(svg, size);
  await mkdir(join(folder, 'png'), { recursive: true });
  for (const size of PNG_SIZES) {
    await writeFile(join(folder, 'png', `${size}x${size}.png`), await draw(size));
  }
  const ico = await Promise.all(ICO_SIZES.map(async (size) => ({ size, png: await draw(size) })));
  await writeFile(join(folder, 'icon.ico'), formatIco(ico));
  const icns = await Promise.all(
    [...ICNS_TYPES].map(async ([type, size]) => ({ type, png: await draw(size) })),
  );
  await writeFile(join(folder, 'icon.icns'), formatIcns(icns));
}

export async function drawIcon(svg: string, size: number): Promise<Buffer> {
  // Without a size of its own it would be drawn at the view box's and then made larger.
  const image = await loadImage(Buffer.from(svg.replace('<svg ', `<svg width="${size}" height="${size}" `)));
  const canvas = createCanvas(size, size);
  canvas.getContext('2d').drawImage(image, 0, 0, size, size);
  return canvas.toBuffer('image/png');
}

/** A directory of 16 bytes an image, then the images. */
export function formatIco(images: readonly { readonly size: number; readonly png: Buffer }[]): Buffer {
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.length, 4);
  let offset = head.length;
  images.forEach(({ size, png }, index) => {
    const at = 6 + 16 * index;
    // A byte each for width and height, 0 for 256.
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(png.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([head, ...images.map(({ png }) => png)]);
}

/** Chunks of a type and their whole length, one after the other. */
export function formatIcns(images: readonly { readonly type: string; readonly png: Buffer }[]): Buffer {
  const chunk = (type: string, body: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.write(type, 0, 'latin1');
    head.writeUInt32BE(8 + body.length, 4);
    return Buffer.concat([head, body]);
  };
  return chunk('icns', Buffer.concat(images.map(({ type, png }) => chunk(type, png))));
}
