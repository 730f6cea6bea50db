import { AppError } from '../base/errors.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import type { CastPart } from './cast-part.ts';
import type { CastRange } from './clipped-cast.ts';

/** How a recording becomes an animated GIF. */
export interface GifWish {
  /** 2 is twice as fast. */
  readonly speed: number;
  /** Longer pauses are cut to this, by the recording's time. */
  readonly idleLimitSeconds: number;
  /** Pixels. */
  readonly fontSize: number;
  /** Ends after as many: for a preview. */
  readonly mostFrames?: number | undefined;
}

export const GIF_DEFAULTS: GifWish = { speed: 1, idleLimitSeconds: 2, fontSize: 16 };
const SMALLEST_FONT = 6;
const LARGEST_FONT = 48;
const LEAST_SPEED = 0.1;
const MOST_SPEED = 100;
/** A pause in a GIF is counted in hundredths of a second, with 16 bits. */
export const LONGEST_PAUSE_SECONDS = 60;

/** What an animation may cost; beyond, it ends with `bad-input` and words that say what helps. */
export interface GifLimits {
  /** Five minutes in which something changes all the time. */
  readonly frames: number;
  /** Of the picture. */
  readonly pixels: number;
  /** Of the file. */
  readonly bytes: number;
  /** Spent with drawing it, on whatever machine; reading and writing are not counted. */
  readonly workMs: number;
}

export const GIF_LIMITS: GifLimits = {
  frames: 3_000,
  pixels: 4_000_000,
  bytes: 64 * 1024 * 1024,
  workMs: 5 * 60_000,
};

/** All that drawing needs to know before it sees the recording. */
export interface GifPlan extends GifWish {
  /** The largest in the range: a picture in a GIF never grows. */
  readonly size: TerminalSize;
  readonly limits: GifLimits;
}

/** What has been drawn. */
export interface GifReport {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** Once through. */
  readonly durationMicros: number;
  /** Taken out of pauses, by the recording's time. */
  readonly cutMicros: number;
}

/** Throws `bad-input` for what nobody can mean. */
export function checkGifWish({ speed, idleLimitSeconds, fontSize }: GifWish): void {
  if (!(speed >= LEAST_SPEED && speed <= MOST_SPEED)) {
    throw new AppError('bad-input', `the speed of a GIF is between ${LEAST_SPEED} and ${MOST_SPEED}`);
  }
  if (!(idleLimitSeconds > 0)) throw new AppError('bad-input', 'the longest pause is above 0 seconds');
  if (!(fontSize >= SMALLEST_FONT && fontSize <= LARGEST_FONT)) {
    throw new AppError(
      'bad-input',
      `the font of a GIF has between ${SMALLEST_FONT} and ${LARGEST_FONT} pixels`,
    );
  }
}

/** The most columns and rows that the screen has within the range. */
export async function measureLargestSize(
  parts: AsyncIterable<CastPart>,
  { fromMicros, toMicros }: CastRange,
): Promise<TerminalSize> {
  let [cols, rows] = [1, 1];
  for await (const part of parts) {
    if (part.kind === 'header') ({ cols, rows } = part.header.size);
    else if (part.event.timeMicros > toMicros) break;
    else if (part.event.kind === 'resize') {
      const { size, timeMicros } = part.event;
      const isBefore = timeMicros < fromMicros;
      [cols, rows] = isBefore
        ? [size.cols, size.rows]
        : [Math.max(cols, size.cols), Math.max(rows, size.rows)];
    }
  }
  return { cols, rows };
}
