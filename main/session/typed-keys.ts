/** What a user presses, as a terminal sends it. */
export type TypedKey =
  /** One character. */
  | { readonly kind: 'text'; readonly text: string }
  /** Moves, deletes, completes: nothing that would be echoed as such. */
  | { readonly kind: 'control'; readonly text: string }
  /** Ends a line: Enter, or what breaks it off. */
  | { readonly kind: 'end'; readonly text: string };

/** Keys out of input bytes. What no user pressed is left out: answers of the terminal, its mouse, borders of pastes. */
export interface KeyReader {
  /** A character may lie across calls; a sequence that does is taken for single keys. */
  read(bytes: Uint8Array): TypedKey[];
}

const ENDS: ReadonlySet<string> = new Set(['\r', '\n', '\x03', '\x1a', '\x1c']);
/** Arrows, Home, End, back tab, and with `~` all other keys with names (ctlseqs, "PC-Style Function Keys"). */
const KEY_FINALS = 'ABCDFHZ~';
const PASTE_BORDERS: ReadonlySet<string> = new Set(['\x1b[200~', '\x1b[201~']);

export function createKeyReader(): KeyReader {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    read: (bytes) => tokenize(decoder.decode(bytes, { stream: true })).flatMap((token) => classify(token)),
  };
}

function* tokens(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const length = text[at] === '\x1b' ? sequenceLength(text, at) : characterLength(text, at);
    yield text.slice(at, at + length);
    at += length;
  }
}

function tokenize(text: string): string[] {
  return [...tokens(text)];
}

function characterLength(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

/** Of the escape sequence there (ECMA-48, 5.4 and 8.3); one that does not end is the rest. */
function sequenceLength(text: string, start: number): number {
  const introducer = text[start + 1];
  if (introducer === undefined) return 1;
  if (introducer === '[') {
    for (let at = start + 2; at < text.length; at += 1) {
      if (text.charCodeAt(at) >= 0x40) return at + 1 - start;
    }
    return text.length - start;
  }
  if (introducer === 'O') return Math.min(3, text.length - start);
  if ('P]X^_'.includes(introducer)) return stringLength(text, start);
  return 1 + characterLength(text, start + 1);
}

function stringLength(text: string, start: number): number {
  for (let at = start + 2; at < text.length; at += 1) {
    if (text[at] === '\x07') return at + 1 - start;
    if (text[at] === '\x1b') return Math.min(at + 2, text.length) - start;
  }
  return text.length - start;
}

function classify(token: string): TypedKey[] {
  if (ENDS.has(token)) return [{ kind: 'end', text: token }];
  if (token.length > 1 && token.startsWith('\x1b')) return isPressed(token) ? [control(token)] : [];
  return [isControl(token) ? control(token) : { kind: 'text', text: token }];
}

function control(text: string): TypedKey {
  return { kind: 'control', text };
}

function isControl(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

function isPressed(sequence: string): boolean {
  if ('P]X^_'.includes(sequence[1] ?? '')) return false;
  if (sequence[1] !== '[') return true;
  return KEY_FINALS.includes(sequence.at(-1) ?? '') && !PASTE_BORDERS.has(sequence);
}
