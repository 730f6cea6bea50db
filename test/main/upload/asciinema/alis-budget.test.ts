import { expect, test } from 'vitest';
import { createAlisBudget } from '../../../../main/upload/asciinema/alis-budget.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';

const LIMITS = { burstBytes: 1_000, bytesPerSecond: 100 };

test('so much at once, and what time gives back after that', async () => {
  const clock = createManualClock();
  const budget = createAlisBudget(clock, LIMITS);
  expect([budget.take(900), budget.take(101), budget.take(100), budget.take(1)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  await clock.advance(1_000);
  expect([budget.take(101), budget.take(100)]).toEqual([false, true]);
});

test('more than the burst is never there, however long one waits', async () => {
  const clock = createManualClock();
  const budget = createAlisBudget(clock, LIMITS);
  await clock.advance(3_600_000);
  expect([budget.take(1_001), budget.take(1_000)]).toEqual([false, true]);
});
