import type { CastEvent } from '../cast/cast.ts';
import {
  type ByteRange,
  type ControlString,
  type ParsedOutput,
  type PlainText,
  parseOutput,
} from './plain-text.ts';
import type { CompiledPattern } from './redaction-patterns.ts';
import { createSecretFinder, type Finding, type Force } from './secret-finder.ts';

/** Output, or what happened between two pieces of it. */
export type Captured =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly timeMicros: number }
  | { readonly kind: 'event'; readonly event: CastEvent }
  /** What follows was written to the other stream. */
  | { readonly kind: 'switch'; readonly isStderr: boolean };

/**
 * Masks secrets in output on its way into a cast. Bytes come out in the order and with the times they went in, as soon
 * as they can be part of no secret any more; all but the characters of secrets are unchanged, escape sequences within
 * them too, and bytes that are no UTF-8. Each character becomes one `•`, so that a screen's columns stay.
 */
export interface Redactor {
  take(captured: Captured): Captured[];
  /** Gives up what has been held for `MAX_HOLD_MICROS`: a token that has begun is masked as far as it goes. */
  release(timeMicros: number): Captured[];
  /** Gives all of it up: nothing more comes. */
  finish(): Captured[];
  /** What may still become a secret, unmasked, in order. Never more bytes than `MAX_HELD_BYTES`. */
  readonly held: readonly Captured[];
  readonly heldBytes: number;
  /** Runs of masked characters so far, each within one line. */
  readonly maskedSpans: number;
}

/** Longest that output waits for what follows it: with the writer's own wait below 250 ms. */
export const MAX_HOLD_MICROS: number = 200_000;
export const MAX_HELD_BYTES: number = 4 * 1024;
/** Taken at once, so that what is made of a large piece of output stays small. */
const SLICE_BYTES = 32 * 1024;
/** An unfinished escape sequence of more bytes is none. */
const LONGEST_SEQUENCE = 300;

/** A secret that was masked. */
export interface MaskedSpan {
  /** A built-in rule's id, or the name of an own pattern. */
  readonly rule: string;
  /** Of the output that it begins in. */
  readonly timeMicros: number;
}

const MASK: Uint8Array = Buffer.from('•');

