import { isUtf8 } from 'node:buffer';

/** Turns bytes that are cut anywhere into text, and knows what it still holds back. */
export interface Utf8Decoder {
  /** The characters that these bytes complete; U+FFFD for what is none. */
  decode(bytes: Uint8Array): string;
  /** Nothing is held back, and these bytes are whole characters: decoding them would change nothing here. */
  isWhole(bytes: Uint8Array): boolean;
  /** The start of a character whose end has not come yet: at most 3 bytes. */
  readonly tail: Uint8Array;
  /** Bytes so far that are part of no character. */
  readonly invalidBytes: number;
  /** No more bytes come: U+FFFD where a character was left unfinished. */
  finish(): string;
}

export function createUtf8Decoder(): Utf8Decoder {
  // Without ignoreBOM the bytes EF BB BF at the start would vanish.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let tail: Uint8Array = new Uint8Array();
  let invalidBytes = 0;
  return {
    isWhole: (bytes) => tail.length === 0 && isUtf8(bytes),
    decode(bytes) {
      const before = tail;
      tail = unfinishedTail(before, bytes);
      const text = decoder.decode(bytes, { stream: true });
      if (before.length > 0 || tail.length > 0 || !isUtf8(bytes)) {
        const whole = Buffer.concat([before, bytes]);
        invalidBytes += countInvalid(whole.subarray(0, whole.length - tail.length), text);
      }
      return text;
    },
    get invalidBytes() {
      return invalidBytes;
    },
    get tail() {
      return tail;
    },
    finish() {
      invalidBytes += tail.length;
      tail = new Uint8Array();
      return decoder.decode();
    },
  };
}

const REPLACEMENT_CODE = 0xfffd;
const REPLACEMENT_BYTES: Uint8Array = Buffer.from(String.fromCharCode(REPLACEMENT_CODE));

/** Bytes that were replaced: all but those of the characters that came out, where U+FFFD itself may be one. */
function countInvalid(bytes: Buffer, text: string): number {
  let inserted = -countReplacements(bytes);
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) === REPLACEMENT_CODE) inserted += 1;
  return bytes.length - (Buffer.byteLength(text) - inserted * REPLACEMENT_BYTES.length);
}

function countReplacements(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(REPLACEMENT_BYTES); at >= 0; at = bytes.indexOf(REPLACEMENT_BYTES, at + 3))
    count += 1;
  return count;
}

const MAX_TAIL_BYTES = 3;

/** What the decoder holds back after `before` and then `bytes`: the last bytes, if they only begin a character. */
function unfinishedTail(before: Uint8Array, bytes: Uint8Array): Uint8Array {
  const last =
    bytes.length >= MAX_TAIL_BYTES
      ? bytes.subarray(bytes.length - MAX_TAIL_BYTES)
      : Buffer.concat([before, bytes]).subarray(-MAX_TAIL_BYTES);
  for (let length = 1; length <= last.length; length += 1) {
    const candidate = last.subarray(last.length - length);
    if (isUnfinished(candidate)) return Uint8Array.from(candidate);
  }
  return new Uint8Array();
}

/** Whether these bytes begin a character and lack only its end (Unicode 17, table 3-7). */
function isUnfinished([lead = 0, ...following]: Uint8Array): boolean {
  const missing = lengthOf(lead) - 1 - following.length;
  if (missing <= 0) return false;
  return following.every((byte, index) => {
    const [low, high] = index === 0 ? secondByteRange(lead) : [0x80, 0xbf];
    return byte >= low && byte <= high;
  });
}

function lengthOf(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 1;
}

/** Narrower than 80..BF where a wider one would allow overlong forms, surrogates, or more than U+10FFFF. */
function secondByteRange(lead: number): readonly [low: number, high: number] {
  if (lead === 0xe0) return [0xa0, 0xbf];
  if (lead === 0xed) return [0x80, 0x9f];
  if (lead === 0xf0) return [0x90, 0xbf];
  if (lead === 0xf4) return [0x80, 0x8f];
  return [0x80, 0xbf];
}
