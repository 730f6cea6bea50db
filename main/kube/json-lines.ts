/** An object in etcd is at most 1.5 MiB and a line of a watch holds one: eight leaves room for its JSON. */
export const MAX_LINE_BYTES: number = 8 * 1024 * 1024;

const NEWLINE = 0x0a;

/**
 * The lines of a stream that may be cut at any byte; empty ones and an unfinished last one are left out. Throws
 * what `onTooLong` makes at a line above 8 MiB, without having kept more of it.
 */
export async function* splitJsonLines(
  chunks: AsyncIterable<Uint8Array>,
  onTooLong: () => Error,
): AsyncGenerator<string> {
  // The parts of the line so far: joined once, as adding each to a growing text costs its square.
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      parts.push(chunk.subarray(start, end));
      const line = Buffer.concat(parts).toString('utf8').trim();
      parts = [];
      length = 0;
      start = end + 1;
      if (line !== '') yield line;
    }
    length += chunk.byteLength - start;
    if (length > MAX_LINE_BYTES) throw onTooLong();
    if (start < chunk.byteLength) parts.push(chunk.subarray(start));
  }
}
