import { expect, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';

test('monotonic time is whole microseconds and never falls', () => {
  const clock = createSystemClock();
  let last = clock.nowMicros();
  for (let count = 0; count < 10_000; count += 1) {
    const now = clock.nowMicros();
    expect(Number.isInteger(now)).toBe(true);
    expect(now).toBeGreaterThanOrEqual(last);
    last = now;
  }
});

test('an aborted sleep rejects with the reason of the abort', async () => {
  const controller = new AbortController();
  const sleeping = createSystemClock().sleep(60_000, { signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(sleeping).rejects.toThrow('enough');
});
