import * as v from 'valibot';
import { AppError } from '../../base/errors.ts';

/**
 * An encrypted cast: a line of JSON, then frames, each the length of an age file (32 bits, big endian) and that file.
 * The first frame holds the recording's own identity, encrypted to the recipients that the line names; every other
 * one holds whole lines of the cast, encrypted to that identity's recipient.
 */
export interface EncryptedHeader {
  /** Who can read it. */
  readonly recipients: readonly string[];
}

export const LENGTH_BYTES = 4;
/** Larger ones are no frames of ours: a line of a cast, whatever it holds, is smaller by far. */
export const MAX_FRAME_BYTES: number = 4 * 1024 * 1024;
/** How every age file begins; with it a reader finds the next frame behind a damaged one. */
export const AGE_START: Buffer = Buffer.from('age-encryption.org/v1\n');
/** Room for the line with as many recipients as anybody names. */
export const MAX_HEADER_BYTES: number = 16 * 1024;

/**
 * What an age file for one X25519 recipient adds: version, stanza and its body, MAC (each with its line end), nonce,
 * and a tag for each chunk of 64 KiB (C2SP age.md, "Payload").
 */
const AGE_FIXED_BYTES = 22 + 54 + 44 + 48 + 16;
const AGE_CHUNK_BYTES = 64 * 1024;
const AGE_TAG_BYTES = 16;

const FORMAT = 'kubereel encrypted cast';
const HeaderSchema = v.object({
  format: v.literal(FORMAT),
  version: v.literal(1),
  recipients: v.pipe(v.array(v.string()), v.minLength(1)),
});

export function formatEncryptedHeader({ recipients }: EncryptedHeader): string {
  return `${JSON.stringify({ format: FORMAT, version: 1, recipients })}\n`;
}

/** Of the line without its end. Throws `recording-unreadable`. */
export function parseEncryptedHeader(line: string): EncryptedHeader {
  try {
    const { recipients } = v.parse(HeaderSchema, JSON.parse(line));
    return { recipients };
  } catch (cause) {
    throw new AppError('recording-unreadable', 'the recording cannot be read: it is no encrypted cast', {
      cause,
    });
  }
}

export function formatFrame(ageFile: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + ageFile.length);
  frame.writeUInt32BE(ageFile.length);
  frame.set(ageFile, LENGTH_BYTES);
  return frame;
}

/** What an age file of that length holds in bytes; undefined where a frame cannot be of that length. */
export function plainBytesOf(ageFileBytes: number): number | undefined {
  const payload = ageFileBytes - AGE_FIXED_BYTES;
  if (payload < AGE_TAG_BYTES || ageFileBytes > MAX_FRAME_BYTES) return undefined;
  const chunks = Math.ceil(payload / (AGE_CHUNK_BYTES + AGE_TAG_BYTES));
  return Math.max(0, payload - chunks * AGE_TAG_BYTES);
}
