import { type CastEvent, formatEvent, formatOutput } from './cast.ts';
import { unfinishedEscapeBytes } from './escape-sequence.ts';
import { createUtf8Decoder } from './utf8.ts';

/** One event as it stands in the cast. */
export interface CastLine {
  /** With its line end. */
  readonly text: string;
  readonly timeMicros: number;
  /** Of the output that it holds; 0 for every other event. */
  readonly outputBytes: number;
  /** Output that the command wrote to standard error. */
  readonly isStderr?: true;
}

/**
 * Turns a session's bytes and happenings into lines of a cast. Each call returns the lines that it
 * completes. Output that comes close together becomes one event with the time of its first byte.
 * Times are microseconds since the start; one that lies before the last is written as the last.
 */
export interface CastEncoder {
  /** Keeps a reference to `bytes` until they are in a line: leave them unchanged. */
  output(bytes: Uint8Array, timeMicros: number): CastLine[];
  event(event: CastEvent): CastLine[];
  /** Lines of the output held back. An escape sequence that has begun may stay for `MAX_HOLD_MICROS`. */
  release(timeMicros: number): CastLine[];
  /** Lines of all output held back; only the start of a character stays. */
  releaseAll(): CastLine[];
  /** The end of the output: what stays of a character becomes U+FFFD. */
  finish(timeMicros: number): CastLine[];
  /** Output bytes that are in no line yet, besides the start of a character. */
  readonly heldBytes: number;
  /** Output bytes that are no UTF-8: each run of them is U+FFFD in the cast. */
  readonly invalidBytes: number;
  /** The start of a character whose end has not come, out of the output that is not held. */
  readonly tail: Uint8Array;
  /** Time of the last line returned. */
  readonly lastMicros: number;
}

/** Output within this time of its first byte is one event: a frame of 60 Hz. */
export const COALESCE_MICROS: number = 16_000;
/** Output of this size is an event whatever its time, so that no line grows long (6 times as much at worst). */
export const COALESCE_BYTES: number = 32 * 1024;
/** Longest that the start of an escape sequence waits for its end. */
export const MAX_HOLD_MICROS: number = 200_000;

/** Output that waits for more, in order. */
interface Held {
  readonly timeMicros: number;
  readonly chunks: Uint8Array[];
  bytes: number;
  /** Of the latest chunk. */
  latestMicros: number;
}

export function createCastEncoder(): CastEncoder {
  const decoder = createUtf8Decoder();
  let held: Held | undefined;
  let lastMicros = 0;
  /** Given to the decoder and in no line yet. */
  let unwrittenBytes = 0;

  function format(event: CastEvent, outputBytes = 0): CastLine[] {
    lastMicros = Math.max(lastMicros, event.timeMicros);
    const text = formatEvent({ ...event, timeMicros: lastMicros });
    return [{ text, timeMicros: lastMicros, outputBytes }];
  }

  function encode(bytes: Uint8Array, timeMicros: number): CastLine[] {
    // Nearly all output is valid and not cut.
    if (bytes.length > 0 && decoder.isWhole(bytes)) {
      lastMicros = Math.max(lastMicros, timeMicros);
      return [{ text: formatOutput(lastMicros, bytes), timeMicros: lastMicros, outputBytes: bytes.length }];
    }
    const text = decoder.decode(bytes);
    unwrittenBytes += bytes.length;
    if (text === '') return [];
    const outputBytes = unwrittenBytes - decoder.tail.length;
    unwrittenBytes = decoder.tail.length;
    return format({ kind: 'output', timeMicros, text }, outputBytes);
  }

  function hold(bytes: Uint8Array, timeMicros: number): void {
    held ??= { timeMicros, chunks: [], bytes: 0, latestMicros: timeMicros };
    held.chunks.push(bytes);
    held.bytes += bytes.length;
    held.latestMicros = timeMicros;
  }

  function releaseAll(): CastLine[] {
    if (!held) return [];
    const { chunks, timeMicros } = held;
    held = undefined;
    return encode(join(chunks), timeMicros);
  }

  function release(timeMicros: number): CastLine[] {
    if (!held) return [];
    if (timeMicros - held.timeMicros >= MAX_HOLD_MICROS) return releaseAll();
    const output = held;
    const bytes = join(output.chunks);
    const end = bytes.length - unfinishedEscapeBytes(bytes);
    held = undefined;
    if (end < bytes.length) {
      // A copy: `bytes` may be the memory that is joined in.
      const rest = new Uint8Array(bytes.subarray(end));
      hold(rest, end === 0 ? output.timeMicros : output.latestMicros);
    }
    return encode(bytes.subarray(0, end), output.timeMicros);
  }

  function take(bytes: Uint8Array, timeMicros: number): CastLine[] {
    const lines: CastLine[] = [];
    if (held && timeMicros - held.timeMicros >= COALESCE_MICROS) lines.push(...release(timeMicros));
    hold(bytes, timeMicros);
    if (held && held.bytes >= COALESCE_BYTES) lines.push(...release(timeMicros));
    return lines;
  }

  return {
    output(bytes, timeMicros) {
      const lines: CastLine[] = [];
      for (let start = 0; start < bytes.length; start += COALESCE_BYTES) {
        lines.push(...take(bytes.subarray(start, start + COALESCE_BYTES), timeMicros));
      }
      return lines;
    },
    event: (event) => [...releaseAll(), ...format(event)],
    release,
    releaseAll,
    finish(timeMicros) {
      const lines = releaseAll();
      const text = decoder.finish();
      return text === ''
        ? lines
        : [...lines, ...format({ kind: 'output', timeMicros, text }, unwrittenBytes)];
    },
    get heldBytes() {
      return held?.bytes ?? 0;
    },
    get invalidBytes() {
      return decoder.invalidBytes;
    },
    get tail() {
      return decoder.tail;
    },
    get lastMicros() {
      return lastMicros;
    },
  };
}

/** What is joined is in a line before anything else is: it takes the same memory each time, which nobody has to free. */
const joined = Buffer.allocUnsafeSlow(2 * COALESCE_BYTES);

function join(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1 && chunks[0]) return chunks[0];
  let end = 0;
  for (const chunk of chunks) {
    joined.set(chunk, end);
    end += chunk.length;
  }
  return joined.subarray(0, end);
}
