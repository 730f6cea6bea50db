/** A recording's markers: where a connection was lost and came back, and what others have noted in it. */
import { readRecords } from '../terminal/record-reader.ts';

export interface Marker {
  /** Since the recording's start. */
  readonly timeMicros: number;
  readonly label: string;
}

/**
 * A recording up to this size is read through for its markers when it is opened. A larger one shows those
 * that the replay has come past.
 */
export const SCANNED_BYTES: number = 16 * 1024 * 1024;

/** A replay goes on while one presses: for so long after a marker, back still means the one before it. */
const BEHIND_MICROS = 1e6;
/** More than this, and the timeline would be a comb. */
const MOST_MARKERS = 1_000;

/** Reads all of a recording for its markers alone. */
export async function readMarkers(chunks: AsyncIterable<Uint8Array>): Promise<readonly Marker[]> {
  const markers: Marker[] = [];
  for await (const record of readRecords(chunks)) {
    if (record.kind === 'marker') markers.push({ timeMicros: record.timeMicros, label: record.label });
    if (markers.length === MOST_MARKERS) break;
  }
  return markers;
}

/** In order of time, each once: the same marker is come past at every replay. */
export function mergeMarkers(known: readonly Marker[], more: readonly Marker[]): readonly Marker[] {
  const isKnown = (marker: Marker): boolean =>
    known.some((one) => one.timeMicros === marker.timeMicros && one.label === marker.label);
  const fresh = more.filter((marker) => !isKnown(marker));
  if (fresh.length === 0) return known;
  return [...known, ...fresh].sort((a, b) => a.timeMicros - b.timeMicros).slice(0, MOST_MARKERS);
}

export function nextMarker(markers: readonly Marker[], positionMicros: number): Marker | undefined {
  return markers.find((marker) => marker.timeMicros > positionMicros);
}

export function previousMarker(markers: readonly Marker[], positionMicros: number): Marker | undefined {
  return markers.findLast((marker) => marker.timeMicros < positionMicros - BEHIND_MICROS);
}

/** The one that has just been come past, to be named while it is news. */
export function markerHere(markers: readonly Marker[], positionMicros: number): Marker | undefined {
  return markers.findLast(
    ({ timeMicros }) => timeMicros <= positionMicros && positionMicros - timeMicros < NEWS_MICROS,
  );
}

const NEWS_MICROS = 3e6;
