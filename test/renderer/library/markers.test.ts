import { describe, expect, test } from 'vitest';
import {
  type Marker,
  markerHere,
  mergeMarkers,
  nextMarker,
  previousMarker,
} from '../../../renderer/library/markers.ts';

const marker = (seconds: number): Marker => ({ timeMicros: seconds * 1e6, label: `at ${seconds}` });

describe('a recording`s markers', () => {
  test('are each known once and stand in order, however often they are come past', () => {
    const known = mergeMarkers([], [marker(5), marker(1)]);
    expect(known).toEqual([marker(1), marker(5)]);
    expect(mergeMarkers(known, [marker(1)])).toBe(known);
    expect(mergeMarkers(known, [{ ...marker(1), label: 'another' }, marker(3)])).toHaveLength(4);
  });
});

describe('from marker to marker', () => {
  const markers = [marker(10), marker(20), marker(30)];

  test('goes on to the next, and stays at the last', () => {
    expect(nextMarker(markers, 0)).toEqual(marker(10));
    expect(nextMarker(markers, 10e6)).toEqual(marker(20));
    expect(nextMarker(markers, 30e6)).toBeUndefined();
  });

  test('goes back past the one where one stands, also a moment after it', () => {
    expect(previousMarker(markers, 20e6)).toEqual(marker(10));
    expect(previousMarker(markers, 20.5e6)).toEqual(marker(10));
    expect(previousMarker(markers, 25e6)).toEqual(marker(20));
    expect(previousMarker(markers, 10e6)).toBeUndefined();
  });

  test('one that was just come past is news for a while', () => {
    expect(markerHere(markers, 9.9e6)).toBeUndefined();
    expect(markerHere(markers, 10e6)).toEqual(marker(10));
    expect(markerHere(markers, 12.9e6)).toEqual(marker(10));
    expect(markerHere(markers, 14e6)).toBeUndefined();
  });
});
