/**
 * What a terminal shows as text, out of bytes with escape sequences in them, and the way back from each character of
 * it to its byte. One character stands for one byte (latin1), so that places are byte counts whatever the bytes are.
 */
export interface PlainText {
  /** Without escape sequences and controls; a line end where the cursor is moved to another row. */
  readonly text: string;
  /** The byte that the character at `index` came from; for the end of `text`, where the bytes end. */
  toByte(index: number): number;
  /** The bytes of the characters from `start` to `end` that are text: escape sequences between them are left out. */
  textRuns(start: number, end: number): ByteRange[];
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What stands in an OSC, DCS, APC, PM or SOS sequence: a window's title, a link's address. */
export interface ControlString extends ByteRange {
  /** False where its end has not come. */
  readonly isComplete: boolean;
}

export interface ParsedOutput {
  readonly main: PlainText;
  readonly strings: readonly ControlString[];
  /** Where an escape sequence begins whose end has not come, else the end. */
  readonly wholeBytes: number;
}

const ESC = 0x1b;
/**
 * ECMA-48: control sequences, the openers of control strings, and other escape sequences; then what a terminal acts
 * on or ignores. Tab, line feed and carriage return are text. The bounds keep a malformed one from being searched for.
 */
const SEQUENCE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /\x1b(?:\[[\x20-\x3f]{0,256}[\x40-\x7e]|[PX\]^_]|[\x20-\x2f]{1,8}[\x30-\x7e]|[0-OQ-WYZ\\`-~])?|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
const UNFINISHED = /\x1b(?:\[[\x20-\x3f]{0,256}|[\x20-\x2f]{0,8})$/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: BEL, CAN, SUB and ESC end a control string
const STRING_END = /[\x07\x18\x1a]|\x1b\\?/g;
const STRING_OPENERS = 'PX]^_';
/** Control sequences after which what follows stands in another row: nothing goes on there. */
const ROW_MOVES = 'ABEFHdf';
/** The same in the row: there is a space, or another word. */
const COLUMN_MOVES = 'CG';
/** ESC D, E and M: index, next line, reverse index. */
const ROW_ESCAPES = 'DEM';

/** `bytes` as latin1. */
export function parseOutput(bytes: string): ParsedOutput {
  if (!hasControls(bytes)) {
    return { main: joinWraps(wholeText(bytes)), strings: [], wholeBytes: bytes.length };
  }
  const runs = createRuns();
  const strings: ControlString[] = [];
  let textStart = 0;
  let wholeBytes = bytes.length;
  SEQUENCE.lastIndex = 0;
  for (let match = SEQUENCE.exec(bytes); match; match = SEQUENCE.exec(bytes)) {
    const [sequence] = match;
    const start = match.index;
    runs.addText(bytes, textStart, start);
    textStart = start + sequence.length;
    if (sequence.charCodeAt(0) !== ESC) continue;
    if (sequence.length === 2 && STRING_OPENERS.includes(sequence.charAt(1))) {
      const { string, next } = readString(bytes, textStart);
      strings.push(string);
      SEQUENCE.lastIndex = next;
      textStart = next;
      if (!string.isComplete) wholeBytes = start;
    } else if (sequence.length === 1 && isUnfinished(bytes, start)) {
      wholeBytes = start;
      textStart = bytes.length;
      break;
    } else {
      const separator = separatorOf(sequence);
      if (separator !== '') runs.addSeparator(separator, start);
    }
  }
  runs.addText(bytes, textStart, bytes.length);
  return { main: joinWraps(runs.finish(wholeBytes)), strings, wholeBytes };
}

/** Several times faster than asking the expression, and most output has none. */
function hasControls(bytes: string): boolean {
  for (let index = 0; index < bytes.length; index += 1) {
    const code = bytes.charCodeAt(index);
    if (code < 0x20 ? code !== 0x0a && code !== 0x0d && code !== 0x09 : code === 0x7f) return true;
  }
  return false;
}

function isUnfinished(bytes: string, start: number): boolean {
  UNFINISHED.lastIndex = start;
  return UNFINISHED.test(bytes);
}

function separatorOf(sequence: string): '' | '\n' | ' ' {
  const final = sequence.charAt(sequence.length - 1);
  if (sequence.charAt(1) !== '[') return sequence.length === 2 && ROW_ESCAPES.includes(final) ? '\n' : '';
  if (ROW_MOVES.includes(final)) return '\n';
  return COLUMN_MOVES.includes(final) ? ' ' : '';
}

/** From behind the opener; `next` is where text goes on. */
function readString(bytes: string, start: number): { readonly string: ControlString; readonly next: number } {
  STRING_END.lastIndex = start;
  const match = STRING_END.exec(bytes);
  if (!match) return { string: { start, end: bytes.length, isComplete: false }, next: bytes.length };
  const [terminator] = match;
  const end = match.index;
  // Half a terminator may be the start of a whole one.
  if (terminator === '\x1b' && end === bytes.length - 1) {
    return { string: { start, end, isComplete: false }, next: bytes.length };
  }
  // Any other escape sequence ends the string and stands for itself.
  return {
    string: { start, end, isComplete: true },
    next: terminator === '\x1b' ? end : end + terminator.length,
  };
}

function wholeText(text: string): PlainText {
  return {
    text,
    toByte: (index) => index,
    textRuns: (start, end) => (start < end ? [{ start, end }] : []),
  };
}

interface Run {
  /** In the text. */
  readonly at: number;
  readonly length: number;
  readonly byte: number;
  readonly isText: boolean;
}

interface Runs {
  addText(bytes: string, start: number, end: number): void;
  addSeparator(separator: string, byte: number): void;
  finish(endByte: number): PlainText;
}

function createRuns(): Runs {
  const runs: Run[] = [];
  let text = '';

  function indexOf(at: number): number {
    let low = 0;
    let high = runs.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((runs[middle]?.at ?? 0) <= at) low = middle;
      else high = middle;
    }
    return low;
  }

  return {
    addText(bytes, start, end) {
      if (start >= end) return;
      runs.push({ at: text.length, length: end - start, byte: start, isText: true });
      text += bytes.slice(start, end);
    },
    addSeparator(separator, byte) {
      runs.push({ at: text.length, length: 1, byte, isText: false });
      text += separator;
    },
    finish: (endByte) => ({
      text,
      toByte(index) {
        const run = runs[indexOf(index)];
        if (!run || index >= text.length) return endByte;
        return run.byte + (run.isText ? index - run.at : 0);
      },
      textRuns(start, end) {
        const ranges: ByteRange[] = [];
        for (let index = indexOf(start); index < runs.length; index += 1) {
          const run = runs[index];
          if (!run || run.at >= end) break;
          const from = Math.max(start, run.at) - run.at;
          const to = Math.min(end, run.at + run.length) - run.at;
          if (run.isText && from < to) ranges.push({ start: run.byte + from, end: run.byte + to });
        }
        return ranges;
      },
    }),
  };
}

/** A carriage return that ends no line. */
const LONE_RETURN = /\r(?!\n)/;
/**
 * How readline goes to the next row within a typed line: the next character, or a space, makes the terminal wrap,
 * then the row begins again.
 */
const WRAP = /([^\r\n])\r(?=\1)| \r(?=[^\n])/g;

/** Takes what only served to wrap a typed line out of it. */
function joinWraps(plain: PlainText): PlainText {
  if (!LONE_RETURN.test(plain.text)) return plain;
  const cuts = [...plain.text.matchAll(WRAP)].map(({ index }) => index);
  if (cuts.length === 0) return plain;
  const kept = [0, ...cuts.map((cut) => cut + 2)].map((start, index) => plain.text.slice(start, cuts[index]));
  const starts: number[] = [];
  let length = 0;
  for (const piece of kept) {
    starts.push(length);
    length += piece.length;
  }
  /** Each cut before it took two characters; binary search is not worth it for a line's few wraps. */
  const toPlain = (index: number): number => index + 2 * starts.findLastIndex((start) => start <= index);
  return {
    text: kept.join(''),
    toByte: (index) => plain.toByte(index >= length ? plain.text.length : toPlain(index)),
    // What stands between the first and the last is part of it, also what was cut out.
    textRuns: (start, end) => (start < end ? plain.textRuns(toPlain(start), toPlain(end - 1) + 1) : []),
  };
}
