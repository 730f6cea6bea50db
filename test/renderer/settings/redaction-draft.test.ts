import { expect, test } from 'vitest';
import {
  describeMasked,
  describeProblem,
  filledPatterns,
  problemsByRow,
} from '../../../renderer/settings/redaction-draft.ts';

const rows = ['', 'a[', ' ', 'b'].map((pattern) => ({ name: '', pattern }));

test('rows without a pattern are none, and a space is one', () => {
  expect(filledPatterns(rows).map(({ pattern }) => pattern)).toEqual(['a[', ' ', 'b']);
});

test('a problem stands at its row, whatever empty rows are above it', () => {
  const problems = [
    { index: 0, message: 'missing closing ]', position: 1 },
    { index: 2, message: 'it repeats too much' },
    { index: 9, message: 'of a row that is gone' },
  ];
  expect([...problemsByRow(rows, { problems })]).toEqual([
    [1, 'Missing closing ], at character 2.'],
    [3, 'It repeats too much.'],
  ]);
  expect(describeProblem({ message: 'x' })).toBe('X.');
});

test('how much is masked is said in words', () => {
  expect([0, 1, 2].map(describeMasked)).toEqual([
    'Nothing in it would be masked.',
    '1 stretch would be masked.',
    '2 stretches would be masked.',
  ]);
});
