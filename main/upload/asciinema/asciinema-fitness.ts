import { createReadStream } from 'node:fs';
import * as v from 'valibot';
import { AppError, systemCode } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import { createLineSplitter, type Line } from '../../recording/cast/line-splitter.ts';

/** A cast that an asciinema server can take. */
export interface FitCast {
  readonly bytes: number;
  /** It may be refused all the same. */
  readonly warning?: string;
}

/**
 * What asciinema-server takes (asciinema-server 0915036, Asciinema.Recordings): 720 columns and 200 rows at the most, and
 * names of the environment in capitals; 8 MB where its owner has not set another limit (UPLOAD_SIZE_LIMIT).
 */
const MAX_COLS = 720;
const MAX_ROWS = 200;
const ENV_NAME = /^[A-Z0-9_]+$/;
const USUAL_LIMIT_BYTES = 8_000_000;
/** As the reader of casts has it; no server wants one that is longer. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;
const COMPRESSED: readonly (readonly [what: string, magic: Buffer])[] = [
  ['compressed by gzip', Buffer.of(0x1f, 0x8b)],
  ['compressed by zstd', Buffer.of(0x28, 0xb5, 0x2f, 0xfd)],
  ['encrypted', Buffer.from('age-encryption.org/')],
];

const extent = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));
const VersionSchema = v.object({ version: v.literal(2) });
const SizeSchema = v.object({ width: extent(MAX_COLS), height: extent(MAX_ROWS) });
const EnvSchema = v.object({
  env: v.nullish(v.record(v.pipe(v.string(), v.regex(ENV_NAME)), v.string())),
});
const TimestampSchema = v.object({ timestamp: v.optional(v.pipe(v.number(), v.integer())) });
/** Other programs write codes of their own, which pass as long as their data is text. */
const EventSchema = v.looseTuple([v.pipe(v.number(), v.minValue(0)), v.string(), v.string()]);

/**
 * Reads a cast that has ended from end to end, as the server will. Throws `recorder-refused`, in words about the recording,
 * where the server would not take it; `recording-unreadable` where it cannot be read.
 */
export async function checkFitness(
  path: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<FitCast> {
  const splitter = createLineSplitter(0, MAX_LINE_BYTES);
  let bytes = 0;
  let events = 0;
  function take(line: Line): void {
    if (line.offset === 0) checkHeader(line);
    else if (checkEvent(line)) events += 1;
  }
  for await (const chunk of readPieces(path, signal)) {
    if (bytes === 0) checkMagic(chunk);
    bytes += chunk.length;
    splitter.push(chunk).forEach(take);
  }
  const rest = splitter.rest();
  if (rest) take(rest);
  if (events === 0) throw unfit('it has no events');
  if (bytes <= USUAL_LIMIT_BYTES) return { bytes };
  return {
    bytes,
    warning: `it has ${bytes} bytes, and many asciinema servers take ${USUAL_LIMIT_BYTES} at the most`,
  };
}

async function* readPieces(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, { signal }) as AsyncIterable<Buffer>;
  } catch (cause) {
    signal.throwIfAborted();
    const words = `the recording ${path} could not be delivered: ${systemCode(cause) ?? cause}`;
    throw new AppError('recording-unreadable', words, { cause });
  }
}

function checkMagic(start: Buffer): void {
  for (const [what, magic] of COMPRESSED) {
    if (start.subarray(0, magic.length).equals(magic)) throw unfit(`it is ${what}`);
  }
}

function checkHeader(line: Line): void {
  const header = parseJson(toText(line));
  if (!v.is(VersionSchema, header)) throw unfit('its first line is no header of asciicast v2');
  if (!v.is(SizeSchema, header)) {
    const { width, height } = header as { readonly width?: unknown; readonly height?: unknown };
    throw unfit(
      `its terminal has ${String(width)}×${String(height)}, and from 1×1 to ${MAX_COLS}×${MAX_ROWS} is taken`,
    );
  }
  if (!v.is(EnvSchema, header)) {
    throw unfit(
      'its header has an environment with names that are not in capitals, or values that are no text',
    );
  }
  if (!v.is(TimestampSchema, header)) throw unfit('the time in its header is no whole number of seconds');
}

/** False for an empty line, which the server passes over. */
function checkEvent(line: Line): boolean {
  const text = toText(line);
  if (text === '') return false;
  if (!v.is(EventSchema, parseJson(text))) throw unfit(`the line at byte ${line.offset} is torn or damaged`);
  return true;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** No JSON where it is no UTF-8, or too long to be looked at. */
function toText({ bytes, isTooLong }: Line): string {
  try {
    return isTooLong ? NO_JSON : decoder.decode(bytes);
  } catch {
    return NO_JSON;
  }
}

const NO_JSON = '?';

function unfit(why: string): AppError {
  return new AppError('recorder-refused', `an asciinema server would refuse the recording: ${why}`, {
    hint: 'Export it with `kubereel export`, which mends what can be mended, and upload that by hand.',
  });
}
