import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf, keepKeyframes } from '../../../main/replay/kept-keyframes.ts';
import type { Keyframe } from '../../../main/replay/survey.ts';

const keyframes = fc.array(fc.integer({ min: 1, max: 1_000 })).map((sizes): Keyframe[] =>
  sizes.map((bytes, index) => ({
    timeMicros: index * 10,
    offset: index * 100,
    size: { cols: 80, rows: 24 },
    state: new Uint8Array(bytes),
  })),
);

test('keyframes never take more than they may, and the last one stays', () => {
  fc.assert(
    fc.property(keyframes, fc.integer({ min: 1_000, max: 20_000 }), (all, maxBytes) => {
      const kept = keepKeyframes(all, maxBytes);
      expect(bytesOf(kept)).toBeLessThanOrEqual(maxBytes);
      expect(kept.at(-1)).toBe(all.at(-1));
      expect(all.filter((keyframe) => kept.includes(keyframe))).toEqual(kept);
      if (bytesOf(all) <= maxBytes) expect(kept).toEqual(all);
    }),
  );
});

test('what is left is spread over the recording', () => {
  const all = fc.sample(fc.constant(100), 64).map((bytes, index) => ({
    timeMicros: index,
    offset: index,
    size: { cols: 80, rows: 24 },
    state: new Uint8Array(bytes),
  }));
  const times = keepKeyframes(all, 1_600).map(({ timeMicros }) => timeMicros);
  expect(times).toEqual(Array.from({ length: 16 }, (_, index) => 3 + 4 * index));
});
