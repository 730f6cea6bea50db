import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CastEvent } from '../../../main/recording/cast/cast.ts';
import type { CastItem } from '../../../main/recording/cast/cast-reader.ts';
import { createTimelineBuilder, type Timeline } from '../../../main/replay/timeline.ts';

function items(...events: (CastEvent | 'gap')[]): CastItem[] {
  return events.map((event, index) => {
    const place = { offset: 100 + 10 * index, nextOffset: 110 + 10 * index };
    return event === 'gap'
      ? { ...place, kind: 'gap', reason: 'damaged' }
      : { ...place, kind: 'event', event };
  });
}

function output(seconds: number, text = 'x'): CastEvent {
  return { kind: 'output', timeMicros: seconds * 1e6, text };
}

function timelineOf(parts: readonly CastItem[], from?: Timeline): Timeline {
  const builder = createTimelineBuilder(from);
  for (const item of parts) builder.push(item);
  return builder.timeline();
}

describe('a timeline', () => {
  test('has markers, sizes, silences and damages at their times', () => {
    const size = { cols: 100, rows: 30 };
    const timeline = timelineOf(
      items(
        output(1),
        { kind: 'marker', timeMicros: 2e6, label: 'here' },
        { kind: 'resize', timeMicros: 2.2e6, size },
        'gap',
        'gap',
        output(10),
        output(10.1),
      ),
    );
    expect(timeline.markers).toEqual([{ timeMicros: 2e6, label: 'here' }]);
    expect(timeline.resizes).toEqual([{ timeMicros: 2.2e6, size }]);
    expect(timeline.damages).toEqual([{ fromMicros: 2.2e6, toMicros: 10e6 }]);
    expect(timeline.silences.map(({ fromMicros, toMicros }) => [fromMicros / 1e6, toMicros / 1e6])).toEqual([
      [0, 1],
      [1, 2],
      [2.2, 10],
    ]);
    expect(timeline).toMatchObject({ offset: 170, lastMicros: 10.1e6 });
  });

  test('counts all output in few stretches, however long the recording', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 400_000 }), fc.nat(99))), (writes) => {
        const sorted = writes.toSorted(([a], [b]) => a - b);
        const { activity, bucketMicros } = timelineOf(
          items(...sorted.map(([seconds, length]) => output(seconds, 'y'.repeat(length)))),
        );
        expect(activity.length).toBeLessThanOrEqual(512);
        expect(activity.reduce((sum, count) => sum + count, 0)).toBe(
          writes.reduce((sum, [, length]) => sum + length, 0),
        );
        for (const [seconds, length] of writes) {
          expect(activity[Math.floor((seconds * 1e6) / bucketMicros)]).toBeGreaterThanOrEqual(length);
        }
      }),
    );
  });

  test('goes on where it was left, and takes nothing twice', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 })), fc.nat(20), fc.nat(20), (steps, cut, back) => {
        let seconds = 0;
        const all = items(
          ...steps.map((step): CastEvent | 'gap' => {
            seconds += step;
            return step === 5 ? 'gap' : output(seconds, 'z'.repeat(step));
          }),
          output(seconds + 1),
        );
        const first = timelineOf(all.slice(0, cut));
        const again = timelineOf(all.slice(Math.max(0, cut - back)), first);
        expect(again.activity).toEqual(timelineOf(all).activity);
        expect(again.silences).toEqual(timelineOf(all).silences);
      }),
    );
  });

  test('keeps the longest silences where there are many', () => {
    const events = Array.from({ length: 3_000 }, (_, index) => output(index * 2 + (index % 2)));
    const { silences } = timelineOf(items(...events, output(7_000)));
    expect(silences).toHaveLength(1_000);
    expect(silences.at(-1)).toEqual({ fromMicros: 5_999e6, toMicros: 7_000e6 });
  });
});
