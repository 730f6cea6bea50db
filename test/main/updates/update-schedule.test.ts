import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextLookMs, UPDATE_SCHEDULE } from '../../../main/updates/update-schedule.ts';

const schedule = { firstMs: 1_000, everyMs: 100_000, retryMs: 10_000 };

test('the first look is soon, the next one late, and one after failures later each time', () => {
  const waits = [undefined, 0, 1, 2, 3, 4, 5].map((failures) => nextLookMs(schedule, failures, 0.5));
  expect(waits).toEqual([1_000, 100_000, 10_000, 20_000, 40_000, 80_000, 100_000]);
});

test('no wait is further from its length than a fifth, however many failures there were', () => {
  fc.assert(
    fc.property(fc.nat(2_000), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const wait = nextLookMs(UPDATE_SCHEDULE, failures, random);
      expect(wait).toBeGreaterThanOrEqual(UPDATE_SCHEDULE.retryMs * 0.8 - 1);
      expect(wait).toBeLessThanOrEqual(UPDATE_SCHEDULE.everyMs * 1.2 + 1);
    }),
  );
});
