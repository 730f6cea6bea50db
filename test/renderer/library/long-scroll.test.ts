import fc from 'fast-check';
import { expect, test } from 'vitest';
import { offsetOfScroll, scrolledHeight, scrollOfOffset } from '../../../renderer/library/long-scroll.ts';

const VIEWPORT = 500;
const size = (rows: number) => ({ rows, viewport: VIEWPORT });

test('what is not too long is scrolled pixel by pixel', () => {
  expect(scrolledHeight(size(40_000))).toBe(40_000);
  expect(offsetOfScroll(1_234, size(40_000))).toBe(1_234);
});

test('of millions of rows both ends are reached, and all between', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20_000_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (count, share) => {
        const rows = size(count * 20);
        const most = scrolledHeight(rows) - VIEWPORT;
        expect(offsetOfScroll(0, rows)).toBe(0);
        if (most <= 0) return;
        expect(offsetOfScroll(most, rows)).toBeCloseTo(rows.rows - VIEWPORT, 3);
        const offset = share * (rows.rows - VIEWPORT);
        expect(offsetOfScroll(scrollOfOffset(offset, rows), rows)).toBeCloseTo(offset, 3);
        expect(scrolledHeight(rows)).toBeLessThan(2 ** 25);
      },
    ),
  );
});
