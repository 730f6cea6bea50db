import { createUnreadable, MAX_FILLER_BYTES } from './tap.ts';

/** Frames of RFC 6455, section 5.2, read from bytes that are split anywhere. */

export const CONTINUATION = 0x0;
const TEXT = 0x1;
export const BINARY = 0x2;
export const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
const OPCODES: ReadonlySet<number> = new Set([CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG]);

const FINAL = 0x80;
const RESERVED = 0x70;
const MASKED = 0x80;
const MAX_HEAD_BYTES = 14;
const MAX_CONTROL_BYTES = 125;
/** A length of 8 bytes begins with more zeros than this only above what a JavaScript number counts. */
const MAX_LENGTH_HIGH = 0x1f_ffff;

/** As much of one frame as the given bytes hold. A frame without payload is one empty piece. */
export interface FramePiece {
  readonly opcode: number;
  readonly isFinal: boolean;
  /** As it came. */
  readonly payload: Uint8Array;
  /** Of the payload's first byte in the frame's. */
  readonly offset: number;
  readonly mask: Uint8Array | undefined;
  readonly isLast: boolean;
  /** Where it ends in the given bytes. */
  readonly end: number;
}

export interface FrameReader {
  /** Throws `protocol-error`; after that it is of no use. */
  read(bytes: Uint8Array): Generator<FramePiece>;
  readonly isBetweenFrames: boolean;
  /** Remembers where a reader stands now. */
  standing(): FrameStanding;
}

/** Where in a frame a reader stands. */
export interface FrameStanding {
  /** What came of a head that is not whole; empty between frames and behind a head. */
  readonly head: Uint8Array;
  /** Undefined where no head is whole. */
  readonly frame: OpenFrame | undefined;
}

interface OpenFrame {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly mask: Uint8Array | undefined;
  readonly length: number;
  /** How much of the payload came. */
  readonly offset: number;
}

export function createFrameReader(): FrameReader {
  const head = new Uint8Array(MAX_HEAD_BYTES);
  let headBytes = 0;
  let frame: OpenFrame | undefined;

  /** How many of the bytes were of the head. */
  function takeHead(bytes: Uint8Array, start: number): number {
    let taken = 0;
    while (headBytes < neededHeadBytes(head, headBytes) && start + taken < bytes.byteLength) {
      head[headBytes] = bytes[start + taken] ?? 0;
      headBytes += 1;
      taken += 1;
    }
    if (headBytes === neededHeadBytes(head, headBytes)) {
      frame = parseHead(head);
      headBytes = 0;
    }
    return taken;
  }

  return {
    *read(bytes) {
      let at = 0;
      while (true) {
        if (frame === undefined) {
          if (at === bytes.byteLength) return;
          at += takeHead(bytes, at);
          if (frame === undefined) return;
        }
        const { opcode, isFinal, mask, length, offset } = frame;
        const payload = bytes.subarray(at, at + length - offset);
        const isLast = offset + payload.byteLength === length;
        if (!isLast && payload.byteLength === 0) return;
        at += payload.byteLength;
        frame = isLast ? undefined : { ...frame, offset: offset + payload.byteLength };
        yield { opcode, isFinal, payload, offset, mask, isLast, end: at };
      }
    },
    get isBetweenFrames() {
      return frame === undefined && headBytes === 0;
    },
    standing: () => ({ head: head.slice(0, headBytes), frame }),
  };
}

/** How long the head will be, or is so far known to be. */
function neededHeadBytes(head: Uint8Array, headBytes: number): number {
  if (headBytes < 2) return 2;
  return 2 + lengthBytes(head[1] ?? 0) + ((head[1] ?? 0) & MASKED ? 4 : 0);
}

function lengthBytes(second: number): number {
  const short = second & 0x7f;
  return short === 127 ? 8 : short === 126 ? 2 : 0;
}

function parseHead(head: Uint8Array): OpenFrame {
  const [first = 0, second = 0] = head;
  const opcode = first & 0x0f;
  const isFinal = (first & FINAL) !== 0;
  if (first & RESERVED) throw createUnreadable('a frame has bits that no extension was agreed for');
  if (!OPCODES.has(opcode)) throw createUnreadable(`a frame has the unknown opcode ${opcode}`);
  const view = new DataView(head.buffer, head.byteOffset);
  const longBytes = lengthBytes(second);
  if (longBytes === 8 && view.getUint32(2) > MAX_LENGTH_HIGH) {
    throw createUnreadable('a frame is longer than any can be');
  }
  const length =
    longBytes === 8
      ? view.getUint32(2) * 2 ** 32 + view.getUint32(6)
      : longBytes === 2
        ? view.getUint16(2)
        : second & 0x7f;
  if (opcode >= CLOSE && (!isFinal || length > MAX_CONTROL_BYTES)) {
    throw createUnreadable('a control frame is longer than one may be, or in parts');
  }
  const maskAt = 2 + longBytes;
  const mask = second & MASKED ? head.slice(maskAt, maskAt + 4) : undefined;
  return { opcode, isFinal, mask, length, offset: 0 };
}

/** The payload without its mask: a copy where there is one. */
export function unmask({ payload, offset, mask }: FramePiece): Uint8Array {
  if (mask === undefined) return payload;
  const plain = new Uint8Array(payload.byteLength);
  for (let at = 0; at < plain.byteLength; at += 1) {
    plain[at] = (payload[at] ?? 0) ^ (mask[(offset + at) & 3] ?? 0);
  }
  return plain;
}

/** A frame as a server sends it: not masked. */
export function formatFrame(opcode: number, payload: Uint8Array): Uint8Array {
  const length = payload.byteLength;
  const head = Buffer.alloc(length <= MAX_CONTROL_BYTES ? 2 : length < 2 ** 16 ? 4 : 10);
  head[0] = FINAL | opcode;
  if (head.byteLength === 2) head[1] = length;
  else if (head.byteLength === 4) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}

/**
 * The rest of the frame that a reader stands in: a head as short as it can still become, then NUL bytes, of which
 * `first` is the first where the payload has not begun. Undefined where that is too long, masked, or broken.
 */
export function completeFrame(standing: FrameStanding, first: number): FrameRest | undefined {
  let { frame } = standing;
  const parts: Uint8Array[] = [];
  if (frame === undefined) {
    const { head } = standing;
    if (head.byteLength === 0) return { bytes: new Uint8Array(), isFinal: undefined };
    const whole = new Uint8Array(MAX_HEAD_BYTES);
    whole.set(head);
    parts.push(whole.subarray(head.byteLength, neededHeadBytes(whole, Math.max(2, head.byteLength))));
    try {
      frame = parseHead(whole);
    } catch {
      return undefined;
    }
  }
  const missing = frame.length - frame.offset;
  if (frame.mask !== undefined || missing > MAX_FILLER_BYTES) return undefined;
  const filler = new Uint8Array(missing);
  if (frame.offset === 0 && frame.opcode < CLOSE && frame.opcode !== CONTINUATION) filler.fill(first, 0, 1);
  parts.push(filler);
  return { bytes: Buffer.concat(parts), isFinal: frame.opcode < CLOSE ? frame.isFinal : undefined };
}

export interface FrameRest {
  readonly bytes: Uint8Array;
  /** Whether the completed frame ends its message. Undefined where it was none of a message, or none at all. */
  readonly isFinal: boolean | undefined;
}
