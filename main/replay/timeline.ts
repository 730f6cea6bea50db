/** What happened when in a recording, small enough to be shown at once. Grows with each item that is read. */
import type { TerminalSize } from '../base/terminal-size.ts';
import type { CastItem } from '../recording/cast/cast-reader.ts';

export interface Timeline {
  /** Up to where the cast was read, in bytes of its lines. */
  readonly offset: number;
  /** Time of the last event. */
  readonly lastMicros: number;
  /** Bytes of output in each stretch of this length, from the start. */
  readonly bucketMicros: number;
  readonly activity: readonly number[];
  readonly markers: readonly { readonly timeMicros: number; readonly label: string }[];
  readonly resizes: readonly { readonly timeMicros: number; readonly size: TerminalSize }[];
  /** The longest times in which nothing was put out, in order. */
  readonly silences: readonly Span[];
  /** Where lines of the cast are damaged: between the events on both sides. */
  readonly damages: readonly Span[];
}

export interface Span {
  readonly fromMicros: number;
  readonly toMicros: number;
}

export interface TimelineBuilder {
  push(item: CastItem): void;
  timeline(): Timeline;
}

/** As many as a wide screen has columns for. */
const MAX_BUCKETS = 512;
const FIRST_BUCKET_MICROS = 50_000;
const MAX_MARKS = 500;
const MAX_SILENCES = 1_000;
/** Shorter ones are how programs write. */
const LEAST_SILENCE_MICROS = 500_000;
const MAX_LABEL = 200;

export const EMPTY_TIMELINE: Timeline = {
  offset: 0,
  lastMicros: 0,
  bucketMicros: FIRST_BUCKET_MICROS,
  activity: [],
  markers: [],
  resizes: [],
  silences: [],
  damages: [],
};

export function createTimelineBuilder(from: Timeline = EMPTY_TIMELINE): TimelineBuilder {
  let { offset, lastMicros, bucketMicros } = from;
  let activity = [...from.activity];
  const markers = [...from.markers];
  const resizes = [...from.resizes];
  let silences = [...from.silences];
  const damages = [...from.damages];
  /** A damage began after the last event and ends with the next. */
  let damagedSince: number | undefined;

  function count(timeMicros: number, bytes: number): void {
    while (timeMicros >= bucketMicros * MAX_BUCKETS) {
      activity = Array.from(
        { length: Math.ceil(activity.length / 2) },
        (_, index) => (activity[2 * index] ?? 0) + (activity[2 * index + 1] ?? 0),
      );
      bucketMicros *= 2;
    }
    const bucket = Math.floor(timeMicros / bucketMicros);
    while (activity.length <= bucket) activity.push(0);
    activity[bucket] = (activity[bucket] ?? 0) + bytes;
  }

  function hush(fromMicros: number, toMicros: number): void {
    if (toMicros - fromMicros < LEAST_SILENCE_MICROS) return;
    silences.push({ fromMicros, toMicros });
    if (silences.length >= 2 * MAX_SILENCES) silences = longest(silences);
  }

  return {
    push(item) {
      if (item.offset < offset || item.kind === 'torn') return;
      offset = item.nextOffset;
      if (item.kind === 'gap') damagedSince ??= lastMicros;
      if (item.kind !== 'event') return;
      const { event } = item;
      // Times must not go backwards, but some programs write such casts.
      const timeMicros = Math.max(lastMicros, event.timeMicros);
      if (damagedSince !== undefined && damages.length < MAX_MARKS) {
        damages.push({ fromMicros: damagedSince, toMicros: timeMicros });
      }
      damagedSince = undefined;
      hush(lastMicros, timeMicros);
      lastMicros = timeMicros;
      if (event.kind === 'output') count(timeMicros, event.text.length);
      if (event.kind === 'marker' && markers.length < MAX_MARKS) {
        markers.push({ timeMicros, label: event.label.slice(0, MAX_LABEL) });
      }
      if (event.kind === 'resize' && resizes.length < MAX_MARKS) {
        resizes.push({ timeMicros, size: event.size });
      }
    },
    timeline: () => ({
      offset,
      lastMicros,
      bucketMicros,
      activity: [...activity],
      markers: [...markers],
      resizes: [...resizes],
      silences: longest(silences),
      damages:
        damagedSince === undefined
          ? [...damages]
          : [...damages, { fromMicros: damagedSince, toMicros: lastMicros }],
    }),
  };
}

function longest(silences: readonly Span[]): Span[] {
  if (silences.length <= MAX_SILENCES) return [...silences];
  return silences
    .toSorted((a, b) => b.toMicros - b.fromMicros - (a.toMicros - a.fromMicros))
    .slice(0, MAX_SILENCES)
    .sort((a, b) => a.fromMicros - b.fromMicros);
}
