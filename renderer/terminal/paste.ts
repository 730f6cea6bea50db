/** What is pasted into a terminal: made harmless, and looked at before it runs. */

export interface PasteText {
  /** What would be sent; no control characters but tabs and line breaks. */
  readonly text: string;
  /** Lines that the text has; a line break at its end starts no line. */
  readonly lines: number;
  /** True where a line break would run something as soon as it is pasted. */
  readonly runsAtOnce: boolean;
}

/**
 * Takes a clipboard's text for a paste. Control characters go: an escape sequence in a paste could end
 * bracketed paste and type on from there, and no text that a person copied needs one.
 */
export function preparePaste(clipboard: string): PasteText {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const text = clipboard.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  return { text, lines: body.split('\n').length, runsAtOnce: text.includes('\n') };
}

/** The same text with its lines joined by single spaces, for a command that was wrapped where it stood. */
export function joinLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
}
