/**
 * One message of the contract as text or bytes. Control frames are JSON text; stream bytes travel as
 * kind (1 byte, always 1), stream id (4 bytes, big-endian), payload.
 */
import type { ProblemInfo } from './contract.ts';

export type Frame =
  /** The first one each side sends. */
  | { readonly kind: 'hello'; readonly contractVersion: number }
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly kind: 'reply'; readonly id: number; readonly output: unknown }
  | { readonly kind: 'fail'; readonly id: number; readonly problem: ProblemInfo }
  /** The caller no longer wants the answer. */
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'event'; readonly name: string; readonly payload: unknown }
  | { readonly kind: 'open'; readonly id: number; readonly name: string; readonly params: unknown }
  | { readonly kind: 'data'; readonly id: number; readonly bytes: Uint8Array }
  /** The reader will take this many bytes more. */
  | { readonly kind: 'credit'; readonly id: number; readonly bytes: number }
  /** The sender is done with the stream, both ways. */
  | { readonly kind: 'end'; readonly id: number; readonly problem?: ProblemInfo };

/**
 * Longest text that a page sends: no person writes a longer call, and what a page sends the core has to hold. What the
 * core sends has no limit of its own: a cluster has as many pods as it has.
 */
export const MAX_REQUEST_CHARACTERS: number = 256 * 1024;
/** Largest payload of a data frame. */
export const MAX_DATA_BYTES: number = 64 * 1024;

/** A message that is no frame. */
export class FrameError extends Error {
  override readonly name: string = 'FrameError';
}

const DATA_KIND = 1;
const DATA_HEADER_BYTES = 5;
const MAX_ID = 0xffff_ffff;

export function encodeFrame(frame: Frame): string | Uint8Array {
  if (frame.kind !== 'data') return JSON.stringify(frame);
  const message = new Uint8Array(DATA_HEADER_BYTES + frame.bytes.byteLength);
  message[0] = DATA_KIND;
  new DataView(message.buffer).setUint32(1, frame.id);
  message.set(frame.bytes, DATA_HEADER_BYTES);
  return message;
}

/** Throws `FrameError` and nothing else, whatever it is given. */
export function decodeFrame(message: unknown, maxCharacters: number = Number.POSITIVE_INFINITY): Frame {
  if (typeof message === 'string') return decodeText(message, maxCharacters);
  if (message instanceof Uint8Array) return decodeData(message);
  throw new FrameError(`a message is text or bytes, not ${typeof message}`);
}

function decodeData(message: Uint8Array): Frame {
  if (message.byteLength < DATA_HEADER_BYTES || message[0] !== DATA_KIND) {
    throw new FrameError(`${message.byteLength} bytes that are no data frame`);
  }
  if (message.byteLength > DATA_HEADER_BYTES + MAX_DATA_BYTES) {
    throw new FrameError(`a data frame of ${message.byteLength} bytes is over its limit`);
  }
  const id = new DataView(message.buffer, message.byteOffset).getUint32(1);
  return { kind: 'data', id, bytes: message.subarray(DATA_HEADER_BYTES) };
}

function decodeText(text: string, maxCharacters: number): Frame {
  if (text.length > maxCharacters)
    throw new FrameError(`a frame of ${text.length} characters is over its limit`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FrameError('a frame that is not JSON');
  }
  if (typeof value !== 'object' || value === null) throw new FrameError('a frame that is no object');
  const fields = value as Readonly<Record<string, unknown>>;
  switch (fields['kind']) {
    case 'hello':
      return { kind: 'hello', contractVersion: parseCount(fields['contractVersion']) };
    case 'call':
      return {
        kind: 'call',
        id: parseCount(fields['id']),
        name: parseName(fields['name']),
        input: fields['input'],
      };
    case 'reply':
      return { kind: 'reply', id: parseCount(fields['id']), output: fields['output'] };
    case 'fail':
      return { kind: 'fail', id: parseCount(fields['id']), problem: parseProblem(fields['problem']) };
    case 'cancel':
      return { kind: 'cancel', id: parseCount(fields['id']) };
    case 'event':
      return { kind: 'event', name: parseName(fields['name']), payload: fields['payload'] };
    case 'open':
      return {
        kind: 'open',
        id: parseCount(fields['id']),
        name: parseName(fields['name']),
        params: fields['params'],
      };
    case 'credit':
      return { kind: 'credit', id: parseCount(fields['id']), bytes: parseCount(fields['bytes']) };
    case 'end': {
      const problem = fields['problem'];
      const id = parseCount(fields['id']);
      return problem === undefined
        ? { kind: 'end', id }
        : { kind: 'end', id, problem: parseProblem(problem) };
    }
    default:
      throw new FrameError('a frame of an unknown kind');
  }
}

function parseCount(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_ID) return value;
  throw new FrameError('a frame whose number is none');
}

function parseName(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new FrameError('a frame without a name');
}

function parseProblem(value: unknown): ProblemInfo {
  if (typeof value === 'object' && value !== null) {
    const { code, message, hint, detail } = value as Readonly<Record<string, unknown>>;
    if (typeof code === 'string' && typeof message === 'string') {
      return {
        code,
        message,
        ...(typeof hint === 'string' ? { hint } : {}),
        ...(typeof detail === 'string' ? { detail } : {}),
      };
    }
  }
  throw new FrameError('a problem without code and message');
}
