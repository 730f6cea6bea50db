/** A flood goes no further: what forgets to kill it must not fill the disk. */
export const FLOOD_LIMIT_BYTES: number = 64 * 1024 * 1024;

/** A flood whose every byte is known beforehand: line after line, each with its number, characters and escapes. */
export function floodLine(number: number): Buffer {
  return Buffer.from(`${number} ${'grüße \u001b[1m€\u001b[0m '.repeat(number % 50)}\r\n`);
}

/** Its first bytes, as many as are asked for. */
export function floodStart(byteCount: number): Buffer {
  const lines: Buffer[] = [];
  let bytes = 0;
  for (let number = 0; bytes < byteCount; number += 1) {
    const line = floodLine(number);
    lines.push(line);
    bytes += line.length;
  }
  return Buffer.concat(lines).subarray(0, byteCount);
}

/** What a writer was given, told beside it, so that it outlives the program. */
export interface GivenLine {
  readonly writer: number;
  /** This line was about to be given; all before it had been. */
  readonly line: number;
  /** Monotonic, in milliseconds. */
  readonly atMs: number;
}

const GIVEN_BYTES = 16;

export function formatGiven({ writer, line, atMs }: GivenLine): Buffer {
  const record = Buffer.alloc(GIVEN_BYTES);
  record.writeUInt32LE(writer, 0);
  record.writeUInt32LE(line, 4);
  record.writeDoubleLE(atMs, 8);
  return record;
}

/** In order; without one that was torn. */
export function parseGiven(log: Buffer): GivenLine[] {
  const given: GivenLine[] = [];
  for (let at = 0; at + GIVEN_BYTES <= log.length; at += GIVEN_BYTES) {
    given.push({
      writer: log.readUInt32LE(at),
      line: log.readUInt32LE(at + 4),
      atMs: log.readDoubleLE(at + 8),
    });
  }
  return given;
}
