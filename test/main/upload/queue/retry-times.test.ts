import fc from 'fast-check';
import { expect, test } from 'vitest';
import { retryDelayMs } from '../../../../main/upload/queue/retry-times.ts';

const HALF_HOUR_MS = 30 * 60_000;
const HOUR_MS = 60 * 60_000;

const failures = fc.integer({ min: 1, max: 1_000_000 });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('the first wait is up to ten seconds, and the bound doubles up to half an hour', () => {
  const almost = 1 - Number.EPSILON;
  const bounds = [1, 2, 3, 8, 9, 100].map((count) => retryDelayMs(count, almost));
  expect(bounds).toEqual([10_000, 20_000, 40_000, 1_280_000, HALF_HOUR_MS, HALF_HOUR_MS]);
});

test('no wait is shorter than a second or longer than its bound', () => {
  fc.assert(
    fc.property(failures, random, (count, chance) => {
      const ms = retryDelayMs(count, chance);
      expect(ms).toBeGreaterThanOrEqual(1_000);
      expect(ms).toBeLessThanOrEqual(Math.min(HALF_HOUR_MS, 10_000 * 2 ** (count - 1)));
    }),
  );
});

test('what failed together is not tried together', () => {
  const waits = [0.1, 0.4, 0.9].map((chance) => retryDelayMs(6, chance));
  expect(new Set(waits).size).toBe(3);
});

test('no try comes before the recorder wants it, unless it wants more than an hour', () => {
  fc.assert(
    fc.property(
      failures,
      random,
      fc.integer({ min: -HOUR_MS, max: 10 * HOUR_MS }),
      (count, chance, wishedMs) => {
        const ms = retryDelayMs(count, chance, { wishedMs });
        expect(ms).toBeGreaterThanOrEqual(Math.min(wishedMs, HOUR_MS));
        expect(ms).toBeLessThanOrEqual(HOUR_MS);
      },
    ),
  );
  expect(retryDelayMs(1, 0, { wishedMs: 600_000 })).toBe(600_000);
});
