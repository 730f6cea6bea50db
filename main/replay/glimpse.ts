import type { Recording } from '../library/recording.ts';
import { type CastItem, findMoment, readCast } from '../recording/cast/cast-reader.ts';
import { showOutput } from '../recording/cast/shown-output.ts';

/** Many screens of output, which a page shows at once. */
const GLIMPSE_BYTES = 128 * 1024;

/** The events of the last stretch up to that moment. Throws as `readCast`. */
export async function* readGlimpse(
  recording: Pick<Recording, 'path' | 'hasTty'>,
  timeMicros: number,
  options: { readonly signal: AbortSignal },
): AsyncGenerator<CastItem> {
  const { path } = recording;
  const offset = await findMoment(path, timeMicros, options);
  const fromOffset = Math.max(0, offset - GLIMPSE_BYTES);
  for await (const item of showOutput(readCast(path, { fromOffset, ...options }), recording)) {
    // The first line was cut by where we began.
    if (item.kind !== 'event') continue;
    if (item.event.timeMicros > timeMicros) return;
    yield item;
  }
}
