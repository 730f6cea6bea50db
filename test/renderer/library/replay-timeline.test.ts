import { describe, expect, test } from 'vitest';
import type { RecordingTimeline } from '../../../preload/contract.ts';
import { activityHeights, followTimeline, shownMicros } from '../../../renderer/library/replay-timeline.ts';
import { timelineOf } from '../../fakes/recording-timeline.ts';

test('a replay is shorter by what is cut of each pause, and by nothing where none is', () => {
  const silences = [
    { fromMicros: 0, toMicros: 1e6 },
    { fromMicros: 10e6, toMicros: 7_210e6 },
  ];
  expect(shownMicros(7_300e6, silences, 0)).toBe(7_300e6);
  expect(shownMicros(7_300e6, silences, 2)).toBe(7_300e6 - 7_198e6);
  expect(shownMicros(7_300e6, [], 2)).toBe(7_300e6);
});

test('a little output is seen beside a lot', () => {
  const [none, little = 0, most] = activityHeights([0, 10, 100_000]);
  expect([none, most]).toEqual([0, 1]);
  expect(little).toBeGreaterThan(0.1);
  expect(activityHeights([0, 0])).toEqual([0, 0]);
});

describe('following a timeline', () => {
  function stage(answer: Promise<RecordingTimeline>) {
    const told: RecordingTimeline[] = [];
    const listeners = new Set<(timeline: RecordingTimeline) => void>();
    const controller = new AbortController();
    const client = {
      call: () => answer,
      on(_name: string, listener: (timeline: RecordingTimeline) => void) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    followTimeline(client as never, 'one', (timeline) => told.push(timeline), controller);
    const emit = (timeline: RecordingTimeline): void => {
      for (const listener of listeners) listener(timeline);
    };
    return { told, listeners, emit, controller };
  }

  test('tells what is known and what becomes known, of this recording alone, until it is over', async () => {
    const first = timelineOf('one', []);
    const answer = Promise.resolve(first);
    const { told, listeners, emit, controller } = stage(answer);
    await answer;
    const next = timelineOf('one', [], { lastMicros: 5 });
    emit(timelineOf('two', []));
    emit(next);
    expect(told).toEqual([first, next]);
    controller.abort();
    expect(listeners.size).toBe(0);
  });

  test('leaves it to the player to say why there is none', async () => {
    const answer = Promise.reject(new Error('locked'));
    const { told } = stage(answer);
    await expect(answer).rejects.toThrow('locked');
    expect(told).toEqual([]);
  });
});
