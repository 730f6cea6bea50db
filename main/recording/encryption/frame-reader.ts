import type { FileHandle } from 'node:fs/promises';
import { AppError } from '../../base/errors.ts';
import {
  AGE_START,
  type EncryptedHeader,
  LENGTH_BYTES,
  MAX_HEADER_BYTES,
  parseEncryptedHeader,
  plainBytesOf,
} from './frame-codec.ts';

/** How an encrypted cast begins. */
export interface FrameFileStart {
  readonly header: EncryptedHeader;
  /** The age file with the recording's identity. */
  readonly keyFile: Uint8Array;
  /** Where its frames with lines begin. */
  readonly framesOffset: number;
}

/**
 * A part of an encrypted cast, found without any key. `plainOffset` and `plainBytes` count the lines within; a part
 * that is no frame counts as long as it is.
 */
export interface FramePart {
  /** `torn`: the last part, where the writer died within a frame or is writing it right now. */
  readonly kind: 'frame' | 'damaged' | 'torn';
  /** Of the length before the age file, in the file. */
  readonly offset: number;
  readonly nextOffset: number;
  readonly plainOffset: number;
  readonly plainBytes: number;
}

const LINE_END = 0x0a;
/** Several small frames at once, and little in vain before a large one. */
const LOOK_BYTES = 4 * 1024;
const SEARCH_BYTES = 64 * 1024;

/** Throws `recording-unreadable` where the start is not whole. */
export async function readFrameFileStart(file: FileHandle): Promise<FrameFileStart> {
  const head = await readAt(file, 0, MAX_HEADER_BYTES);
  const lineBytes = head.indexOf(LINE_END);
  if (lineBytes < 0) {
    const reason = head.length === 0 ? 'it is empty' : 'its first line has no end';
    throw new AppError('recording-unreadable', `the recording cannot be read: ${reason}`);
  }
  const header = parseEncryptedHeader(head.toString('utf8', 0, lineBytes));
  const offset = lineBytes + 1;
  const prefix = await readAt(file, offset, LENGTH_BYTES);
  const keyBytes = prefix.length < LENGTH_BYTES ? 0 : prefix.readUInt32BE();
  const keyFile =
    keyBytes > MAX_HEADER_BYTES ? Buffer.alloc(0) : await readAt(file, offset + LENGTH_BYTES, keyBytes);
  if (keyBytes === 0 || keyFile.length < keyBytes) {
    throw new AppError('recording-unreadable', 'the recording cannot be read: its key is not whole');
  }
  return { header, keyFile, framesOffset: offset + LENGTH_BYTES + keyBytes };
}

/** All of the file from `framesOffset` on, in order and without a hole. Lines stay unread. */
export async function* walkFrames(
  file: FileHandle,
  framesOffset: number,
  { signal }: { signal: AbortSignal },
): AsyncGenerator<FramePart> {
  const { size } = await file.stat();
  let look: Buffer = Buffer.alloc(0);
  let lookOffset = 0;
  let plainOffset = 0;

  async function lengthAt(offset: number): Promise<number | undefined> {
    if (offset < lookOffset || offset + START_BYTES > lookOffset + look.length) {
      look = await readAt(file, offset, LOOK_BYTES);
      lookOffset = offset;
    }
    return readFrameLength(look.subarray(offset - lookOffset));
  }

  /** By its length; undefined where that is none, or was changed: it ends within the file, and no other begins in it. */
  async function findEnd(offset: number): Promise<number | undefined> {
    const length = await lengthAt(offset);
    if (length === undefined) return undefined;
    const end = offset + LENGTH_BYTES + length;
    if (end >= size || (await lengthAt(end)) !== undefined) return end <= size ? end : undefined;
    const next = await findFrame(file, offset + 1, size, { signal });
    return next !== undefined && next < end ? undefined : end;
  }

  for (let offset = framesOffset; offset < size; ) {
    signal.throwIfAborted();
    const end = await findEnd(offset);
    const nextOffset = end ?? (await findFrame(file, offset + 1, size, { signal })) ?? size;
    const part: FramePart = {
      kind: end !== undefined ? 'frame' : nextOffset < size ? 'damaged' : 'torn',
      offset,
      nextOffset,
      plainOffset,
      plainBytes:
        (end === undefined ? undefined : plainBytesOf(end - offset - LENGTH_BYTES)) ?? nextOffset - offset,
    };
    yield part;
    plainOffset += part.plainBytes;
    offset = nextOffset;
  }
}

/** A length and the start of an age file. */
const START_BYTES = LENGTH_BYTES + AGE_START.length;

/** Undefined where no frame begins here. */
function readFrameLength(bytes: Buffer): number | undefined {
  if (bytes.length < START_BYTES || !bytes.subarray(LENGTH_BYTES, START_BYTES).equals(AGE_START)) {
    return undefined;
  }
  const length = bytes.readUInt32BE();
  return plainBytesOf(length) === undefined ? undefined : length;
}

/** Of a frame, where the next one begins that could be whole. */
async function findFrame(
  file: FileHandle,
  fromOffset: number,
  size: number,
  { signal }: { signal: AbortSignal },
): Promise<number | undefined> {
  for (let position = fromOffset; position + START_BYTES <= size; ) {
    signal.throwIfAborted();
    const bytes = await readAt(file, position, SEARCH_BYTES);
    for (let at = bytes.indexOf(AGE_START); at >= 0; at = bytes.indexOf(AGE_START, at + 1)) {
      if (at < LENGTH_BYTES) continue;
      const offset = position + at - LENGTH_BYTES;
      const length = bytes.readUInt32BE(at - LENGTH_BYTES);
      if (plainBytesOf(length) !== undefined && offset + LENGTH_BYTES + length <= size) return offset;
    }
    if (bytes.length < SEARCH_BYTES) return undefined;
    // What began at the end of this piece is looked at again with the next.
    position += bytes.length - START_BYTES + 1;
  }
  return undefined;
}

/** As many as there are, up to `length`. */
export async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
