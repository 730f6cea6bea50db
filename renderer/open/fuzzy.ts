/**
 * Finds by what people type of a name: the letters in order, not all of them, several words in any order.
 * Pure; the score says how good a match is, so that the best stands first.
 */

export interface FuzzyMatch {
  /** Higher is better; comparable between texts for one query. */
  readonly score: number;
  /** Places of the matched characters in the text, rising. */
  readonly places: readonly number[];
}

/** Points for a matched character by where it stands. A run is worth more than starts of words. */
const MATCHED = 4;
const AT_START = 10;
const AT_WORD = 8;
const IN_RUN = 9;
/** Lost for each character skipped between two matched ones, up to a limit: far is far. */
const GAP = 1;
const MOST_GAP = 6;
/** A word whose letters stand scattered over a text is not in it: nobody who looks for `web` means `worker-be`. */
const LEAST_A_CHARACTER = 6;
/** Texts are names; the search of a longer one looks at its first part, for time. */
const MOST_CHARACTERS = 200;

/** Undefined where some word of the query is not in the text. An empty query matches everything alike. */
export function matchFuzzy(query: string, text: string): FuzzyMatch | undefined {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const lower = text.slice(0, MOST_CHARACTERS).toLowerCase();
  const places = new Set<number>();
  let score = 0;
  for (const word of words) {
    const match = matchWord(word, lower, text);
    if (!match) return undefined;
    score += match.score;
    for (const place of match.places) places.add(place);
  }
  // Of two texts that match alike the shorter one has less in it that was not asked for.
  return { score: score - lower.length / MOST_CHARACTERS, places: [...places].sort((a, b) => a - b) };
}

/**
 * The best way to find the word's characters in order. Row by row over the word, `best[j]` is the highest
 * score with its latest character at `j` of the text, or -Infinity.
 */
function matchWord(word: string, lower: string, text: string): FuzzyMatch | undefined {
  if (!isWithin(word, lower)) return undefined;
  const { length } = lower;
  let best: number[] = [];
  const cameFrom: Int16Array[] = [];
  for (let i = 0; i < word.length; i += 1) {
    const next = new Array<number>(length).fill(Number.NEGATIVE_INFINITY);
    const from = new Int16Array(length).fill(-1);
    for (let j = i; j < length; j += 1) {
      if (lower[j] !== word[i]) continue;
      const here = MATCHED + placeBonus(text, j);
      if (i === 0) {
        next[j] = here;
        continue;
      }
      for (let k = i - 1; k < j; k += 1) {
        const before = best[k] ?? Number.NEGATIVE_INFINITY;
        if (before === Number.NEGATIVE_INFINITY) continue;
        const skipped = j - k - 1;
        const value = before + here + (skipped === 0 ? IN_RUN : -Math.min(MOST_GAP, skipped * GAP));
        if (value > (next[j] ?? 0)) {
          next[j] = value;
          from[j] = k;
        }
      }
    }
    best = next;
    cameFrom.push(from);
  }
  const score = Math.max(...best);
  if (score < word.length * LEAST_A_CHARACTER) return undefined;
  const places: number[] = [];
  let place = best.indexOf(score);
  for (let i = word.length - 1; i >= 0; i -= 1) {
    places.unshift(place);
    place = cameFrom[i]?.[place] ?? -1;
  }
  return { score, places };
}

/** Quick no for most texts. */
function isWithin(word: string, lower: string): boolean {
  let from = 0;
  for (const character of word) {
    from = lower.indexOf(character, from) + 1;
    if (from === 0) return false;
  }
  return true;
}

function placeBonus(text: string, place: number): number {
  if (place === 0) return AT_START;
  const before = text[place - 1] ?? '';
  if (/[\s/._:@-]/.test(before)) return AT_WORD;
  const here = text[place] ?? '';
  // `kubeReel`: a capital after a small letter begins a word.
  return /\p{Lu}/u.test(here) && /\p{Ll}/u.test(before) ? AT_WORD : 0;
}
