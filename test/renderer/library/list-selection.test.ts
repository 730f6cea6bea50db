import { expect, test } from 'vitest';
import {
  allOf,
  extendedTo,
  NO_SELECTION,
  type Selection,
  toggled,
  within,
} from '../../../renderer/library/list-selection.ts';

const order = ['a', 'b', 'c', 'd', 'e'];
const idsOf = ({ ids }: Selection): readonly string[] => [...ids];

test('one is added, and taken out again', () => {
  const one = toggled(NO_SELECTION, 'b');
  expect(idsOf(toggled(one, 'd'))).toEqual(['b', 'd']);
  expect(idsOf(toggled(one, 'b'))).toEqual([]);
});

test('Shift selects from where it began, forth and back', () => {
  const down = extendedTo(NO_SELECTION, order, { from: 'b', to: 'd' });
  expect(idsOf(down)).toEqual(['b', 'c', 'd']);
  expect(idsOf(extendedTo(down, order, { from: 'd', to: 'a' }))).toEqual(['a', 'b']);
});

test('Shift goes on from the one that was selected last', () => {
  expect(idsOf(extendedTo(toggled(NO_SELECTION, 'c'), order, { from: 'a', to: 'e' }))).toEqual([
    'c',
    'd',
    'e',
  ]);
});

test('from a row that is gone only the new one is selected', () => {
  expect(idsOf(extendedTo(NO_SELECTION, order, { from: 'gone', to: 'c' }))).toEqual(['c']);
});

test('all are those that are listed', () => {
  expect(idsOf(allOf(order))).toEqual(order);
  expect(allOf([])).toBe(NO_SELECTION);
});

test('what is not listed any more is not selected', () => {
  const selection = allOf(order);
  expect(idsOf(within(selection, ['d', 'x', 'a']))).toEqual(['d', 'a']);
  expect(within(selection, order)).toBe(selection);
  expect(within(NO_SELECTION, order)).toBe(NO_SELECTION);
});
