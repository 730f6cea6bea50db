/** What was found, as rows of one list: each recording, and under it its lines. */
import type { RecordingInfo } from '../../preload/contract.ts';
import type { FoundLine, SearchAnswer } from '../../preload/contract-search.ts';
import { formatCount } from '../ui/format.ts';
import type { ReplayMoment } from './replay-moment.ts';

export type FoundRow = { readonly key: string } & (
  | {
      readonly kind: 'recording';
      readonly recording: RecordingInfo;
      readonly first: FoundLine | undefined;
      readonly lineCount: number;
    }
  | { readonly kind: 'line'; readonly recording: RecordingInfo; readonly line: FoundLine }
  /** Lines that are not listed; find in the replay leads to them. */
  | {
      readonly kind: 'rest';
      readonly recording: RecordingInfo;
      readonly line: FoundLine;
      readonly count: number;
    }
  /** Asks for the next recordings. */
  | { readonly kind: 'more' }
);

/** Recordings that have been removed meanwhile are left out. */
export function toFoundRows(
  { recordings, hasMore }: SearchAnswer,
  known: ReadonlyMap<string, RecordingInfo>,
): FoundRow[] {
  const rows = recordings.flatMap(({ recordingId, lines, lineCount }): FoundRow[] => {
    const recording = known.get(recordingId);
    if (!recording) return [];
    const last = lines.at(-1);
    const rest = lineCount - lines.length;
    return [
      { key: recordingId, kind: 'recording', recording, first: lines[0], lineCount },
      ...lines.map(
        (line, index): FoundRow => ({ key: `${recordingId}-${index}`, kind: 'line', recording, line }),
      ),
      ...(last && rest > 0
        ? [{ key: `${recordingId}-rest`, kind: 'rest' as const, recording, line: last, count: rest }]
        : []),
    ];
  });
  return hasMore ? [...rows, { key: 'more', kind: 'more' }] : rows;
}

/** Where Enter on it leads in the replay. */
export function momentOf(row: FoundRow, text: string): ReplayMoment | undefined {
  if (row.kind === 'more') return undefined;
  const line = row.kind === 'recording' ? row.first : row.line;
  return line && { timeMicros: line.timeMicros, text };
}

/** A line in three parts, its start cut off where the hit would not be seen otherwise. */
export function splitLine({ text, place }: FoundLine): readonly [string, string, string] {
  const start = place.from > SEEN_BEFORE ? place.from - SEEN_BEFORE : 0;
  const before = text.slice(start, place.from);
  return [
    start > 0 ? `…${before}` : before.trimStart(),
    text.slice(place.from, place.to),
    text.slice(place.to),
  ];
}

/** Characters; a narrow window shows this many and the hit. */
const SEEN_BEFORE = 24;

/** `12 recordings still being read · 3 encrypted, not searched`; empty where all were. */
export function describeUnsearched(unsearched: SearchAnswer['unsearched'] | undefined): string {
  if (!unsearched) return '';
  const { encrypted, waiting, unreadable } = unsearched;
  const parts = [
    waiting > 0 && `${formatCount(waiting, 'recording')} still being read`,
    encrypted > 0 && `${encrypted} encrypted, not searched`,
    unreadable > 0 && `${unreadable} unreadable`,
  ];
  return parts.filter(Boolean).join(' · ');
}
