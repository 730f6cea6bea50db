import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Bounds,
  parseWindowState,
  placeWindow,
  type WindowState,
} from '../../../../main/hosts/electron/window-state.ts';

const SCREEN: Bounds = { x: 0, y: 25, width: 1920, height: 1055 };
const LEFT: Bounds = { x: -1600, y: 0, width: 1600, height: 900 };
const saved = (bounds: Bounds, mode: WindowState['mode'] = 'normal'): WindowState => ({ bounds, mode });

test('the first window of all stands in the middle of the primary display', () => {
  expect(placeWindow(undefined, [SCREEN, LEFT], [])).toEqual({
    bounds: { x: 320, y: 152, width: 1280, height: 800 },
    mode: 'normal',
  });
});

test('a window stands as it stood, also on the other display', () => {
  for (const mode of ['normal', 'maximised', 'full screen'] as const) {
    const state = saved({ x: -1500, y: 50, width: 700, height: 500 }, mode);
    expect(placeWindow(state, [SCREEN, LEFT], [])).toEqual(state);
  }
});

test('a display that is gone is replaced by the nearest one, all of the window within', () => {
  expect(placeWindow(saved({ x: -1500, y: 50, width: 700, height: 500 }), [SCREEN], [])).toEqual(
    saved({ x: 0, y: 50, width: 700, height: 500 }),
  );
  const between = saved({ x: -3_000, y: 50, width: 700, height: 500 });
  expect(placeWindow(between, [SCREEN, LEFT], []).bounds.x).toBe(-1600);
});

test('several windows stand beside each other, each to be seen', () => {
  const state = saved({ x: 100, y: 100, width: 700, height: 500 }, 'maximised');
  const open: Bounds[] = [];
  for (let count = 0; count < 40; count += 1) open.push(placeWindow(state, [SCREEN], open).bounds);
  expect(open[1]).toEqual({ x: 128, y: 128, width: 700, height: 500 });
  expect(placeWindow(state, [SCREEN], open).mode).toBe('normal');
  expect(new Set(open.slice(0, 20).map(({ x, y }) => `${x} ${y}`)).size).toBe(20);
});

const pixels = fc.integer({ min: -20_000, max: 20_000 });
const side = fc.integer({ min: 1, max: 10_000 });
const bounds = fc.record({ x: pixels, y: pixels, width: side, height: side });
const area = fc.record({
  x: pixels,
  y: pixels,
  width: fc.integer({ min: 200, max: 8_000 }),
  height: fc.integer({ min: 200, max: 8_000 }),
});

test('wherever it stood, all of a window is on one of the displays that are there', () => {
  fc.assert(
    fc.property(
      fc.option(bounds, { nil: undefined }),
      fc.tuple(area, fc.array(area, { maxLength: 4 })),
      fc.array(bounds, { maxLength: 6 }),
      (stood, [first, more], others) => {
        const areas = [first, ...more] as const;
        const placed = placeWindow(stood && saved(stood), [...areas], others).bounds;
        const isWithin = areas.some(
          ({ x, y, width, height }) =>
            placed.x >= x &&
            placed.y >= y &&
            placed.x + placed.width <= x + width &&
            placed.y + placed.height <= y + height,
        );
        expect(isWithin).toBe(true);
        expect(placed.width).toBeGreaterThanOrEqual(200);
        expect(placed.height).toBeGreaterThanOrEqual(200);
      },
    ),
  );
});

test('what fits on a display is not moved or resized', () => {
  const fitting = fc
    .record({
      width: fc.integer({ min: 480, max: SCREEN.width }),
      height: fc.integer({ min: 320, max: SCREEN.height }),
    })
    .chain(({ width, height }) =>
      fc.record({
        x: fc.integer({ min: SCREEN.x, max: SCREEN.x + SCREEN.width - width }),
        y: fc.integer({ min: SCREEN.y, max: SCREEN.y + SCREEN.height - height }),
        width: fc.constant(width),
        height: fc.constant(height),
      }),
    );
  fc.assert(
    fc.property(fitting, (stood) => {
      expect(placeWindow(saved(stood), [SCREEN], []).bounds).toEqual(stood);
    }),
  );
});

test('what was kept is read again, and nothing else is taken for it', () => {
  const state = saved({ x: -5, y: 6, width: 700, height: 500 }, 'full screen');
  expect(parseWindowState(JSON.stringify(state))).toEqual(state);
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const parsed = parseWindowState(JSON.stringify(value));
      if (parsed) expect(parsed).toEqual(value);
    }),
  );
  for (const text of [
    '',
    '{',
    'null',
    '{"bounds":{"x":0,"y":0,"width":0,"height":9},"mode":"normal"}',
    '{"bounds":{"x":1e99,"y":0,"width":9,"height":9},"mode":"normal"}',
    '{"bounds":{"x":0.5,"y":0,"width":9,"height":9},"mode":"normal"}',
    '{"bounds":{"x":0,"y":0,"width":9,"height":9},"mode":"minimised"}',
  ]) {
    expect(parseWindowState(text), text).toBeUndefined();
  }
});