/** `onMasked` hears of each span when it is decided. */
export function createRedactor(
  patterns: readonly CompiledPattern[],
  onMasked?: (span: MaskedSpan) => void,
): Redactor {
  const screen = createSecretFinder(patterns);
  /** Titles and links: what stands in control strings, each of them a line of its own. */
  const strings = createSecretFinder(patterns);
  const held: Captured[] = [];
  let heldBytes = 0;
  let maskedSpans = 0;
  /** The start of an escape sequence that was given up before its end came, as latin1. */
  let opened = '';
  /** The last byte given up was masked as part of a character that may go on. */
  let isWithinCharacter = false;

  function settle(force: Force): Captured[] {
    const source = opened + held.map(toLatin1).join('');
    const shift = opened.length;
    const parsed = parseOutput(source);
    const { main, wholeBytes } = parsed;
    const finding = screen.look(main.text, force);
    const limit = force === 'all' || force === 'end' ? source.length : wholeBytes;
    const end = finding.decided < main.text.length ? main.toByte(finding.decided) : limit;
    if (end < shift) return [];
    const toTime = (byte: number): number => timeAt(byte - shift);
    const masked = [
      ...maskScreen(main, finding, toTime),
      ...maskStrings(source, parsed.strings, end, force, toTime),
    ]
      .map((range) => ({ start: Math.max(0, range.start - shift), end: range.end - shift }))
      .filter((range) => range.start < range.end)
      .sort((a, b) => a.start - b.start);
    opened = end > wholeBytes ? openSequence(source, parsed) : '';
    return giveUp(end - shift, masked);
  }

  function maskScreen(main: PlainText, finding: Finding, toTime: (byte: number) => number): ByteRange[] {
    screen.pass(finding.decided);
    return count(finding, (index) => toTime(main.toByte(index))).flatMap(({ start, end }) =>
      main.textRuns(start, end),
    );
  }

  function maskStrings(
    source: string,
    found: readonly ControlString[],
    end: number,
    force: Force,
    toTime: (byte: number) => number,
  ): ByteRange[] {
    return found
      .filter((string) => string.start < end)
      .flatMap((string) => {
        const text = source.slice(string.start, string.end) + (string.isComplete ? '\n' : '');
        const finding = strings.look(text, force === 'end' || string.isComplete ? 'end' : 'all');
        strings.pass(text.length);
        return count(finding, (index) => toTime(string.start + index)).map((span) => ({
          start: string.start + span.start,
          end: string.start + span.end,
        }));
      });
  }

  /** Counts the spans that are decided, and gives them as far as they are. */
  function count({ spans, decided, isContinued }: Finding, toTime: (index: number) => number): ByteRange[] {
    const final = spans.filter(({ start }) => start < decided);
    const begun = isContinued ? final.slice(1) : final;
    maskedSpans += begun.length;
    for (const { rule, start } of begun) onMasked?.({ rule, timeMicros: toTime(start) });
    return final.map(({ start, end }) => ({ start, end: Math.min(end, decided) }));
  }

  /** Of the output that the byte came with; of the oldest where it was given up before. */
  function timeAt(byte: number): number {
    let position = 0;
    let timeMicros = 0;
    for (const captured of held) {
      if (captured.kind !== 'bytes') continue;
      if (position > Math.max(0, byte)) break;
      timeMicros = captured.timeMicros;
      position += captured.bytes.length;
    }
    return timeMicros;
  }

  /** `masked` is in order and counts from the first byte held. */
  function giveUp(bytes: number, masked: readonly ByteRange[]): Captured[] {
    const given: Captured[] = [];
    let position = 0;
    while (held.length > 0) {
      const [captured] = held;
      if (!captured || (captured.kind === 'bytes' && position === bytes && captured.bytes.length > 0)) break;
      held.shift();
      if (captured.kind !== 'bytes') {
        given.push(captured);
        continue;
      }
      const length = Math.min(captured.bytes.length, bytes - position);
      if (length < captured.bytes.length) {
        held.unshift({ ...captured, bytes: captured.bytes.subarray(length) });
      }
      given.push({ ...captured, bytes: mask(captured.bytes.subarray(0, length), position, masked) });
      position += length;
    }
    heldBytes -= bytes;
    return given;
  }

  /** `bytes` stand at `position` among those that are given up. */
  function mask(bytes: Uint8Array, position: number, ranges: readonly ByteRange[]): Uint8Array {
    const own = ranges
      .map(({ start, end }) => ({
        start: Math.max(0, start - position),
        end: Math.min(bytes.length, end - position),
      }))
      .filter(({ start, end }) => start < end);
    const pieces: Uint8Array[] = [];
    let done = isWithinCharacter ? continuationBytes(bytes) : 0;
    if (own.length === 0 && done === 0) {
      if (bytes.length > 0) isWithinCharacter = false;
      return bytes;
    }
    for (const { start, end } of own) {
      if (start > done) pieces.push(bytes.subarray(done, start));
      pieces.push(...maskCharacters(bytes.subarray(Math.max(done, start), end)));
      done = Math.max(done, end);
    }
    pieces.push(bytes.subarray(done));
    isWithinCharacter = own.at(-1)?.end === bytes.length && (bytes.at(-1) ?? 0) >= 0x80;
    return Buffer.concat(pieces);
  }

  function takeSlice(captured: Captured): Captured[] {
    const isWithinWord = captured.kind === 'bytes' && endsInWord() && !captured.bytes.some(isSpace);
    held.push(captured);
    if (captured.kind === 'bytes') heldBytes += captured.bytes.length;
    // Nothing is decided by more of the same word: not looking keeps a long one in small pieces from costing much.
    if (isWithinWord && heldBytes <= MAX_HELD_BYTES) return [];
    const given = settle('none');
    if (heldBytes > MAX_HELD_BYTES) given.push(...settle('most'));
    if (heldBytes > MAX_HELD_BYTES) given.push(...settle('all'));
    return given;
  }

  function endsInWord(): boolean {
    const last = held.at(-1);
    const byte = last?.kind === 'bytes' ? last.bytes.at(-1) : undefined;
    return byte !== undefined && !isSpace(byte);
  }

  return {
    take(captured) {
      if (captured.kind !== 'bytes') return held.length === 0 ? [captured] : takeSlice(captured);
      const given: Captured[] = [];
      const { bytes } = captured;
      for (let start = 0; start < bytes.length; start += SLICE_BYTES) {
        given.push(...takeSlice({ ...captured, bytes: bytes.subarray(start, start + SLICE_BYTES) }));
      }
      return given;
    },
    release(timeMicros) {
      const oldest = held.find((captured) => captured.kind === 'bytes');
      return oldest && timeMicros - oldest.timeMicros >= MAX_HOLD_MICROS ? settle('all') : [];
    },
    finish: () => settle('end'),
    get held() {
      return [...held];
    },
    get heldBytes() {
      return heldBytes;
    },
    get maskedSpans() {
      return maskedSpans;
    },
  };
}

function toLatin1(captured: Captured): string {
  if (captured.kind !== 'bytes') return '';
  const { buffer, byteOffset, byteLength } = captured.bytes;
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}

/** What the next bytes go on with: of a control string its opener, and the half of an end that may have come. */
function openSequence(source: string, { strings, wholeBytes }: ParsedOutput): string {
  const last = strings.at(-1);
  const sequence =
    last && !last.isComplete
      ? source.slice(wholeBytes, wholeBytes + 2) + source.slice(last.end)
      : source.slice(wholeBytes);
  return sequence.length <= LONGEST_SEQUENCE ? sequence : '';
}

function continuationBytes(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => !isContinuation(byte));
  return first < 0 ? bytes.length : first;
}

/** Or a control: whatever may end a word. */
function isSpace(byte: number): boolean {
  return byte <= 0x20;
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte <= 0xbf;
}

/** One mask a character; white space and controls stay. */
function* maskCharacters(bytes: Uint8Array): Generator<Uint8Array> {
  for (const [index, byte] of bytes.entries()) {
    if (isSpace(byte) || byte === 0x7f) yield bytes.subarray(index, index + 1);
    else if (!isContinuation(byte)) yield MASK;
  }
}
