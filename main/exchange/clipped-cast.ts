import { AppError } from '../base/errors.ts';
import type { CastHeader } from '../recording/cast.ts';
import { unfinishedEscapeBytes } from '../recording/escape-sequence.ts';
import type { CastPart } from './cast-part.ts';
import { createScreen, type Screen } from './screen.ts';

/** Times of the recording; what happens at either end belongs to it. */
export interface CastRange {
  readonly fromMicros: number;
  readonly toMicros: number;
}

/** Enough for the terminal to be fast, little enough to hold. */
const FEED_CHARACTERS = 256 * 1024;
/** An unfinished escape sequence is kept whole up to this. */
const LONGEST_TAIL = 512;

/**
 * A part of a recording as a recording of its own: it begins with the screen as it was, at time 0, and says nothing
 * else of what was before. Rejects with `bad-input` where the recording ends before the range begins.
 */
export async function* clipParts(
  parts: AsyncIterable<CastPart>,
  { fromMicros, toMicros }: CastRange,
): AsyncGenerator<CastPart> {
  let header: CastHeader | undefined;
  let before: Before | undefined;
  let lastMicros = 0;
  try {
    for await (const part of parts) {
      if (part.kind === 'header') {
        header = part.header;
        if (fromMicros === 0) yield part;
        else before = createBefore(createScreen(header.size, 0));
        continue;
      }
      const { event } = part;
      lastMicros = event.timeMicros;
      if (event.timeMicros > toMicros) break;
      if (before && event.timeMicros < fromMicros) {
        if (event.kind === 'output') await before.take(event.text);
        else if (event.kind === 'resize') await before.resize(event.size);
        continue;
      }
      if (before && header) {
        yield* beginAt(header, before, fromMicros);
        before.dispose();
        before = undefined;
      }
      yield { kind: 'event', event: { ...event, timeMicros: event.timeMicros - fromMicros } };
    }
    // Nothing happened in it, and it is within the recording: the screen stood still.
    if (before && header && lastMicros >= fromMicros) {
      yield* beginAt(header, before, fromMicros);
    } else if (before) {
      const end = (lastMicros / 1_000_000).toFixed(3);
      throw new AppError('bad-input', `the recording ends before that, after ${end} s`);
    }
  } finally {
    before?.dispose();
  }
}

async function* beginAt(header: CastHeader, before: Before, fromMicros: number): AsyncGenerator<CastPart> {
  const { size, text } = await before.finish();
  const { startedAtSeconds } = header;
  const started =
    startedAtSeconds === undefined
      ? {}
      : { startedAtSeconds: startedAtSeconds + Math.floor(fromMicros / 1_000_000) };
  yield { kind: 'header', header: { ...header, size, ...started } };
  yield { kind: 'event', event: { kind: 'output', timeMicros: 0, text } };
}

/** What is known of the time before a range. */
interface Before {
  take(text: string): Promise<void>;
  resize(size: CastHeader['size']): Promise<void>;
  finish(): Promise<{ readonly size: CastHeader['size']; readonly text: string }>;
  dispose(): void;
}

function createBefore(screen: Screen): Before {
  let waiting = '';

  async function feed(keep: number): Promise<void> {
    const end = Math.max(0, waiting.length - keep);
    if (end > 0) await screen.write(waiting.slice(0, end));
    waiting = waiting.slice(end);
  }

  return {
    async take(text) {
      waiting += text;
      if (waiting.length >= FEED_CHARACTERS) await feed(LONGEST_TAIL);
    },
    async resize(size) {
      await feed(0);
      screen.resize(size);
    },
    async finish() {
      const tail = tailOf(waiting);
      await feed(tail.length);
      return { size: screen.size, text: (await screen.serialize()) + tail };
    },
    dispose: () => screen.dispose(),
  };
}

/** An escape sequence whose end is still to come: the screen knows nothing of it. */
function tailOf(text: string): string {
  const bytes = Buffer.from(text.slice(-LONGEST_TAIL));
  return bytes.subarray(bytes.length - unfinishedEscapeBytes(bytes)).toString();
}
