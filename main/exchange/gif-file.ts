import type { GifEncoder as GifEncoderClass, GifFrameConfig } from '@napi-rs/canvas';
import { AppError } from '../base/errors.ts';
import type { Box } from './box-shapes.ts';

/** A changed part of the picture, and how long it is seen until the next. */
export interface GifFrame {
  readonly box: Box;
  /** RGBA, opaque. */
  readonly pixels: Uint8ClampedArray;
  readonly delayMs: number;
}

/** An animated GIF as it is written, piece by piece. */
export interface GifFile {
  /** Gives back what of the file is complete; what is not is bounded. */
  add(frame: GifFrame): Uint8Array | undefined;
  /** The remainder, with the end of the file. At least one frame was added. */
  finish(): Uint8Array;
}

/** The encoder keeps frames as pixels and makes a whole file of them: it is given this much at a time. */
const BATCH_BYTES: number = 8 * 1024 * 1024;
const BATCH_FRAMES = 32;
/** What ends a file (GIF89a, 27). */
const TRAILER = 0x3b;

/**
 * Writes a GIF that is repeated for ever. Frames stand in a GIF one after the other, so that what lies between the head
 * and the end of many files with the same head is one file.
 */
export function createGifFile(
  Encoder: typeof GifEncoderClass,
  { width, height }: { readonly width: number; readonly height: number },
): GifFile {
  let encoder = new Encoder(width, height, { repeat: 0 });
  let waitingBytes = 0;
  let head: Buffer | undefined;

  function encode(): Buffer {
    const file = encoder.finish();
    encoder.dispose();
    encoder = new Encoder(width, height, { repeat: 0 });
    waitingBytes = 0;
    const length = headLength(file);
    const isFirst = head === undefined;
    head ??= file.subarray(0, length);
    if (!file.subarray(0, length).equals(head) || file.at(-1) !== TRAILER) {
      throw new AppError('internal', 'the encoder of GIFs wrote what does not go together');
    }
    return file.subarray(isFirst ? 0 : length, -1);
  }

  return {
    add({ box, pixels, delayMs }) {
      const config: GifFrameConfig = { left: box.x, top: box.y, delay: delayMs };
      encoder.addFrame(
        new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength),
        box.width,
        box.height,
        config,
      );
      waitingBytes += pixels.byteLength;
      return waitingBytes >= BATCH_BYTES || encoder.frameCount >= BATCH_FRAMES ? encode() : undefined;
    },
    finish: () =>
      Buffer.concat([encoder.frameCount > 0 ? encode() : Buffer.alloc(0), Uint8Array.of(TRAILER)]),
  };
}

/** Signature, screen, its palette, and that it repeats; what belongs to frames begins behind it (GIF89a, 17 to 26). */
function headLength(file: Buffer): number {
  const flags = file[10] ?? 0;
  const palette = (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 0x07) + 1);
  let offset = 13 + palette;
  // An application's extension: its name, then blocks up to an empty one.
  while (file[offset] === 0x21 && file[offset + 1] === 0xff) {
    offset += 2;
    while ((file[offset] ?? 0) !== 0) offset += (file[offset] ?? 0) + 1;
    offset += 1;
  }
  return offset;
}
