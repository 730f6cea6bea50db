import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limitColours } from '../../../main/exchange/picture-colours.ts';

function toPixels(colours: readonly number[]): Uint8ClampedArray {
  return new Uint8ClampedArray(colours.flatMap((rgb) => [rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff, 0xff]));
}

function toColours(pixels: Uint8ClampedArray): number[] {
  return Array.from({ length: pixels.length / 4 }, (_, index) => {
    const [red = 0, green = 0, blue = 0] = pixels.subarray(index * 4);
    return (red << 16) | (green << 8) | blue;
  });
}

const channels = (rgb: number): number[] => [rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff];

test('256 colours stay as they are', () => {
  const colours = Array.from({ length: 1_000 }, (_, index) => (index % 256) * 65_521);
  const pixels = toPixels(colours);
  limitColours(pixels);
  expect(toColours(pixels)).toEqual(colours);
});

test('of more, at most 256 are left, the frequent ones as they were and none far off', () => {
  const anyColours = fc.uniqueArray(fc.integer({ min: 0, max: 0xffffff }), {
    minLength: 257,
    maxLength: 900,
  });
  fc.assert(
    fc.property(anyColours, (unique) => {
      const [ground = 0, text = 0] = unique;
      const colours = [...unique, ...Array<number>(50).fill(ground), ...Array<number>(20).fill(text)];
      const pixels = toPixels(colours);
      limitColours(pixels);
      const limited = toColours(pixels);
      expect(new Set(limited).size).toBeLessThanOrEqual(256);
      expect([limited[0], limited[1]]).toEqual([ground, text]);
      for (const [index, rgb] of limited.entries()) {
        const was = channels(colours[index] ?? 0);
        const distance = Math.hypot(...channels(rgb).map((value, channel) => value - (was[channel] ?? 0)));
        expect(distance).toBeLessThanOrEqual(Math.hypot(43, 43, 43));
      }
      expect(pixels.every((value, index) => index % 4 !== 3 || value === 0xff)).toBe(true);
    }),
    { numRuns: 20 },
  );
});
