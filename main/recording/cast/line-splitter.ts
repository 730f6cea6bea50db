/** A line of a file, without its line end. */
export interface Line {
  /** Empty for a line that was too long to keep. */
  readonly bytes: Uint8Array;
  readonly isTooLong: boolean;
  readonly offset: number;
  /** After the line end. */
  readonly nextOffset: number;
}

/**
 * Splits bytes at 0x0A and nowhere else: a line may hold any character, U+2028 among them.
 * A line that goes on for more than `maxBytes` is dropped as it comes, so that memory stays bounded.
 */
export interface LineSplitter {
  /** The lines that this chunk completes, valid until the next call. */
  push(chunk: Uint8Array): Line[];
  /** What came after the last line end; absent where nothing did. */
  rest(): Line | undefined;
}

export function createLineSplitter(startOffset: number, maxBytes: number): LineSplitter {
  let started: Uint8Array[] = [];
  let startedBytes = 0;
  let offset = startOffset;

  function start(part: Uint8Array): void {
    startedBytes += part.length;
    if (startedBytes <= maxBytes) started.push(part);
    else started = [];
  }

  function finish(lineEndBytes: number): Line {
    const isTooLong = startedBytes > maxBytes;
    const nextOffset = offset + startedBytes + lineEndBytes;
    const line = { bytes: join(started), isTooLong, offset, nextOffset };
    started = [];
    startedBytes = 0;
    offset = nextOffset;
    return line;
  }

  return {
    push(chunk) {
      const lines: Line[] = [];
      let position = 0;
      for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, position)) {
        start(chunk.subarray(position, end));
        lines.push(finish(1));
        position = end + 1;
      }
      // A copy: the chunk belongs to the caller, who may fill it again.
      if (position < chunk.length) start(new Uint8Array(chunk.subarray(position)));
      return lines;
    },
    rest: () => (startedBytes > 0 ? finish(0) : undefined),
  };
}

const LINE_END = 0x0a;

function join(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}
