import { expect, test } from 'vitest';
import { formatAge, formatTable } from '../../../main/commands/table.ts';

test('columns are as wide as their widest cell and lines end without blanks', () => {
  expect(
    formatTable(
      ['NAME', 'AGE'],
      [
        ['web-7f9', '3d'],
        ['a', ''],
      ],
    ),
  ).toBe('NAME      AGE\nweb-7f9   3d\na\n');
});

test.each([
  [0, '0s'],
  [119_000, '119s'],
  [120_000, '2m'],
  [245_000, '4m5s'],
  [3_600_000, '60m'],
  [3 * 3_600_000 + 12 * 60_000, '3h12m'],
  [9 * 3_600_000, '9h'],
  [52 * 3_600_000, '2d4h'],
  [17 * 86_400_000, '17d'],
  [-5_000, '0s'],
])('%i ms is an age of %s, as kubectl writes it', (ms, text) => {
  expect(formatAge(ms)).toBe(text);
});
