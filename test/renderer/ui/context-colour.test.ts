import { expect, test } from 'vitest';
import { assignContextColours, contextColourOf } from '../../../renderer/ui/context-colour.ts';

test('a context alone has the colour that its name gives, whatever the order of the list', () => {
  expect(assignContextColours(['prod']).get('prod')).toBe(contextColourOf('prod'));
  const names = ['prod', 'staging', 'dev'];
  expect([...assignContextColours(names)].sort()).toEqual(
    [...assignContextColours(names.toReversed())].sort(),
  );
});

test('eight contexts share no colour', () => {
  for (let set = 0; set < 50; set += 1) {
    const names = Array.from({ length: 8 }, (_, index) => `cluster-${set}-${index}`);
    expect(new Set(assignContextColours(names).values())).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8]));
  }
});

test('more contexts than colours all have one', () => {
  const colours = assignContextColours(Array.from({ length: 30 }, (_, index) => `c${index}`));
  expect(colours.size).toBe(30);
  expect([...colours.values()].every((colour) => colour >= 1 && colour <= 8)).toBe(true);
});
