import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CastPart } from '../../../main/exchange/cast-part.ts';
import { type Drawing, FRAME_MICROS, filmGif, LAST_FRAME_MICROS } from '../../../main/exchange/gif-film.ts';
import { GIF_DEFAULTS, GIF_LIMITS, type GifPlan, type GifReport } from '../../../main/exchange/gif-plan.ts';
import type { CastEvent } from '../../../main/recording/cast/cast.ts';
import { collect, toParts } from '../../fakes/cast-parts.ts';
import { chromiumPath, launchChromium } from '../../fakes/chromium.ts';
import { drawing, terminalFont } from '../../fakes/drawing.ts';
import { type ReadGif, readGif } from '../../fakes/gif-reader.ts';

const SIZE = { cols: 20, rows: 4 };
const PLAN: GifPlan = { ...GIF_DEFAULTS, size: SIZE, limits: GIF_LIMITS };
const GROUND = '#11151c';

function outputAt(seconds: number, text: string): CastEvent {
  return { kind: 'output', timeMicros: Math.round(seconds * 1_000_000), text };
}

interface Filmed {
  readonly file: Buffer;
  readonly report: GifReport;
}

async function film(
  events: readonly CastEvent[],
  changes: Partial<GifPlan> = {},
  needs: { readonly drawing?: Drawing; readonly nowMs?: () => number } = {},
): Promise<Filmed> {
  const parts = toParts(events, SIZE);
  const made = filmGif({ drawing, nowMs: () => 0, ...needs }, parts, { ...PLAN, ...changes });
  const file = Buffer.concat(await collect(made.chunks));
  return { file, report: made.report() };
}

test('where no font is there for it, nothing is written and it is said what helps', async () => {
  const GlobalFonts = { ...drawing.GlobalFonts, families: [{ family: 'DejaVu Serif', styles: [] }] };
  await expect(film([outputAt(0, 'x')], {}, { drawing: { ...drawing, GlobalFonts } })).rejects.toMatchObject({
    code: 'not-found',
    message: 'no monospace font is installed to draw a terminal with',
  });
});

