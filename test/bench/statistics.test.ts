import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare, formatStandings, median } from './statistics.ts';

test('as many values lie below a median as above it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 50 }), (values) => {
      const middle = median(values);
      const below = values.filter((value) => value < middle).length;
      const above = values.filter((value) => value > middle).length;
      expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
    }),
  );
});

test('contenders take turns, and the first round does not count', async () => {
  const order: string[] = [];
  const contender = (name: string, first: number): { name: string; run(): Promise<number> } => {
    let value = first;
    return {
      name,
      run: async () => {
        order.push(name);
        value += 1;
        return value;
      },
    };
  };
  const standings = await compare([contender('a', 0), contender('b', 10)], 2);
  expect(order.join('')).toBe('ababab');
  expect(standings.map(({ values }) => values)).toEqual([
    [2, 3],
    [12, 13],
  ]);
});

test('a ratio is to the peer, and without one there is none', () => {
  const standings = [
    { name: 'kubectl', median: 100, values: [90, 110] },
    { name: 'kubereel', median: 25, values: [20, 30] },
  ];
  expect(formatStandings('Prompt', 'ms', 'kubectl', standings)).toContain('25 ms  (20–30)  0.25 × kubectl');
  expect(formatStandings('Prompt', 'ms', 'bare', standings)).not.toContain('×');
});
