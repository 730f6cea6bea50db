/** A recording's markers: where a connection was lost and came back, and what others have noted in it. */
export interface Marker {
  /** Since the recording's start. */
  readonly timeMicros: number;
  readonly label: string;
}

/** A replay goes on while one presses: for so long after a marker, back still means the one before it. */
const BEHIND_MICROS = 1e6;
/** More than this, and the timeline would be a comb. */
const MOST_MARKERS = 1_000;

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
