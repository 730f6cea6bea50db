/** A flood goes no further: what forgets to kill it must not fill the disk. */
export const FLOOD_LIMIT_BYTES: number = 64 * 1024 * 1024;

/** A flood whose every byte is known beforehand: line after line, each with its number, characters and escapes. */
export function floodLine(number: number): Buffer {
  return Buffer.from(`${number} ${'grüße \u001b[1m€\u001b[0m '.repeat(number % 50)}\r\n`);
}

/** What has been made of it so far, and where each line of that ends: making it costs more than comparing with it. */
let made: Buffer = Buffer.alloc(0);
const lineEnds: number[] = [];

/** Its first bytes, as many as are asked for; not to be written to. */
export function floodStart(byteCount: number): Buffer {
  // Twice as much at least, so that what grows is seldom copied.
  const wantedBytes = byteCount > made.length ? Math.max(byteCount, 2 * made.length) : 0;
  const lines = [made];
  let bytes = made.length;
  while (bytes < wantedBytes) {
    const line = floodLine(lineEnds.length);
    lines.push(line);
    bytes += line.length;
    lineEnds.push(bytes);
  }
  if (lines.length > 1) made = Buffer.concat(lines);
  return made.subarray(0, byteCount);
}

/** Of so many lines, in bytes. */
export function floodLength(lineCount: number): number {
  while (lineEnds.length < lineCount) floodStart(made.length + 1);
  return lineEnds[lineCount - 1] ?? 0;
}

/** What a writer was given, told beside it, so that it outlives the program. */
export interface GivenLine {
  readonly writer: number;
  /** This line was about to be given; all before it had been. */
  readonly line: number;
  /** For how many milliseconds the program had run then; what it waited for a processor is not among them. */
  readonly ranMs: number;
}

export const GIVEN_BYTES: number = 16;

export function formatGiven({ writer, line, ranMs }: GivenLine): Buffer {
  const record = Buffer.alloc(GIVEN_BYTES);
  record.writeUInt32LE(writer, 0);
  record.writeUInt32LE(line, 4);
  record.writeDoubleLE(ranMs, 8);
  return record;
}

/** In order; without one that was torn. */
export function parseGiven(log: Buffer): GivenLine[] {
  const given: GivenLine[] = [];
  for (let at = 0; at + GIVEN_BYTES <= log.length; at += GIVEN_BYTES) {
    given.push({
      writer: log.readUInt32LE(at),
      line: log.readUInt32LE(at + 4),
      ranMs: log.readDoubleLE(at + 8),
    });
  }
  return given;
}
