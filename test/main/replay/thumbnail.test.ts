// covers: main/replay/busiest-moment.ts
import { describe, expect, test } from 'vitest';
import { type CastEvent, formatEvent, formatHeader, parseEvent } from '../../../main/recording/cast/cast.ts';
import type { CastItem } from '../../../main/recording/cast/cast-reader.ts';
import { readCast } from '../../../main/recording/cast/cast-reader.ts';
import { busiestOf, drawBusiestMoment } from '../../../main/replay/busiest-moment.ts';
import { createReplayTerminal } from '../../../main/replay/replay-terminal.ts';
import { drawThumbnail } from '../../../main/replay/thumbnail.ts';
import { createTimelineBuilder } from '../../../main/replay/timeline.ts';
import type { ThumbnailScreen } from '../../../preload/contract-replay.ts';
import { pathOfRealRecording, REAL_PROGRAMS } from '../../fakes/real-recordings.ts';

const SIZE = { cols: 40, rows: 5 };
const { signal } = new AbortController();

type Drawn = Omit<ThumbnailScreen, 'timeMicros'>;

async function draw(text: string, size = SIZE): Promise<Drawn | undefined> {
  const terminal = createReplayTerminal(size);
  try {
    await terminal.show({ kind: 'output', timeMicros: 0, text });
    await terminal.settle();
    return drawThumbnail(terminal.terminal);
  } finally {
    terminal.dispose();
  }
}

function textOf({ rows }: Drawn): string[] {
  return rows.map((runs) => runs.reduce((line, { column, text }) => line.padEnd(column) + text, ''));
}

describe('a thumbnail', () => {
  test('holds what stands on the screen, in runs of one look', async () => {
    const drawn = await draw('plain \x1b[31mred\x1b[0m\r\n\r\n  \x1b[38;2;1;2;3;48;5;200mx \x1b[0m');
    expect(drawn).toEqual({
      size: SIZE,
      rows: [
        [
          { column: 0, cols: 5, text: 'plain' },
          { column: 6, cols: 3, text: 'red', fg: 1 },
        ],
        [],
        [{ column: 2, cols: 2, text: 'x ', fg: '#010203', bg: 200 }],
      ],
    });
  });

  test('shows swapped colours as they are seen', async () => {
    const drawn = await draw('\x1b[7mbar\x1b[32mok\x1b[0m');
    expect(drawn?.rows).toEqual([
      [
        { column: 0, cols: 3, text: 'bar', fg: 'ground', bg: 'text' },
        { column: 3, cols: 2, text: 'ok', fg: 'ground', bg: 2 },
      ],
    ]);
  });

  test('knows where wide characters stand', async () => {
    const drawn = await draw('日本x');
    expect(drawn?.rows).toEqual([
      [
        { column: 0, cols: 4, text: '日本' },
        { column: 4, cols: 1, text: 'x' },
      ],
    ]);
  });

  test('hides what the program hides, and is none where nothing is seen', async () => {
    expect(await draw('\x1b[8msecret\x1b[0m shown')).toEqual({
      size: SIZE,
      rows: [[{ column: 7, cols: 5, text: 'shown' }]],
    });
    expect(await draw('   \r\n  ')).toBeUndefined();
  });

  test('of a huge and colourful screen is bounded', async () => {
    const size = { cols: 900, rows: 300 };
    const line = Array.from(
      { length: size.cols },
      (_, column) => `\x1b[38;5;${column % 256}m${column % 10}`,
    ).join('');
    const drawn = await draw(Array.from({ length: size.rows }, () => line).join('\r\n'), size);
    expect(drawn?.size).toEqual({ cols: 160, rows: 48 });
    expect(JSON.stringify(drawn).length).toBeLessThan(64 * 1024);
    expect(drawn?.rows).toHaveLength(48);
  });
});

function itemsOf(events: readonly CastEvent[], size = SIZE): CastItem[] {
  let offset = 0;
  const place = (line: string): { offset: number; nextOffset: number } => {
    const from = offset;
    offset += Buffer.byteLength(line);
    return { offset: from, nextOffset: offset };
  };
  return [
    { kind: 'header', header: { size }, ...place(formatHeader({ size })) },
    ...events.map((event): CastItem => {
      const line = formatEvent(event);
      return { kind: 'event', event: parseEvent(line), ...place(line) };
    }),
  ];
}

function readOf(items: readonly CastItem[]): (fromOffset: number) => AsyncIterable<CastItem> {
  return async function* (fromOffset) {
    for (const item of items) if (item.offset >= fromOffset) yield item;
  };
}

function output(seconds: number, text: string): CastEvent {
  return { kind: 'output', timeMicros: seconds * 1e6, text };
}

describe('the busiest moment', () => {
  test('is that of the stretch with the most output, its fullest screen', async () => {
    const read = readOf(
      itemsOf([
        output(1, '$ ls\r\n'),
        output(10, 'much\r\nmore\r\nof it all\r\n'),
        output(10.01, '\x1b[H\x1b[2J'),
        output(20, 'end'),
      ]),
    );
    const screen = await drawBusiestMoment({ read }, undefined);
    expect(screen?.timeMicros).toBe(10e6);
    expect(screen && textOf(screen)).toEqual(['$ ls', 'much', 'more', 'of it all']);
  });

  test('is drawn at the size that the screen had then', async () => {
    const read = readOf(
      itemsOf([
        output(1, 'a'),
        { kind: 'resize', timeMicros: 2e6, size: { cols: 20, rows: 3 } },
        output(30, 'wide as it was '.repeat(3)),
      ]),
    );
    expect((await drawBusiestMoment({ read }, undefined))?.size).toEqual({ cols: 20, rows: 3 });
  });

  test('is none of a recording that shows nothing', async () => {
    for (const events of [
      [],
      [output(1, '\x1b[2J')],
      [{ kind: 'marker', timeMicros: 1, label: 'x' } as const],
    ]) {
      expect(await drawBusiestMoment({ read: readOf(itemsOf(events)) }, undefined)).toBeUndefined();
    }
  });

  test('late in a long recording is shown without showing what was long before', async () => {
    const noise = `${'early '.repeat(1_000)}\r\n`;
    const events = Array.from({ length: 600 }, (_, index) => output(index, noise));
    const items = itemsOf([...events, output(1_000, 'late '.repeat(40_000))]);
    let shownFrom = Number.POSITIVE_INFINITY;
    let readings = 0;
    const screen = await drawBusiestMoment(
      {
        read(fromOffset) {
          readings += 1;
          if (readings === 2) shownFrom = fromOffset;
          return readOf(items)(fromOffset);
        },
      },
      undefined,
    );
    expect(screen?.timeMicros).toBe(1_000e6);
    expect(readings).toBe(2);
    expect(shownFrom).toBeGreaterThan(2_000_000);
  });

  for (const program of REAL_PROGRAMS) {
    test(`of ${program} is the same with and without a survey`, async () => {
      const read = (fromOffset: number): AsyncIterable<CastItem> =>
        readCast(pathOfRealRecording(program), { fromOffset, signal });
      const builder = createTimelineBuilder();
      for await (const item of read(0)) builder.push(item);
      const known = busiestOf(builder.timeline(), [], { cols: 100, rows: 30 });
      const screen = await drawBusiestMoment({ read }, undefined);
      expect(screen?.rows.flat().length).toBeGreaterThan(0);
      expect(await drawBusiestMoment({ read }, known)).toEqual(screen);
    });
  }
});
