import { expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import { isFinal, MAX_TRIES, retryDelayMs } from '../../../main/session/reconnect.ts';

test('the waits grow to half a minute and stay there', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 24].map((attempt) => retryDelayMs(attempt, 0.5));
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 30_000, 30_000]);
});

test('all tries together take about ten minutes', () => {
  let totalMs = 0;
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) totalMs += retryDelayMs(attempt, 0.5);
  expect(totalMs / 60_000).toBe(10);
});

test('shells that were lost together do not come back together', () => {
  expect(retryDelayMs(6, 0)).toBe(24_000);
  expect(retryDelayMs(6, 0.999)).toBeGreaterThan(35_000);
  expect(retryDelayMs(6, 0.999)).toBeLessThanOrEqual(36_000);
});

test('what another network says is no reason to give up; what the cluster says of the pod is', () => {
  for (const code of ['cluster-unreachable', 'cluster-untrusted', 'forbidden', 'unauthorized'] as const) {
    expect(isFinal(new AppError(code, 'x'))).toBe(false);
  }
  for (const code of ['pod-gone', 'pod-not-found', 'pod-completed', 'no-shell'] as const) {
    expect(isFinal(new AppError(code, 'x'))).toBe(true);
  }
});
