import type { AppError } from '../../base/errors.ts';
import { createUnreadable, MAX_FILLER_BYTES } from './tap.ts';
import type { SideReader } from './tap-reading.ts';

/** Frames of SPDY/3.1, read from bytes that are split anywhere (SPDY/3.1 draft, section 2.2). */

export const SYN_STREAM = 1;
export const SYN_REPLY = 2;
export const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const GOAWAY = 7;
export const HEADERS = 8;
const WINDOW_UPDATE = 9;
/** Kept until they are whole. The others say nothing of a command. */
const KEPT: ReadonlySet<number> = new Set([SYN_STREAM, SYN_REPLY, RST_STREAM, SETTINGS, HEADERS]);
/**
 * Whether a control frame is as long as its fields are. Servers go by those and not by its length (moby/spdystream,
 * spdy/read.go): one that says it is longer could have another one in it, which a reader by length would not see.
 */
const FITS: ReadonlyMap<number, (length: number) => boolean> = new Map([
  [SYN_STREAM, (length) => length >= 10],
  [SYN_REPLY, (length) => length >= 4],
  [RST_STREAM, (length) => length === 8],
  [SETTINGS, (length) => length % 8 === 4],
  [PING, (length) => length === 4],
  [GOAWAY, (length) => length === 8],
  [HEADERS, (length) => length >= 4],
  [WINDOW_UPDATE, (length) => length === 8],
]);

const HEAD_BYTES = 8;
const CONTROL = 0x80;
const VERSION = 3;
const FLAG_FIN = 0x01;
/** A stream's number, or how many settings follow. */
const FIRST_FIELD_BYTES = 4;
const SETTING_BYTES = 8;
/** Of a frame that is kept: what a direction's headers may take, and a little before them. */
const MAX_KEPT_BYTES = 64 * 1024 + 16;

export type SpdyPiece =
  /** As much of one data frame as the given bytes hold. */
  | {
      readonly kind: 'data';
      readonly streamId: number;
      readonly bytes: Uint8Array;
      /** The frame ends here, and with it what its sender sends on this stream. */
      readonly isFin: boolean;
    }
  /** Whole. */
  | {
      readonly kind: 'control';
      readonly type: number;
      readonly streamId: number;
      /** Behind the stream's number. */
      readonly body: Uint8Array;
      readonly isFin: boolean;
    };

/** Where in a frame a reader stands. */
export interface SpdyStanding {
  /** What came of a head that is not whole; empty between frames and behind a head. */
  readonly head: Uint8Array;
  readonly frame: OpenFrame | undefined;
}

interface OpenFrame {
  readonly head: FrameHead;
  /** How much of what follows the head is still to come. */
  readonly missing: number;
}

type FrameHead = { readonly length: number; readonly isFin: boolean } & (
  | { readonly kind: 'data'; readonly streamId: number }
  | { readonly kind: 'control'; readonly type: number }
);

export function createSpdyReader(): SideReader<SpdyPiece, SpdyStanding> {
  const head = Buffer.alloc(HEAD_BYTES);
  let headBytes = 0;
  let frame: OpenFrame | undefined;
  let kept: Uint8Array[] = [];
  let gap: number | undefined;

  function takeHead(bytes: Uint8Array): number {
    const part = bytes.subarray(0, HEAD_BYTES - headBytes);
    head.set(part, headBytes);
    headBytes += part.byteLength;
    if (headBytes === HEAD_BYTES) {
      const parsed = parseHead(head);
      frame = { head: parsed, missing: parsed.length };
      headBytes = 0;
    }
    return part.byteLength;
  }

  function* takeBody(
    { head: { isFin, ...rest }, missing }: OpenFrame,
    bytes: Uint8Array,
  ): Generator<SpdyPiece> {
    const isWhole = bytes.byteLength === missing;
    if (rest.kind === 'data') {
      yield { kind: 'data', streamId: rest.streamId, bytes, isFin: isFin && isWhole };
      return;
    }
    if (!KEPT.has(rest.type)) return;
    // A copy, since it stays longer than what was given.
    kept.push(isWhole ? bytes : Uint8Array.from(bytes));
    if (!isWhole) return;
    const body = Buffer.concat(kept);
    kept = [];
    const fields = body.subarray(FIRST_FIELD_BYTES);
    if (rest.type === SETTINGS) {
      if (body.readUInt32BE() * SETTING_BYTES !== fields.byteLength) throw createMisfit(SETTINGS);
      return;
    }
    const streamId = body.readUInt32BE() & 0x7fff_ffff;
    yield { kind: 'control', type: rest.type, streamId, body: fields, isFin };
  }

  return {
    *read(bytes) {
      gap = frame === undefined && headBytes === 0 ? 0 : undefined;
      let at = 0;
      while (at < bytes.byteLength) {
        if (frame === undefined) at += takeHead(bytes.subarray(at));
        if (frame === undefined) return;
        const open: OpenFrame = frame;
        const body = bytes.subarray(at, at + open.missing);
        at += body.byteLength;
        const missing = open.missing - body.byteLength;
        frame = missing === 0 ? undefined : { head: open.head, missing };
        yield* takeBody(open, body);
        if (missing === 0) gap = at;
      }
    },
    get gap() {
      return gap;
    },
    standing: () => ({ head: Uint8Array.from(head.subarray(0, headBytes)), frame }),
  };
}

function parseHead(head: Buffer): FrameHead {
  const length = head.readUIntBE(5, 3);
  const isFin = ((head[4] ?? 0) & FLAG_FIN) !== 0;
  if (((head[0] ?? 0) & CONTROL) === 0) return { kind: 'data', streamId: head.readUInt32BE(), length, isFin };
  const version = head.readUInt16BE() & 0x7fff;
  if (version !== VERSION) throw createUnreadable(`a frame of version ${version} of SPDY`);
  const type = head.readUInt16BE(2);
  if (!FITS.get(type)?.(length)) throw createMisfit(type);
  if (KEPT.has(type) && length > MAX_KEPT_BYTES)
    throw createUnreadable('more SPDY headers than a command has');
  return { kind: 'control', type, length, isFin };
}

function createMisfit(type: number): AppError {
  return createUnreadable(`a SPDY frame of type ${type} that is not as long as its fields`);
}

export function formatData(streamId: number, payload: Uint8Array, { isFin }: { isFin: boolean }): Uint8Array {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(streamId);
  head[4] = isFin ? FLAG_FIN : 0;
  head.writeUIntBE(payload.byteLength, 5, 3);
  return Buffer.concat([head, payload]);
}

/** The rest of a frame that a client stands in, and which stream it ends. */
export interface SpdyRest {
  readonly bytes: Uint8Array;
  readonly endedStreamId: number | undefined;
}

/** NUL bytes, or nothing between frames. Undefined within a control frame, and where it is too much. */
export function completeSpdyFrame({ head, frame }: SpdyStanding): SpdyRest | undefined {
  if (frame === undefined && head.byteLength === 0)
    return { bytes: new Uint8Array(), endedStreamId: undefined };
  const whole = Buffer.alloc(HEAD_BYTES);
  whole.set(head);
  if (frame === undefined && (whole[0] ?? 0) & CONTROL) return undefined;
  const open = frame?.head ?? parseHead(whole);
  const missing = frame?.missing ?? open.length;
  if (open.kind === 'control' || missing > MAX_FILLER_BYTES) return undefined;
  const restOfHead = frame === undefined ? whole.subarray(head.byteLength) : new Uint8Array();
  return {
    bytes: Buffer.concat([restOfHead, new Uint8Array(missing)]),
    endedStreamId: open.isFin ? open.streamId : undefined,
  };
}
