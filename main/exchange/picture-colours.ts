/** As many as the palette of a picture in a GIF holds. */
const MOST_COLOURS = 256;
/** In between, every colour has one of these close by: four steps of red, green and blue. */
const STEPS = [0, 85, 170, 255];
const EXACT_COLOURS: number = MOST_COLOURS - STEPS.length ** 3;

/**
 * Leaves at most 256 colours in opaque RGBA pixels, in place. Most pictures of terminals have no more. Of others the
 * most frequent stay as they are, so that the ground is the same in all pictures that are laid over each other; no other
 * colour is moved by more than 43 of 255.
 */
export function limitColours(pixels: Uint8ClampedArray): void {
  const words = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.byteLength / 4);
  const counts = countColours(words);
  if (counts.size <= MOST_COLOURS) return;
  const exact = [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, EXACT_COLOURS)
    .map(([word]) => word);
  const kept = [...exact, ...coarseColours()].map(toRgb);
  const replacements = new Map(exact.map((word) => [word, word]));
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? 0;
    let replacement = replacements.get(word);
    if (replacement === undefined) {
      replacement = fromRgb(nearest(kept, toRgb(word)));
      replacements.set(word, replacement);
    }
    words[index] = replacement;
  }
}

function countColours(words: Uint32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (let index = 0; index < words.length; ) {
    const word = words[index] ?? 0;
    const start = index;
    // Most pixels are as the one before.
    while (index < words.length && words[index] === word) index += 1;
    counts.set(word, (counts.get(word) ?? 0) + index - start);
  }
  return counts;
}

type Rgb = readonly [red: number, green: number, blue: number];

function coarseColours(): number[] {
  return STEPS.flatMap((red) => STEPS.flatMap((green) => STEPS.map((blue) => fromRgb([red, green, blue]))));
}

/** Little-endian RGBA, as every system that this runs on has it. */
function toRgb(word: number): Rgb {
  return [word & 0xff, (word >> 8) & 0xff, (word >> 16) & 0xff];
}

function fromRgb([red, green, blue]: Rgb): number {
  return ((0xff << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

function nearest(kept: readonly Rgb[], [red, green, blue]: Rgb): Rgb {
  let best: Rgb = [0, 0, 0];
  let least = Number.POSITIVE_INFINITY;
  for (const one of kept) {
    const distance = (one[0] - red) ** 2 + (one[1] - green) ** 2 + (one[2] - blue) ** 2;
    if (distance >= least) continue;
    least = distance;
    best = one;
  }
  return best;
}
