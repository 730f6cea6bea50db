/** What can be gone to in a recording, of all kinds, in one order. */
import type { RecordingHit, RecordingTimeline } from '../../preload/contract.ts';
import { visibleText } from '../../preload/visible-text.ts';
import type { Marker } from './markers.ts';

export type MomentKind = 'marker' | 'resize' | 'damage' | 'hit';

export interface Moment {
  readonly kind: MomentKind;
  readonly timeMicros: number;
  readonly label: string;
}

export interface MomentSources {
  readonly markers: readonly Marker[];
  readonly timeline: Pick<RecordingTimeline, 'resizes' | 'damages'> | undefined;
  readonly hits: readonly RecordingHit[];
}

/** Changes of size come in hundreds while a window is dragged; hits, where a word is common. */
const MOST_TICKS = 200;

/** All of them but the size to begin with, in the order of time. */
export function listMoments({ markers, timeline, hits }: MomentSources): readonly Moment[] {
  const moments: readonly Moment[] = [
    ...markers.map(({ timeMicros, label }) => ({
      kind: 'marker' as const,
      timeMicros,
      label: visibleText(label),
    })),
    ...(timeline?.resizes ?? [])
      .filter(({ timeMicros }) => timeMicros > 0)
      .map(({ timeMicros, size }) => ({
        kind: 'resize' as const,
        timeMicros,
        label: `resized to ${size.cols}×${size.rows}`,
      })),
    ...(timeline?.damages ?? []).map(({ fromMicros }) => ({
      kind: 'damage' as const,
      timeMicros: fromMicros,
      label: 'cannot be read from here',
    })),
    ...hits.map(({ timeMicros, text }) => ({
      kind: 'hit' as const,
      timeMicros,
      label: visibleText(text.trim()),
    })),
  ];
  return moments.toSorted((a, b) => a.timeMicros - b.timeMicros);
}

/** As a slider has room for: what lies close together is one tick that says how many there are. */
export function tickMoments(moments: readonly Moment[], durationMicros: number): readonly Moment[] {
  const ticks = new Map<string, Moment & { readonly count: number }>();
  for (const moment of moments) {
    const { kind, timeMicros } = moment;
    const place = Math.round((MOST_TICKS * timeMicros) / Math.max(1, durationMicros));
    // Markers were set one by one, and each has its words.
    const key = kind === 'marker' ? `${timeMicros} ${moment.label}` : `${kind} ${place}`;
    const known = ticks.get(key);
    ticks.set(key, known ? { ...known, count: known.count + 1 } : { ...moment, count: 1 });
  }
  return [...ticks.values()].map(({ count, ...moment }) =>
    count > 1 ? { ...moment, label: `${moment.label} and ${count - 1} more` } : moment,
  );
}
