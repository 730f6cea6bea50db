/**
 * What a shell with shell integration says of itself in its output: `OSC 133 ; A` where a prompt begins, `C` where a
 * command does, `D ; code` where it has ended (iterm2.com/documentation-escape-codes.html, "FTCS").
 */
export interface PromptMarks {
  /** The same bytes in order, cut behind each sequence that is a mark. Sequences may lie across calls. */
  split(bytes: Uint8Array, nowMicros: number): readonly MarkedOutput[];
}

export interface MarkedOutput {
  /** May be empty. */
  readonly bytes: Uint8Array;
  /** `prompt`, `command`, `exit 1`: what is marked behind the bytes. */
  readonly label?: string;
}

/** Nobody types faster; a program that prints sequences for fun fills no recording with marks. */
export const MOST_MARKS_A_SECOND = 20;

const OPENING: Uint8Array = Buffer.from('\x1b]133;');
/** Longer ones have more to say than what is looked for here, as a command's whole text. */
const LONGEST_TEXT = 256;
const ESC = 0x1b;
const BEL = 0x07;
const BACKSLASH = 0x5c;
/** Both end a sequence without an effect (ECMA-48, 8.3.6 and 8.3.148). */
const CANCELS: ReadonlySet<number> = new Set([0x18, 0x1a]);
const SECOND_MICROS = 1_000_000;

export function createPromptMarks(): PromptMarks {
  /** How much of the opening has come. */
  let matched = 0;
  let text = '';
  let marks: number[] = [];

  function restart(byte: number | undefined): void {
    matched = byte === ESC ? 1 : 0;
    text = '';
  }

  /** True: the sequence has ended. */
  function takeText(byte: number): boolean {
    if (byte === BEL || (byte === BACKSLASH && text.endsWith('\x1b'))) return true;
    if (CANCELS.has(byte) || text.length === LONGEST_TEXT) restart(byte);
    else if (text.endsWith('\x1b')) {
      // Another sequence in the midst of this one.
      restart(byte);
      if (byte === OPENING[1]) matched = 2;
    } else text += String.fromCharCode(byte);
    return false;
  }

  function mayMark(nowMicros: number): boolean {
    marks = marks.filter((atMicros) => nowMicros - atMicros < SECOND_MICROS);
    if (marks.length >= MOST_MARKS_A_SECOND) return false;
    marks.push(nowMicros);
    return true;
  }

  return {
    split(bytes, nowMicros) {
      const pieces: MarkedOutput[] = [];
      let start = 0;
      for (let at = matched === 0 ? bytes.indexOf(ESC) : 0; at >= 0 && at < bytes.length; ) {
        const byte = bytes[at] as number;
        at += 1;
        if (matched < OPENING.length) {
          if (byte === OPENING[matched]) matched += 1;
          else restart(byte);
        } else if (takeText(byte)) {
          const label = describe(text);
          restart(undefined);
          if (label !== undefined && mayMark(nowMicros)) {
            pieces.push({ bytes: bytes.subarray(start, at), label });
            start = at;
          }
        }
        if (matched === 0) at = bytes.indexOf(ESC, at);
      }
      if (start < bytes.length) pieces.push({ bytes: bytes.subarray(start) });
      return pieces;
    },
  };
}

function describe(text: string): string | undefined {
  const [kind, first = '', ...rest] = text.replaceAll('\x1b', '').split(';');
  if (kind === 'C') return 'command';
  if (kind === 'D') return /^\d{1,3}$/.test(first) ? `exit ${first}` : undefined;
  // `k=s`: the continuation of a prompt (kitty, shell-integration).
  return kind === 'A' && ![first, ...rest].includes('k=s') ? 'prompt' : undefined;
}
