import type { TerminalSize } from '../../base/terminal-size.ts';

/** A size takes 30 bytes. What is longer is none. */
const MAX_SIZE_BYTES = 1024;
const MAX_SIDE = 65_535;
const OBJECT_END = 0x7d;
/** As JSON has it between values. */
const WHITE_SPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Reads the sizes of a resize channel: JSON objects in a row, split anywhere. */
export interface ResizeReader {
  /** Never throws. */
  read(bytes: Uint8Array): readonly TerminalSize[];
}

/**
 * Reads as the server does, which gives the channel up at the first thing that is no size and passes over a size
 * with an empty side (kubelet, cri/streaming/remotecommand/httpstream.go, handleResizeEvents).
 */
export function createResizeReader(): ResizeReader {
  let kept = '';
  let isGivenUp = false;

  function take(byte: number): TerminalSize | undefined {
    if (kept === '' && WHITE_SPACE.has(byte)) return undefined;
    kept += String.fromCharCode(byte);
    if (byte !== OBJECT_END) {
      isGivenUp = kept.length >= MAX_SIZE_BYTES;
      return undefined;
    }
    const value = parseJson(kept);
    if (value === undefined) {
      isGivenUp = kept.length >= MAX_SIZE_BYTES;
      return undefined;
    }
    kept = '';
    const size = parseSize(value);
    isGivenUp = size === undefined;
    return size;
  }

  return {
    read(bytes) {
      const sizes: TerminalSize[] = [];
      for (const byte of bytes) {
        if (isGivenUp) break;
        const size = take(byte);
        if (size !== undefined && size.cols > 0 && size.rows > 0) sizes.push(size);
      }
      return sizes;
    },
  };
}

/** Undefined also for an object whose end has not come yet: names and strings may hold a brace. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Go's decoder takes names in any case, and what is not named as 0. */
function parseSize(value: unknown): TerminalSize | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  let cols: unknown = 0;
  let rows: unknown = 0;
  for (const [name, side] of Object.entries(value)) {
    if (name.toLowerCase() === 'width') cols = side;
    if (name.toLowerCase() === 'height') rows = side;
  }
  return isSide(cols) && isSide(rows) ? { cols, rows } : undefined;
}

function isSide(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_SIDE;
}
