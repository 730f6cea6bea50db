import { AppError } from '../base/errors.ts';
import type { CastHeader } from '../recording/cast/cast.ts';
import { createScreen, type Screen } from '../terminal/screen.ts';
import { isWithinSequence } from '../terminal/snapshot.ts';
import type { CastPart } from './cast-part.ts';

/** Times of the recording; what happens at either end belongs to it. */
export interface CastRange {
  readonly fromMicros: number;
  readonly toMicros: number;
}

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
  let last = '';
  return {
    async take(text) {
      last = (last + text.slice(-LONGEST_TAIL)).slice(-LONGEST_TAIL);
      await screen.show(text);
    },
    resize: (size) => screen.resize(size),
    async finish() {
      const { sequences } = await screen.snapshot();
      const tail = isWithinSequence(screen.terminal) ? begunSequence(last) : '';
      return { size: screen.size, text: sequences + tail };
    },
    dispose: () => screen.dispose(),
  };
}

/** A sequence whose end is still to come. Terminals act on controls within one as they come: these are done. */
function begunSequence(text: string): string {
  return (BEGUN.exec(text)?.[0] ?? '').replace(CONTROLS, '');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: sequences begin with them
const BEGUN = /[\u001b\u0090\u0098\u009b\u009d-\u009f][^\u001b]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u001a\u001c-\u001f]/g;
