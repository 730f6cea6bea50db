import { formatEvent, formatHeader, formatTimedEvent } from '../recording/cast/cast.ts';
import type { CastPart } from './cast-part.ts';

/** asciicast v2, lines with absolute times of microseconds. */
export async function* toCastV2(parts: AsyncIterable<CastPart>): AsyncGenerator<string> {
  for await (const part of parts) {
    yield part.kind === 'header' ? formatHeader(part.header) : formatEvent(part.event);
  }
}

/**
 * asciicast v3, lines with the time since the line before in milliseconds (docs.asciinema.org/manual/asciicast/v3).
 * What rounding takes from one line it gives to the next: no time is off by more than half a millisecond, however
 * many lines there are.
 */
export async function* toCastV3(parts: AsyncIterable<CastPart>): AsyncGenerator<string> {
  let writtenMs = 0;
  for await (const part of parts) {
    if (part.kind === 'header') {
      yield formatHeader(part.header, 3);
      continue;
    }
    const { event } = part;
    // Its readers want text there.
    if (event.kind === 'other' && typeof event.data !== 'string') continue;
    const deltaMs = Math.max(0, Math.round(event.timeMicros / 1_000) - writtenMs);
    writtenMs += deltaMs;
    yield formatTimedEvent(formatMs(deltaMs), event);
  }
}

function formatMs(ms: number): string {
  return `${Math.floor(ms / 1_000)}.${String(ms % 1_000).padStart(3, '0')}`;
}