describe.skipIf(!terminalFont)('with a font', () => {
  const busy = Array.from({ length: 50 }, (_, index) => outputAt(index, `${index} `));

  test.each([
    ['pictures', { frames: 9 }, 'more than 9 pictures', '--from'],
    ['bytes', { bytes: 1024 }, 'MiB', '--from'],
    ['pixels', { pixels: 10_000 }, 'is too large', '--font-size'],
  ])('too many %s end it with what helps', async (_, limits, message, hint) => {
    await expect(film(busy, { limits: { ...GIF_LIMITS, ...limits } })).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });

  test('so does work that takes too long', async () => {
    let now = 0;
    const nowMs = (): number => {
      now += 60_000;
      return now;
    };
    await expect(film(busy, {}, { nowMs })).rejects.toMatchObject({
      message: 'drawing the animation takes longer than 5 minutes',
    });
  });

  test('waiting for the recording, and for whoever takes the file, is no work', async () => {
    let now = 0;
    async function* slow(): AsyncGenerator<CastPart> {
      for await (const part of toParts(busy, SIZE)) {
        now += 600_000;
        yield part;
      }
    }
    const made = filmGif({ drawing, nowMs: () => now }, slow(), PLAN);
    for await (const _ of made.chunks) now += 600_000;
    expect(made.report().frames).toBe(busy.length);
  });

  test('pauses are cut and counted, and the speed is that of what is left', async () => {
    const events = [outputAt(0, 'a'), outputAt(1, 'b'), outputAt(31, 'c')];
    const { report } = await film(events, { idleLimitSeconds: 3, speed: 2 });
    expect(report).toMatchObject({
      frames: 3,
      cutMicros: 27_000_000,
      durationMicros: 500_000 + 1_500_000 + LAST_FRAME_MICROS,
    });
  });

  test('no pause is longer than a GIF can say', async () => {
    const { report } = await film([outputAt(0, 'a'), outputAt(5_000, 'b')], { idleLimitSeconds: 1e9 });
    expect(report).toMatchObject({ frames: 2, durationMicros: 60_000_000 + LAST_FRAME_MICROS });
  });

  test('what changes faster is seen at the rate of the pictures', async () => {
    const events = Array.from({ length: 1_000 }, (_, index) => outputAt(index / 1_000, `\r${index}`));
    const { report } = await film(events);
    expect(report.frames).toBe(1_000_000 / FRAME_MICROS);
  });

  test('a preview ends after its pictures', async () => {
    expect((await film(busy, { mostFrames: 5 })).report.frames).toBe(5);
  });

  describe.skipIf(!chromiumPath)('in a browser', () => {
    let browser: Browser;
    let page: Page;
    beforeAll(async () => {
      browser = await launchChromium();
      page = await browser.newPage();
    });
    afterAll(() => browser.close());

    async function see(events: readonly CastEvent[], changes: Partial<GifPlan> = {}): Promise<ReadGif> {
      return readGif(page, (await film(events, changes)).file);
    }

    /** The middle of a cell, in a picture that is as large as it says. */
    function cellAt({ width, height }: ReadGif, column: number, row: number): [x: number, y: number] {
      const [cellWidth, cellHeight] = [(width - 24) / SIZE.cols, (height - 24) / SIZE.rows];
      return [Math.floor(12 + (column + 0.5) * cellWidth), Math.floor(12 + (row + 0.5) * cellHeight)];
    }

    test('each change is a picture, seen as long as the screen stood still', async () => {
      const gif = await see([
        outputAt(0, '\u001b[?25l'),
        outputAt(0.5, '\u001b[44m \u001b[0m'),
        outputAt(0.52, '\u001b[38;2;1;2;3m█\u001b[0m'),
        // Written anew, and the same as it was.
        outputAt(0.8, '\r\u001b[44m \u001b[0m\u001b[2C'),
        outputAt(1.5, '\u001b[48;5;196m \u001b[0m'),
      ]);
      expect(gif.delaysMs).toEqual([500, 1_000, LAST_FRAME_MICROS / 1_000]);
      const columns = gif.pictures.map((picture) =>
        [0, 1, 2, 3].map((column) => picture.at(...cellAt(gif, column, 0))),
      );
      expect(columns).toEqual([
        [GROUND, GROUND, GROUND, GROUND],
        ['#61afef', '#010203', GROUND, GROUND],
        ['#61afef', '#010203', GROUND, '#ff0000'],
      ]);
    });

    test('a cursor is drawn where it is, unless it is hidden', async () => {
      const gif = await see([outputAt(0, 'ab'), outputAt(1, '\u001b[?25l')]);
      const [shown, hidden] = gif.pictures;
      expect(shown?.at(...cellAt(gif, 2, 0))).not.toBe(GROUND);
      expect(hidden?.at(...cellAt(gif, 2, 0))).toBe(GROUND);
    });

    test('a screen that grows has room from the beginning, and one that shrinks leaves none behind', async () => {
      const events: CastEvent[] = [
        outputAt(0, '\u001b[?25l\u001b[41m\u001b[2J'),
        { kind: 'resize', timeMicros: 1_000_000, size: { cols: 10, rows: 2 } },
      ];
      const gif = await see(events);
      expect(gif.pictures.map((picture) => picture.at(...cellAt(gif, 15, 3)))).toEqual(['#e06c75', GROUND]);
      expect(gif.pictures.map((picture) => picture.at(...cellAt(gif, 5, 1)))).toEqual(['#e06c75', '#e06c75']);
    });

    test('the ground is exact in a picture of more colours than a palette has', async () => {
      const loud = Array.from({ length: 78 }, (_, index) => {
        const [text, behind] = [
          `${index * 3};${255 - index * 3};${(index * 37) % 256}`,
          `${(index * 67) % 256};${(index * 29) % 256};${index}`,
        ];
        return `\u001b[38;2;${text};48;2;${behind}m${'ae#@'[index % 4]}`;
      });
      const gif = await see([outputAt(0, '\u001b[?25lx'), outputAt(1, `\r${loud.join('')}\u001b[0m`)], {
        fontSize: 32,
      });
      const seen = gif.pictures.map((picture) => [
        picture.at(0, 0),
        picture.at(...cellAt(gif, 18, 3)),
        picture.at(...cellAt(gif, 19, 3)),
      ]);
      expect(seen).toEqual([
        [GROUND, GROUND, GROUND],
        [GROUND, GROUND, GROUND],
      ]);
      expect(gif.pictures[1]?.at(13, 13)).toBe('#000000');
    });
  });
});
