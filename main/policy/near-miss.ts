/** The word that was probably meant: one or two slips away, a swap of neighbours being one. Undefined where none is near. */
export function findNearMiss(written: string, words: readonly string[]): string | undefined {
  if (written.length > LONGEST_WORD) return undefined;
  const given = fold(written);
  const ranked = words
    .map((word) => ({ word, slips: countSlips(given, fold(word)) }))
    .filter(({ word, slips }) => slips <= Math.min(MAX_SLIPS, Math.floor(word.length / 3)))
    .sort((a, b) => a.slips - b.slips);
  return ranked[0]?.word;
}

const MAX_SLIPS = 2;
const LONGEST_WORD = 64;

/** `at_start`, `at-start` and `AtStart` are no slips from `atStart`. */
function fold(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, '');
}

/** Optimal string alignment distance. */
function countSlips(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      next.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (next[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + cost,
          isSwap ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [beforeLast, last] = [last, next];
  }
  return last[b.length] ?? 0;
}
