import { type CastEvent, parseEvent, parseHeader } from '../../recording/cast/cast.ts';
import { createLineSplitter, type Line } from '../../recording/cast/line-splitter.ts';

/** Lines of ours are under 512 KiB; a longer one is passed over. */
const MAX_LINE_BYTES = 1024 * 1024;

/** The events in the bytes of a cast, in their order; its header is the first of its sizes. What is none is passed over. */
export function createCastEvents(): { push(bytes: Uint8Array): CastEvent[] } {
  const splitter = createLineSplitter(0, MAX_LINE_BYTES);
  return { push: (bytes) => splitter.push(bytes).flatMap(readEvent) };
}

function readEvent({ offset, bytes, isTooLong }: Line): CastEvent[] {
  if (isTooLong) return [];
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  try {
    if (offset > 0) return [parseEvent(text)];
    return [{ kind: 'resize', timeMicros: 0, size: parseHeader(text).size }];
  } catch {
    return [];
  }
}
