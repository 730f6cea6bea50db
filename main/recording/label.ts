/** Longest label of a marker, and longest reason of a session, in characters. */
export const LONGEST_LABEL: number = 200;
export const LONGEST_REASON: number = 500;

/** What somebody typed, as one line that no terminal obeys: controls become blanks, what is too long is cut. */
export function toLabel(text: string, most: number = LONGEST_LABEL): string {
  const line = text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ');
  return [...line.trim()].slice(0, most).join('').trimEnd();
}
