import { expect, test } from 'vitest';
import { movedIndex } from '../../../renderer/ui/virtual-list.tsx';

const plain = { ctrlKey: false, altKey: false, metaKey: false };
const list = { count: 30, page: 10 };
const move = (key: string, from: number): number | undefined => movedIndex({ key, ...plain }, from, list);

test('arrows and page keys move and stop at the ends', () => {
  expect([move('ArrowDown', 0), move('ArrowDown', 29), move('ArrowUp', 0)]).toEqual([1, 29, 0]);
  expect([move('PageDown', 25), move('PageUp', 3), move('End', 0), move('Home', 9)]).toEqual([29, 0, 29, 0]);
});

test('with no active row, down begins at the first and up at the last', () => {
  expect([move('ArrowDown', -1), move('ArrowUp', -1)]).toEqual([0, 29]);
});

test('an empty list, other keys and held modifiers lead nowhere', () => {
  expect(movedIndex({ key: 'ArrowDown', ...plain }, -1, { count: 0, page: 10 })).toBeUndefined();
  expect(move('x', 0)).toBeUndefined();
  expect(movedIndex({ key: 'Home', ...plain, ctrlKey: true }, 5, list)).toBeUndefined();
});
