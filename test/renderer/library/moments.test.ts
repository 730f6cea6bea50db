import { expect, test } from 'vitest';
import { listMoments, tickMoments } from '../../../renderer/library/moments.ts';

const place = { from: 0, to: 1 };

test('all kinds stand in the order of time, the first size left out', () => {
  const moments = listMoments({
    markers: [{ timeMicros: 5, label: 'here\u0007' }],
    timeline: {
      resizes: [
        { timeMicros: 0, size: { cols: 80, rows: 24 } },
        { timeMicros: 3, size: { cols: 100, rows: 30 } },
      ],
      damages: [{ fromMicros: 4, toMicros: 9 }],
    },
    hits: [{ timeMicros: 1, text: '  a hit ', place }],
  });
  expect(moments.map(({ kind, timeMicros }) => [kind, timeMicros])).toEqual([
    ['hit', 1],
    ['resize', 3],
    ['damage', 4],
    ['marker', 5],
  ]);
  expect(moments.map(({ label }) => label).slice(0, 3)).toEqual([
    'a hit',
    'resized to 100×30',
    'cannot be read from here',
  ]);
  expect(moments.at(-1)?.label).not.toContain('\u0007');
});

test('without a timeline there are still markers and hits', () => {
  const moments = listMoments({
    markers: [{ timeMicros: 5, label: 'here' }],
    timeline: undefined,
    hits: [],
  });
  expect(moments).toEqual([{ kind: 'marker', timeMicros: 5, label: 'here' }]);
});

test('hits that lie close are one tick that counts them, markers stay as they are', () => {
  const hits = Array.from({ length: 1_000 }, (_, index) => ({ timeMicros: index * 1_000, text: 'x', place }));
  const markers = [
    { timeMicros: 500_000, label: 'one' },
    { timeMicros: 500_001, label: 'two' },
  ];
  const ticks = tickMoments(listMoments({ markers, timeline: undefined, hits }), 1_000_000);
  const ofHits = ticks.filter(({ kind }) => kind === 'hit');
  expect(ofHits.length).toBeLessThanOrEqual(201);
  expect(ofHits.length).toBeGreaterThan(150);
  expect(ofHits[1]?.label).toMatch(/^x and \d more$/);
  expect(ticks.filter(({ kind }) => kind === 'marker').map(({ label }) => label)).toEqual(['one', 'two']);
});
