import { isUtf8 } from 'node:buffer';

/**
 * Keeps what is no text out of a record where a command has no terminal: `tar` through `kubereel exec` would be
 * U+FFFD for most of its bytes, at more than twice their size. A first part is recorded like all output; after that
 * bytes are counted until text comes again. One for each stream.
 */
export interface BinaryCap {
  /** Whether these are to be recorded, and what to mark before them. */
  take(bytes: Uint8Array): { readonly isKept: boolean; readonly label?: string };
  /** Nothing more comes; what is to be marked. */
  end(): string | undefined;
}

/** Of binary output, in all: enough to see what it was. */
const KEPT_BYTES = 1024 * 1024;
/** Of each chunk only the start is looked at. */
const SAMPLE_BYTES = 4 * 1024;
/** What was seen lately decides. */
const WINDOW_BYTES = 64 * 1024;
/** More bytes than this share that are NUL or no UTF-8: no text that a program prints has as many. */
const BINARY_SHARE = 0.1;

export function createBinaryCap(): BinaryCap {
  let seenBytes = 0;
  let oddBytes = 0;
  let keptBytes = 0;
  let skippedBytes = 0;

  function look(bytes: Uint8Array): boolean {
    const sample = bytes.subarray(0, SAMPLE_BYTES);
    seenBytes += sample.length;
    oddBytes += countOdd(sample);
    if (seenBytes > WINDOW_BYTES) {
      seenBytes /= 2;
      oddBytes /= 2;
    }
    return oddBytes > seenBytes * BINARY_SHARE;
  }

  function end(): string | undefined {
    if (skippedBytes === 0) return undefined;
    const label = `${skippedBytes} bytes of binary output are not on record`;
    skippedBytes = 0;
    return label;
  }

  return {
    take(bytes) {
      if (look(bytes)) keptBytes += bytes.length;
      else keptBytes = Math.min(keptBytes, KEPT_BYTES);
      if (keptBytes <= KEPT_BYTES) {
        const label = end();
        return { isKept: true, ...(label !== undefined && { label }) };
      }
      const isFirst = skippedBytes === 0;
      skippedBytes += bytes.length;
      return { isKept: false, ...(isFirst && { label: 'binary output is not recorded from here on' }) };
    },
    end,
  };
}

function countOdd(sample: Uint8Array): number {
  const nuls = sample.includes(0) ? sample.reduce((count, byte) => count + (byte === 0 ? 1 : 0), 0) : 0;
  if (isUtf8(sample)) return nuls;
  // A character that is cut at either end counts for four at most.
  return nuls + new TextDecoder().decode(sample).split('\ufffd').length - 1;
}
