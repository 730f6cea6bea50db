import fc from 'fast-check';

/** Bytes in parts: cut at each place, some of which may be the same. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const cuts = places.map((place) => place % (bytes.byteLength + 1)).sort((a, b) => a - b);
  const edges = [0, ...cuts, bytes.byteLength];
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
}

/** Where to cut: a few places, or everywhere. */
export function anyCuts(): fc.Arbitrary<readonly number[]> {
  const few = fc.array(fc.nat({ max: 1_000_000 }), { maxLength: 12 });
  const everywhere = fc.constant(Array.from({ length: 4_096 }, (_, index) => index));
  return fc.oneof({ weight: 4, arbitrary: few }, { weight: 1, arbitrary: everywhere });
}
