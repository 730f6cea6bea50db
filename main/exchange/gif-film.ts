import { AppError } from '../base/errors.ts';
import { createScreen, type Screen } from '../terminal/screen.ts';
import type { CastPart } from './cast-part.ts';
import { createGifFile, type GifFrame } from './gif-file.ts';
import { type GifPlan, type GifReport, LONGEST_PAUSE_SECONDS } from './gif-plan.ts';
import { limitColours } from './picture-colours.ts';
import { createScreenPainter, measureCell, pictureSize } from './screen-painter.ts';
import { chooseTerminalFont } from './terminal-font.ts';

/** What draws and encodes. */
export type Drawing = Pick<typeof import('@napi-rs/canvas'), 'createCanvas' | 'GlobalFonts' | 'GifEncoder'>;

export interface FilmNeeds {
  readonly drawing: Drawing;
  nowMs(): number;
}

export interface GifFilm {
  /** Iterated once. Throws `bad-input` where a limit is reached, `not-found` without a monospace font. */
  readonly chunks: AsyncGenerator<Uint8Array>;
  /** Complete once `chunks` has ended. */
  report(): GifReport;
}

/** Ten pictures a second: what happens in between is seen at once. A multiple of what a GIF counts, 10 ms. */
export const FRAME_MICROS = 100_000;
/** The last picture stands before it begins again. */
export const LAST_FRAME_MICROS = 1_500_000;
const SHORTER = 'Take a shorter range (--from, --to) or a higher speed (--speed).';
const SMALLER = 'Take a smaller font (--font-size).';

/** Plays a recording to a terminal without a window, and draws each change. Memory is bounded however long it is. */
export function filmGif(needs: FilmNeeds, parts: AsyncIterable<CastPart>, plan: GifPlan): GifFilm {
  const { drawing, nowMs } = needs;
  const { limits, speed } = plan;
  const idleMicros = Math.min(plan.idleLimitSeconds, LONGEST_PAUSE_SECONDS * speed) * 1_000_000;
  const mostFrames = plan.mostFrames ?? Number.POSITIVE_INFINITY;
  let workMs = 0;
  let frames = 0;
  let cutMicros = 0;
  let durationMicros = 0;
  let picture = { x: 0, y: 0, width: 0, height: 0 };

  /** Counts what is spent with drawing, and not what is waited for readers and writers. */
  function spend(sinceMs: number): void {
    workMs += nowMs() - sinceMs;
    if (workMs <= limits.workMs) return;
    const minutes = (limits.workMs / 60_000).toFixed(0);
    throw tooMuch(`drawing the animation takes longer than ${minutes} minutes`, SHORTER);
  }

  function prepare() {
    const { families } = drawing.GlobalFonts;
    const probe = drawing.createCanvas(1, 1).getContext('2d');
    const family = chooseTerminalFont(
      families.map((one) => one.family),
      (one) => {
        probe.font = `16px "${one}"`;
        return probe.measureText('i').width === probe.measureText('M').width;
      },
    );
    const metrics = measureCell(probe, family, plan.fontSize);
    picture = pictureSize(plan.size, metrics);
    const { width, height } = picture;
    if (width * height > limits.pixels) {
      throw tooMuch(`a picture of ${width}x${height} pixels is too large for an animation`, SMALLER);
    }
    const context = drawing.createCanvas(width, height).getContext('2d', { alpha: false });
    const painter = createScreenPainter({ context, family, fontSize: plan.fontSize, metrics }, picture);
    return { context, painter, file: createGifFile(drawing.GifEncoder, picture) };
  }

  async function* film(): AsyncGenerator<Uint8Array> {
    const { context, painter, file } = prepare();
    let screen: Screen | undefined;
    let lastMicros = 0;
    let playedMicros = 0;
    let tick = 0;
    let bytes = 0;
    /** Waits for how long it is seen. */
    let pending: (Omit<GifFrame, 'delayMs'> & { readonly tick: number }) | undefined;

    function* release(delayMicros: number): Generator<Uint8Array> {
      if (!pending) return;
      durationMicros += delayMicros;
      frames += 1;
      if (frames > limits.frames) {
        throw tooMuch(`the animation has more than ${limits.frames} pictures`, SHORTER);
      }
      const sinceMs = nowMs();
      const chunk = file.add({ ...pending, delayMs: delayMicros / 1_000 });
      spend(sinceMs);
      yield* count(chunk);
    }

    function* count(chunk: Uint8Array | undefined): Generator<Uint8Array> {
      if (!chunk) return;
      bytes += chunk.length;
      if (bytes > limits.bytes) {
        throw tooMuch(`the animation has more than ${limits.bytes / 1024 / 1024} MiB`, SHORTER);
      }
      yield chunk;
    }

    /** What the screen shows at the end of this tick is seen from its beginning. */
    async function* shoot(): AsyncGenerator<Uint8Array> {
      const sinceMs = nowMs();
      await screen?.settle();
      const box = screen && painter.paint(screen);
      const pixels = box && context.getImageData(box.x, box.y, box.width, box.height).data;
      if (pixels) limitColours(pixels);
      spend(sinceMs);
      if (!box || !pixels) return;
      if (pending) yield* release((tick - pending.tick) * FRAME_MICROS);
      pending = { box, pixels, tick };
    }

    try {
      for await (const part of parts) {
        if (part.kind === 'header') {
          screen = createScreen(part.header.size, 0);
          continue;
        }
        const { event } = part;
        const pause = event.timeMicros - lastMicros;
        lastMicros = event.timeMicros;
        cutMicros += Math.max(0, pause - idleMicros);
        playedMicros += Math.min(pause, idleMicros) / speed;
        const next = Math.floor(playedMicros / FRAME_MICROS);
        if (next > tick) {
          yield* shoot();
          tick = next;
          if (frames + 1 >= mostFrames) break;
        }
        const sinceMs = nowMs();
        if (event.kind === 'output') await screen?.show(event.text);
        else if (event.kind === 'resize') await screen?.resize(event.size);
        spend(sinceMs);
      }
      yield* shoot();
      yield* release(LAST_FRAME_MICROS);
      yield* count(file.finish());
    } finally {
      screen?.dispose();
    }
  }

  return {
    chunks: film(),
    report: () => ({ width: picture.width, height: picture.height, frames, durationMicros, cutMicros }),
  };
}

function tooMuch(message: string, hint: string): AppError {
  return new AppError('bad-input', message, { hint });
}
