import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anchoredScrollTop, rowWindow, scrollTopToShow } from '../../../renderer/ui/list-window.ts';

const view = { scrollTop: 0, height: 280, rowHeight: 28 };

test('every row that is seen exists, and never more than the list has', () => {
  fc.assert(
    fc.property(
      fc.nat(20_000),
      fc.integer({ min: 0, max: 2_000 }),
      fc.nat(600),
      (scrollTop, height, count) => {
        const { start, end } = rowWindow({ scrollTop, height, rowHeight: 28 }, count);
        const seen = Array.from({ length: count }, (_, index) => index).filter(
          (index) => (index + 1) * 28 > scrollTop && index * 28 < scrollTop + height,
        );
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(count);
        expect(seen.every((index) => index >= start && index < end)).toBe(true);
      },
    ),
  );
});

test('a row in sight needs no scrolling, one outside comes in at the nearer edge', () => {
  expect(scrollTopToShow(3, { ...view, scrollTop: 28 })).toBe(28);
  expect(scrollTopToShow(0, { ...view, scrollTop: 28 })).toBe(0);
  expect(scrollTopToShow(20, view)).toBe(21 * 28 - 280);
});

test('rows seen stay where they are when others come and go above them', () => {
  const before = ['a', 'b', 'c', 'd', 'e'];
  const seenC = { ...view, scrollTop: 2 * 28 + 5 };
  expect(anchoredScrollTop(seenC, before, ['new', ...before])).toBe(seenC.scrollTop + 28);
  expect(anchoredScrollTop(seenC, before, ['b', 'c', 'd', 'e'])).toBe(seenC.scrollTop - 28);
});

test('where the topmost row seen is the one that left, the next one holds the place', () => {
  const before = ['a', 'b', 'c', 'd', 'e'];
  expect(anchoredScrollTop({ ...view, scrollTop: 2 * 28 }, before, ['b', 'd', 'e'])).toBe(0);
});

test('at the very top new rows are let in', () => {
  expect(anchoredScrollTop(view, ['a', 'b'], ['new', 'a', 'b'])).toBe(0);
});

test('a row comes in below the head that covers the list`s top', () => {
  expect(scrollTopToShow(3, { ...view, scrollTop: 3 * 28 }, 28)).toBe(2 * 28);
  expect(scrollTopToShow(0, { ...view, scrollTop: 28 }, 28)).toBe(0);
  expect(scrollTopToShow(4, { ...view, scrollTop: 3 * 28 }, 28)).toBe(3 * 28);
});
