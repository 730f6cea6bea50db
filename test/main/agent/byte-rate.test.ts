import { expect, test } from 'vitest';
import { createByteRate } from '../../../main/agent/byte-rate.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const { signal } = new AbortController();

test('what passes is at most the rate, but for one second’s worth at once', async () => {
  const clock = createManualClock();
  const rate = createByteRate(clock, 1_000);
  let passed = 0;
  async function pass(): Promise<void> {
    for (let count = 0; count < 100; count += 1) {
      await rate.take(100, { signal });
      passed += 100;
    }
  }
  const all = pass();
  // All that need not wait.
  await new Promise(setImmediate);
  await clock.advance(2_000);
  expect(passed).toBeGreaterThanOrEqual(2_900);
  expect(passed).toBeLessThanOrEqual(3_200);
  await clock.advance(8_000);
  await all;
  expect(passed).toBe(10_000);
});

test('one that waits gives up with its signal', async () => {
  const clock = createManualClock();
  const rate = createByteRate(clock, 1_000);
  await rate.take(5_000, { signal });
  const gone = new AbortController();
  const waiting = rate.take(1, gone);
  gone.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
});

test('a pause is worth one second and no more', async () => {
  const clock = createManualClock();
  const rate = createByteRate(clock, 1_000);
  await clock.advance(3_600_000);
  await rate.take(2_500, { signal });
  let hasPassed = false;
  const next = rate.take(1, { signal }).then(() => {
    hasPassed = true;
  });
  await clock.advance(1_499);
  expect(hasPassed).toBe(false);
  await clock.advance(1);
  await next;
});
