import type { SKRSContext2D } from '@napi-rs/canvas';
import { describe, expect, test } from 'vitest';
import { createScreenPainter, measureCell, pictureSize } from '../../../main/exchange/screen-painter.ts';
import { createScreen } from '../../../main/terminal/screen.ts';
import { drawing, terminalFont } from '../../fakes/drawing.ts';

const SIZE = { cols: 12, rows: 3 };
const MARGIN = 12;

function createStage() {
  const family = terminalFont ?? '';
  const probe = drawing.createCanvas(1, 1).getContext('2d');
  const metrics = measureCell(probe, family, 16);
  const picture = pictureSize(SIZE, metrics);
  const context = drawing.createCanvas(picture.width, picture.height).getContext('2d', { alpha: false });
  const painter = createScreenPainter({ context, family, fontSize: 16, metrics }, picture);
  const screen = createScreen(SIZE, 0);
  return { context, painter, picture, screen, metrics };
}

/** What stands in a cell, or in several. */
function cells(
  { context, metrics }: ReturnType<typeof createStage>,
  column: number,
  row: number,
  columns = 1,
): Buffer {
  const { data } = context.getImageData(
    MARGIN + column * metrics.width,
    MARGIN + row * metrics.height,
    columns * metrics.width,
    metrics.height,
  );
  return Buffer.from(data);
}

async function drawn(text: string): Promise<ReturnType<typeof createStage>> {
  const stage = createStage();
  await stage.screen.write(`\u001b[?25l${text}`);
  stage.painter.paint(stage.screen);
  stage.screen.dispose();
  return stage;
}

function pixelsOf(context: SKRSContext2D): Buffer {
  return Buffer.from(context.getImageData(0, 0, context.canvas.width, context.canvas.height).data);
}

describe.skipIf(!terminalFont)('a painter of screens', () => {
  test('draws all at first, then only what has changed', async () => {
    const { painter, picture, screen, metrics } = createStage();
    await screen.write('\u001b[?25labc\r\ndef');
    expect(painter.paint(screen)).toEqual(picture);
    expect(painter.paint(screen)).toBeUndefined();
    await screen.write('\u001b[2;2HX\u001b[3;5HY');
    expect(painter.paint(screen)).toEqual({
      x: MARGIN + metrics.width,
      y: MARGIN + metrics.height,
      width: 4 * metrics.width,
      height: 2 * metrics.height,
    });
    await screen.write('\u001b[2;2HX');
    expect(painter.paint(screen)).toBeUndefined();
    screen.dispose();
  });

  test('what is drawn in steps is what is drawn at once', async () => {
    const steps = [
      '漢字 wide\r\n',
      '\u001b[1;1Hab',
      '\u001b[1;2H漢',
      '\u001b[3;1H\u001b[1;4;9mbold\u001b[0m',
      '\u001b[3;2H\u001b[3mfff\u001b[0m',
      '\u001b[2;1H😀e\u0301│',
      '\u001b[1;1H\u001b[K',
    ];
    const stage = createStage();
    await stage.screen.write('\u001b[?25l');
    for (const step of steps) {
      await stage.screen.write(step);
      stage.painter.paint(stage.screen);
    }
    stage.screen.dispose();
    const once = await drawn(steps.join(''));
    expect(pixelsOf(stage.context).equals(pixelsOf(once.context))).toBe(true);
  });

  test.each([
    ['bold', '1'],
    ['dim', '2'],
    ['italic', '3'],
    ['underlined', '4'],
    ['inverse', '7'],
    ['struck through', '9'],
    ['overlined', '53'],
    ['coloured', '31'],
    ['bright', '91'],
    ['of the 256', '38;5;22'],
    ['of 24 bits', '38;2;1;2;200'],
  ])('%s text looks different', async (_, code) => {
    const [plain, styled] = [await drawn('M'), await drawn(`\u001b[${code}mM`)];
    expect(cells(styled, 0, 0).equals(cells(plain, 0, 0))).toBe(false);
    expect(cells(styled, 1, 0).equals(cells(plain, 1, 0))).toBe(true);
  });

  test('hidden text is not in the picture', async () => {
    const [hidden, blank] = [await drawn('\u001b[8msecret'), await drawn('')];
    expect(pixelsOf(hidden.context).equals(pixelsOf(blank.context))).toBe(true);
  });

  test('what no font has is drawn, and as the same sign as any other that is missing', async () => {
    const stage = await drawn('\u0378\u0379 ');
    expect(cells(stage, 0, 0).equals(cells(stage, 2, 0))).toBe(false);
    expect(cells(stage, 0, 0).equals(cells(stage, 1, 0))).toBe(true);
  });

  test('lines and blocks go from edge to edge', async () => {
    const stage = await drawn('──┼──\r\n  │\r\n██');
    const { data } = stage.context.getImageData(
      MARGIN,
      MARGIN,
      5 * stage.metrics.width,
      stage.metrics.height,
    );
    const ink = Buffer.from(data).subarray(0);
    const [width, { height, line }] = [5 * stage.metrics.width, stage.metrics];
    const row = Math.floor((height - line) / 2);
    const pixels = Array.from({ length: width }, (_, column) =>
      ink.subarray((row * width + column) * 4, (row * width + column) * 4 + 3).toString('hex'),
    );
    expect(new Set(pixels)).toEqual(new Set(['d8dee9']));
    expect(new Set(cells(stage, 0, 2, 2).toString('hex').match(/.{8}/g))).toEqual(new Set(['d8dee9ff']));
  });
});
