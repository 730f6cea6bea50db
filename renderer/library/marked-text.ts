/** A line's parts that are what is looked for, and those between them; case does not count. */
export interface TextPart {
  readonly words: string;
  readonly isHit: boolean;
}

/** One part where nothing is looked for, or where a change of case makes the line longer (İ). */
export function splitAtText(line: string, text: string): readonly TextPart[] {
  const folded = line.toLowerCase();
  const wanted = text.toLowerCase();
  if (wanted === '' || folded.length !== line.length) return [{ words: line, isHit: false }];
  const parts: TextPart[] = [];
  let end = 0;
  for (let place = folded.indexOf(wanted); place >= 0; place = folded.indexOf(wanted, end)) {
    if (place > end) parts.push({ words: line.slice(end, place), isHit: false });
    end = place + wanted.length;
    parts.push({ words: line.slice(place, end), isHit: true });
  }
  if (end < line.length || parts.length === 0) parts.push({ words: line.slice(end), isHit: false });
  return parts;
}
