/**
 * Whether a whole name is what the glob says: `*` any text, also none, `?` one character, capitals tell apart. Steps
 * back to the last `*` alone, so that no glob takes longer than its length times the name's.
 */
export function matchesGlob(glob: string, name: string): boolean {
  const pattern = [...glob];
  const text = [...name];
  let at = 0;
  let star = -1;
  let afterStar = 0;
  for (let index = 0; index < text.length; ) {
    if (pattern[at] === '*') {
      star = at;
      afterStar = index;
      at += 1;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[index])) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      at = star + 1;
      afterStar += 1;
      index = afterStar;
    } else return false;
  }
  return pattern.slice(at).every((character) => character === '*');
}
