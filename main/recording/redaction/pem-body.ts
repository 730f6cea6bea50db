/**
 * Private keys in PEM (RFC 7468, and its older forms with headers), line by line: from `BEGIN … PRIVATE KEY` on all
 * that can be a key's body, until its end, a line that can be none, or more than any key has.
 */
export interface PemState {
  /** `line`: the one that it begins in goes on, as in JSON with `\n` written out. */
  readonly kind: 'line' | 'lines';
  /** Characters that may still follow. */
  readonly left: number;
}

export interface PemSpan {
  readonly start: number;
  readonly end: number;
}

const BEGIN = /-----BEGIN (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
/** Cheap: what has no such text has no beginning. */
const HINT = 'PRIVATE KEY';
/** An RSA key of 16384 bits has 13 KiB. */
const MAX_BODY = 32 * 1024;
const NONE = { spans: [], state: undefined };
/** In the line of the beginning; `\` of a written-out line end. */
const SAME_LINE = /[A-Za-z0-9+/=\\ \t\r]*/y;
/** What may stand before a body's line: indentation, quotes, a file name's or diff's mark, a line number. */
const BODY_LINE =
  /^([\s>|#*"'.:-]{0,64}(?:\d{1,6}[\s:.|-]{1,8})?[\s>|#*"'.:-]{0,8})([A-Za-z0-9+/=\\]+)[\s"',;\\]{0,8}$/;
/** `Proc-Type: 4,ENCRYPTED`, `Version: GnuPG v2`; and the empty line after them. */
const HEADER_LINE = /^[\s>|#*"'.-]{0,64}(?:[A-Z][A-Za-z-]{1,24}: .{0,200})?\s{0,8}$/;

/** Where `text` is part of a key, and how it goes on after it. A beginning that ends by `seen` was reported before. */
export function scanPem(
  text: string,
  seen: number,
  state: PemState | undefined,
): { readonly spans: readonly PemSpan[]; readonly state: PemState | undefined } {
  if (!state && !text.includes(HINT)) return NONE;
  const spans: PemSpan[] = [];
  let current = state;
  // A line of a body is judged as a whole.
  let at = state?.kind === 'lines' ? text.lastIndexOf('\n', seen - 1) + 1 : state ? seen : 0;
  while (at < text.length || current === undefined) {
    if (current === undefined) {
      const begin = findBegin(text, at, seen);
      if (begin === undefined) break;
      current = { kind: 'line', left: MAX_BODY };
      at = begin;
    } else if (current.kind === 'line') {
      SAME_LINE.lastIndex = at;
      const end = at + (SAME_LINE.exec(text)?.[0].length ?? 0);
      if (/\S/.test(text.slice(at, end))) spans.push({ start: at, end });
      if (end === text.length) {
        current = shorten(current, end - at);
        break;
      }
      current = text[end] === '\n' ? { kind: 'lines', left: current.left } : undefined;
      at = text[end] === '\n' ? end + 1 : end;
    } else {
      const lineEnd = text.indexOf('\n', at);
      const end = lineEnd < 0 ? text.length : lineEnd;
      const body = readBodyLine(text.slice(at, end));
      if (!body) {
        current = undefined;
        continue;
      }
      spans.push({ start: at + body.start, end: at + body.end });
      current = shorten(current, end - at);
      at = end + 1;
    }
  }
  return { spans: spans.filter(({ start, end }) => start < end), state: current };
}

function findBegin(text: string, from: number, seen: number): number | undefined {
  BEGIN.lastIndex = from;
  for (let match = BEGIN.exec(text); match; match = BEGIN.exec(text)) {
    if (BEGIN.lastIndex > seen) return BEGIN.lastIndex;
  }
  return undefined;
}

function shorten(state: PemState, characters: number): PemState | undefined {
  const left = state.left - characters;
  return left > 0 ? { kind: state.kind, left } : undefined;
}

/** Undefined where it can be no line of a key: the key has ended, or was none. */
function readBodyLine(line: string): PemSpan | undefined {
  if (line.includes('-----')) return undefined;
  const body = BODY_LINE.exec(line);
  const start = body?.[1]?.length ?? 0;
  if (body) return { start, end: start + (body[2]?.length ?? 0) };
  return HEADER_LINE.test(line) ? { start: 0, end: 0 } : undefined;
}
