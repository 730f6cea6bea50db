import { execFile } from 'node:child_process';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { formatIcns, formatIco, writeIcons } from '../../../build/package/icons.ts';

const SVG = fileURLToPath(new URL('../../../renderer/icon.svg', import.meta.url));
const fileTool = promisify(execFile)('file', ['--version']).then(
  () => true,
  () => false,
);

test.runIf(await fileTool)('a foreign reader knows each icon for what it is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-icons-'));
  await writeIcons(SVG, folder);
  const kindOf = async (name: string): Promise<string> =>
    (await promisify(execFile)('file', ['--brief', join(folder, name)])).stdout.trim();
  expect(await kindOf('icon.ico')).toMatch(/^MS Windows icon resource - 7 icons, 16x16 with PNG image data/);
  expect(await kindOf('icon.icns')).toMatch(/^Mac OS X icon, \d+ bytes/);
  for (const name of await readdir(join(folder, 'png'))) {
    const [size] = name.split('x');
    expect(await kindOf(join('png', name))).toContain(`PNG image data, ${size} x ${size}, 8-bit/color RGBA`);
  }
});

test('an ICO has a directory that leads to each image; 256 pixels are written as 0', () => {
  const [small, large] = [Buffer.from('small'), Buffer.from('larger')];
  const ico = formatIco([
    { size: 16, png: small },
    { size: 256, png: large },
  ]);
  expect(ico.readUInt16LE(4)).toBe(2);
  expect([ico.readUInt8(6), ico.readUInt8(22)]).toEqual([16, 0]);
  for (const [at, png] of [
    [6, small],
    [22, large],
  ] as const) {
    const offset = ico.readUInt32LE(at + 12);
    expect(ico.subarray(offset, offset + ico.readUInt32LE(at + 8))).toEqual(png);
  }
});

test('an ICNS tells its whole length and that of each image', () => {
  const icns = formatIcns([{ type: 'ic07', png: Buffer.from('image') }]);
  expect(icns.subarray(0, 4).toString()).toBe('icns');
  expect(icns.readUInt32BE(4)).toBe(icns.length);
  expect(icns.subarray(8, 12).toString()).toBe('ic07');
  expect(icns.readUInt32BE(12)).toBe(8 + 'image'.length);
});
