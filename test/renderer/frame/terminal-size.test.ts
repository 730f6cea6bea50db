import { expect, test } from 'vitest';
import { fitSize } from '../../../renderer/frame/terminal-size.ts';

test('as many whole cells as fit beside padding and scroll bar', () => {
  expect(fitSize({ width: 26 + 800, height: 8 + 400 }, { width: 8, height: 17 })).toEqual({
    cols: 100,
    rows: 23,
  });
});

test('where nothing is laid out or measured, the common size', () => {
  expect(fitSize({ width: 0, height: 0 }, { width: 8, height: 17 })).toEqual({ cols: 80, rows: 24 });
  expect(fitSize({ width: 800, height: 400 }, { width: 0, height: 0 })).toEqual({ cols: 80, rows: 24 });
});
