import { expect, test } from 'vitest';
import { formatHumanDuration } from '../../../main/demo/human-duration.ts';

const S = 1_000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

/** The cases of apimachinery's own table test, and the edges between its ranges. */
test.each([
  [-2 * S, '<invalid>'],
  [-500, '0s'],
  [0, '0s'],
  [S - 1, '0s'],
  [2 * M - 1, '119s'],
  [2 * M, '2m'],
  [9 * M + 59 * S, '9m59s'],
  [10 * M, '10m'],
  [3 * H - 1, '179m'],
  [3 * H, '3h'],
  [7 * H + 59 * M, '7h59m'],
  [8 * H, '8h'],
  [2 * D - 1, '47h'],
  [2 * D, '2d'],
  [2 * D + H, '2d1h'],
  [8 * D - H, '7d23h'],
  [8 * D, '8d'],
  [2 * 365 * D - 1, '729d'],
  [2 * 365 * D, '2y'],
  [2 * 365 * D + D, '2y1d'],
  [8 * 365 * D, '8y'],
])('%i ms is %s', (ms, text) => {
  expect(formatHumanDuration(ms)).toBe(text);
});
