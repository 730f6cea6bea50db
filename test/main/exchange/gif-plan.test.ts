import { expect, test } from 'vitest';
import { checkGifWish, GIF_DEFAULTS, measureLargestSize } from '../../../main/exchange/gif-plan.ts';
import type { CastEvent } from '../../../main/recording/cast/cast.ts';
import { toOutputs, toParts } from '../../fakes/cast-parts.ts';

test.each([
  { speed: 0 },
  { speed: 101 },
  { speed: Number.NaN },
  { idleLimitSeconds: 0 },
  { fontSize: 5 },
  { fontSize: 49 },
])('%o is refused in words', (wrong) => {
  expect(() => checkGifWish({ ...GIF_DEFAULTS, ...wrong })).toThrowError(
    expect.objectContaining({ code: 'bad-input' }),
  );
});

test('what is not said is fine', () => {
  expect(() => checkGifWish(GIF_DEFAULTS)).not.toThrow();
});

test.each([
  ['all of it', 0, Number.POSITIVE_INFINITY, { cols: 120, rows: 50 }],
  ['before the first change', 0, 1, { cols: 80, rows: 24 }],
  ['between the changes', 3, 3, { cols: 120, rows: 20 }],
  ['over the last one', 3, 9, { cols: 120, rows: 50 }],
  ['after all', 6, 9, { cols: 100, rows: 50 }],
])('the largest size of %s', async (_, fromSeconds, toSeconds, size) => {
  const events: CastEvent[] = [
    ...toOutputs('x'),
    { kind: 'resize', timeMicros: 2_000_000, size: { cols: 120, rows: 20 } },
    { kind: 'resize', timeMicros: 5_000_000, size: { cols: 100, rows: 50 } },
  ];
  const range = { fromMicros: fromSeconds * 1_000_000, toMicros: toSeconds * 1_000_000 };
  expect(await measureLargestSize(toParts(events), range)).toEqual(size);
});
