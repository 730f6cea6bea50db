/**
 * Text from outside as it is, with what cannot be seen made visible: a line break, a control character or one that
 * turns the direction of writing could make it look like another.
 */
export function visibleText(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\u3164\uffa0]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
