// covers: main/exchange/gif-worker.ts
import { describe, expect, test } from 'vitest';
import type { CastPart } from '../../../main/exchange/cast-part.ts';
import { filmGif } from '../../../main/exchange/gif-film.ts';
import { GIF_DEFAULTS, GIF_LIMITS, type GifPlan, type GifReport } from '../../../main/exchange/gif-plan.ts';
import { drawGifInThread } from '../../../main/exchange/gif-thread.ts';
import { collect, toOutputs, toParts } from '../../fakes/cast-parts.ts';
import { drawing, terminalFont } from '../../fakes/drawing.ts';

const SIZE = { cols: 20, rows: 4 };
const PLAN: GifPlan = { ...GIF_DEFAULTS, size: SIZE, limits: GIF_LIMITS };
const { signal } = new AbortController();

describe.skipIf(!terminalFont)('a thread that draws', () => {
  test('gives the file that drawing here gives, and tells of it', async () => {
    const parts = (): AsyncIterable<CastPart> =>
      toParts(toOutputs(...Array.from({ length: 70 }, (_, index) => `${index} 漢\r\n`)), SIZE);
    const here = filmGif({ drawing, nowMs: () => 0 }, parts(), PLAN);
    const expected = Buffer.concat(await collect(here.chunks));
    const reports: GifReport[] = [];
    const chunks = await collect(
      drawGifInThread(parts(), PLAN, (report) => reports.push(report), { signal }),
    );
    expect(chunks.length).toBeGreaterThan(1);
    expect(Buffer.concat(chunks).equals(expected)).toBe(true);
    expect(reports).toEqual([here.report()]);
  });

  test('reads on only while its pictures are taken, and lets go of the recording with its reader', async () => {
    let read = 0;
    let isReleased = false;
    async function* endless(): AsyncGenerator<CastPart> {
      try {
        yield { kind: 'header', header: { size: SIZE } };
        for (;;) {
          read += 1;
          const text = `${read} `;
          yield { kind: 'event', event: { kind: 'output', timeMicros: read * 100_000, text } };
        }
      } finally {
        isReleased = true;
      }
    }
    const chunks = drawGifInThread(endless(), PLAN, () => {}, { signal });
    expect((await chunks.next()).done).toBe(false);
    // One message of the recording: nobody has asked for the next chunk.
    expect(read).toBeLessThanOrEqual(2_000);
    await chunks.return(undefined);
    expect(isReleased).toBe(true);
  });

  test('an abort ends it at once, in the middle of its work', async () => {
    const abort = new AbortController();
    async function* endless(): AsyncGenerator<CastPart> {
      yield { kind: 'header', header: { size: SIZE } };
      for (let index = 0; ; index += 1) {
        if (index === 3_000) abort.abort(new Error('enough'));
        yield { kind: 'event', event: { kind: 'output', timeMicros: index * 1_000, text: `${index} ` } };
      }
    }
    await expect(
      collect(drawGifInThread(endless(), PLAN, () => {}, { signal: abort.signal })),
    ).rejects.toThrow('enough');
  });

  test('what it refuses is told in its words', async () => {
    const limits = { ...GIF_LIMITS, pixels: 10 };
    const parts = toParts(toOutputs('x'), SIZE);
    await expect(
      collect(drawGifInThread(parts, { ...PLAN, limits }, () => {}, { signal })),
    ).rejects.toMatchObject({ code: 'bad-input', hint: 'Take a smaller font (--font-size).' });
  });

  test('what cannot be read is told as reading it tells', async () => {
    async function* broken(): AsyncGenerator<CastPart> {
      yield { kind: 'header', header: { size: SIZE } };
      throw new Error('the disk is gone');
    }
    await expect(collect(drawGifInThread(broken(), PLAN, () => {}, { signal }))).rejects.toThrow(
      'the disk is gone',
    );
  });
});
