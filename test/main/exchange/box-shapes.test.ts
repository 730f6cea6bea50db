import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, test } from 'vitest';
import { drawShape } from '../../../main/exchange/box-shapes.ts';
import { drawing } from '../../fakes/drawing.ts';

const BOX = { x: 4, y: 4, width: 20, height: 40 };
const LINE = 2;

/** How much ink, from 0 to 255, a pixel of the canvas has. */
type Ink = (x: number, y: number) => number;

function draw(code: number): Ink {
  const context = createCanvas(28, 48).getContext('2d');
  context.fillStyle = '#fff';
  context.strokeStyle = '#fff';
  context.beginPath();
  context.rect(BOX.x, BOX.y, BOX.width, BOX.height);
  context.clip();
  expect(drawShape(context, String.fromCodePoint(code), BOX, LINE)).toBe(true);
  const { data } = context.getImageData(0, 0, 28, 48);
  return (x, y) => data[(y * 28 + x) * 4 + 3] ?? 0;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

const lengths = { across: BOX.width, upright: BOX.height };

/** Ink along one edge of a box, pixel by pixel. */
function edge(ink: Ink, side: 'up' | 'right' | 'down' | 'left', { x, y, width, height } = BOX): number[] {
  if (side === 'up') return range(x, x + width - 1).map((column) => ink(column, y));
  if (side === 'down') return range(x, x + width - 1).map((column) => ink(column, y + height - 1));
  if (side === 'left') return range(y, y + height - 1).map((row) => ink(x, row));
  return range(y, y + height - 1).map((row) => ink(x + width - 1, row));
}

const SIDES = ['up', 'right', 'down', 'left'] as const;

test('what it does not know is left to a font', () => {
  const context = createCanvas(28, 48).getContext('2d');
  for (const text of ['a', ' ', '\u24ff', '\u25a0', '😀', '│\u0301']) {
    expect(drawShape(context, text, BOX, LINE)).toBe(false);
  }
  expect(context.getImageData(0, 0, 28, 48).data.every((value) => value === 0)).toBe(true);
});

test('lines of one kind leave a cell where they enter the next', () => {
  const [across, upright] = [edge(draw(0x2500), 'left'), edge(draw(0x2502), 'up')];
  expect(across.filter((value) => value === 255)).toHaveLength(LINE);
  for (const code of [0x250c, 0x251c, 0x252c, 0x253c, 0x256d])
    expect(edge(draw(code), 'right')).toEqual(across);
  for (const code of [0x2510, 0x2518, 0x2524, 0x2534]) expect(edge(draw(code), 'left')).toEqual(across);
  for (const code of [0x250c, 0x2510, 0x252c, 0x2577]) expect(edge(draw(code), 'down')).toEqual(upright);
  const double = edge(draw(0x2550), 'left');
  expect(double.filter((value) => value === 255)).toHaveLength(2 * LINE);
  for (const code of [0x2554, 0x2560, 0x2566, 0x256c, 0x255e])
    expect(edge(draw(code), 'right')).toEqual(double);
  expect(edge(draw(0x2501), 'left').filter((value) => value === 255)).toHaveLength(3 * LINE);
});

test('a corner of two lines is closed outside and open inside', () => {
  const ink = draw(0x2554);
  const [x, y] = [BOX.x + (lengths.across - LINE) / 2, BOX.y + (lengths.upright - LINE) / 2];
  // From the middle square: the outer corner is up and left of it, the inner one down and right.
  expect(ink(x - LINE, y - LINE)).toBe(255);
  expect(ink(x, y)).toBe(0);
  expect(ink(x + LINE, y + LINE)).toBe(255);
  expect(ink(x + 2 * LINE, y + 2 * LINE)).toBe(0);
});

test('full and half blocks fill to the edges, shades by quarters', () => {
  const full = draw(0x2588);
  for (const side of SIDES) expect(edge(full, side).every((value) => value === 255)).toBe(true);
  const upper = draw(0x2580);
  expect([upper(14, 4), upper(14, 23), upper(14, 24)]).toEqual([255, 255, 0]);
  const shades = [0x2591, 0x2592, 0x2593].map((code) => draw(code)(14, 24));
  expect(shades.map((value) => Math.round((value / 255) * 4))).toEqual([1, 2, 3]);
  const quarters = draw(0x259a);
  expect([quarters(8, 10), quarters(20, 10), quarters(8, 38), quarters(20, 38)]).toEqual([255, 0, 0, 255]);
});

test('each dot of a Braille pattern is where its bit says', () => {
  const ink = draw(0x2800 | 0b1000_0001);
  const dots = range(0, 7).map((index) =>
    ink(BOX.x + 5 + (index % 2) * 10, BOX.y + 5 + Math.floor(index / 2) * 10),
  );
  expect(dots.map((value) => value > 0)).toEqual([true, false, false, false, false, false, false, true]);
});

const REFERENCE = 'DejaVu Sans Mono';

describe.skipIf(!drawing.GlobalFonts.has(REFERENCE))('beside a font', () => {
  /** The same box, as a font fills it: its glyphs go a little beyond their cells. */
  function drawGlyph(code: number): { readonly ink: Ink; readonly box: typeof BOX } {
    const context = createCanvas(200, 200).getContext('2d');
    context.font = `64px "${REFERENCE}"`;
    context.fillStyle = '#fff';
    const text = String.fromCodePoint(code);
    const width = Math.floor(context.measureText(text).width);
    context.fillText(text, 60, 120);
    const { data } = context.getImageData(0, 0, 200, 200);
    const box = { x: 61, y: 74, width: width - 2, height: 56 };
    return { ink: (x, y) => data[(y * 200 + x) * 4 + 3] ?? 0, box };
  }

  /** How many lines cross an edge, and whether they are wide. */
  function crossings(values: readonly number[]): number {
    return values.filter((value, index) => value > 127 && (values[index - 1] ?? 0) <= 127).length;
  }

  const solid = [
    ...range(0x2500, 0x2503),
    ...range(0x250c, 0x254b),
    ...range(0x2550, 0x2570),
    ...range(0x2574, 0x257f),
  ];

  test.each(solid.map((code) => [String.fromCodePoint(code), code] as const))(
    '%s leaves its cell on the same sides',
    (_, code) => {
      const own = draw(code);
      const { ink, box } = drawGlyph(code);
      for (const side of SIDES) {
        expect([side, crossings(edge(own, side))]).toEqual([side, crossings(edge(ink, side, box))]);
      }
    },
  );

  test.each(
    [...range(0x250c, 0x254b), ...range(0x2574, 0x257f)].map(
      (code) => [String.fromCodePoint(code), code] as const,
    ),
  )('%s is heavy on the same sides', (_, code) => {
    const own = draw(code);
    const { ink, box } = drawGlyph(code);
    const wide = (values: readonly number[], least: number): boolean =>
      values.filter((value) => value > 127).length >= least;
    for (const side of SIDES) {
      expect([side, wide(edge(own, side), 2 * LINE)]).toEqual([side, wide(edge(ink, side, box), 8)]);
    }
  });
});
