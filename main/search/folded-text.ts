/** Text as search compares it: without case. */

/** What is searched for and what is searched through. Mostly of the same length; İ, for one, becomes longer. */
export function foldText(text: string): string {
  const lower = text.toLowerCase();
  // A sigma is written otherwise at the end of a word.
  return lower.includes('ς') ? lower.replaceAll('ς', 'σ') : lower;
}

/** A place in the text itself, in UTF-16 units. */
export interface TextSpan {
  readonly from: number;
  readonly to: number;
}

/** The first place in `text` that reads `folded` when it is folded. */
export function findFolded(text: string, folded: string): TextSpan | undefined {
  const all = foldText(text);
  const from = all.indexOf(folded);
  if (from < 0) return undefined;
  if (all.length === text.length) return { from, to: from + folded.length };
  return unfold(text, from, from + folded.length);
}

/** Character by character: where folding has made the text longer, places are not the same. */
function unfold(text: string, from: number, to: number): TextSpan {
  let folded = 0;
  let place = 0;
  let start: number | undefined;
  for (const character of text) {
    if (folded >= to) break;
    const next = folded + foldText(character).length;
    if (start === undefined && next > from) start = place;
    folded = next;
    place += character.length;
  }
  return { from: start ?? 0, to: place };
}
