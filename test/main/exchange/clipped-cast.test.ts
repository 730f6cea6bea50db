import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clipParts } from '../../../main/exchange/clipped-cast.ts';
import type { CastEvent } from '../../../main/recording/cast/cast.ts';
import { collect, outputOf, showParts, toOutputs, toParts } from '../../fakes/cast-parts.ts';

const WHOLE = { fromMicros: 0, toMicros: Number.POSITIVE_INFINITY };
const size = { cols: 20, rows: 6 };

test('the whole range changes nothing', async () => {
  const events = toOutputs('a', 'b');
  expect(await collect(clipParts(toParts(events), WHOLE))).toEqual(await collect(toParts(events)));
});

test('a range begins at 0 with the screen as it was, at its size, and says nothing that had left it', async () => {
  const events: CastEvent[] = [
    ...toOutputs('secret\r\n'.repeat(30), '\u001b[2J\u001b[Hred \u001b[31mtext'),
    { kind: 'resize', timeMicros: 1_500_000, size },
    { kind: 'output', timeMicros: 3_000_000, text: ' goes on' },
    { kind: 'output', timeMicros: 9_000_000, text: 'later' },
  ];
  const range = { fromMicros: 2_000_000, toMicros: 8_000_000 };
  const parts = await collect(clipParts(toParts(events), range));
  expect(parts[0]).toEqual({ kind: 'header', header: { size, startedAtSeconds: 1_700_000_002 } });
  expect(parts.slice(1).map((part) => part.kind === 'event' && part.event.timeMicros)).toEqual([
    0, 1_000_000,
  ]);
  expect(outputOf(parts)).not.toMatch(/secret|later/);
  const whole = toParts(events.filter(({ timeMicros }) => timeMicros < 8_000_000));
  expect(await showParts(clipParts(toParts(events), range))).toEqual(await showParts(whole));
});

test('a range in which nothing happens shows the screen; one behind the end is refused', async () => {
  const events = toOutputs('a', 'b', 'c');
  const between = await collect(clipParts(toParts(events), { fromMicros: 1_200_000, toMicros: 1_300_000 }));
  expect(outputOf(between)).toContain('ab');
  await expect(
    collect(clipParts(toParts(events), { fromMicros: 3_000_000, toMicros: 4_000_000 })),
  ).rejects.toMatchObject({ code: 'bad-input', message: 'the recording ends before that, after 2.000 s' });
});

/** What programs do to a screen: full rows, the last column, margins, sequences cut by events. */
const MOVES = [
  ...[
    'word ',
    '漢字',
    'x'.repeat(20),
    'y'.repeat(33),
    '\r',
    '\r\n',
    '\u001b[H',
    '\u001b[2J',
    '\u001b[3;5H',
    '\u001b[?6h',
  ],
  ...[
    '\u001b[2;4r',
    '\u001b[r',
    '\u001b[K',
    '\u001b[1',
    ';1H',
    '\u001b[6;20Hz',
    '\u001b[6;20Hz\u001b[?25l',
    '\u001b]0;ti',
  ],
  ...['tle\u0007', '\u001b[A', '\u001b[1L', '\u001b[4h', '\u001bM', '\b', '\u001b[5;19H漢', '\u001b[P'],
];
const COLOURS = [
  '\u001b[31m',
  '\u001b[0m',
  '\u001b[1;7m',
  '\u001b[4',
  '8;5;200m',
  '\u001b[38;2;1;2;3m',
  '\u001b[93m',
];
const SCREENS = ['\u001b[?1049h', '\u001b[?1049l'];

test.each([
  ['in colours', [...MOVES, ...COLOURS]],
  ['on two screens', [...MOVES, ...SCREENS]],
  ['coming back to saved cursors in colours', [...MOVES, ...COLOURS, ...SCREENS, '\u001b7', '\u001b8']],
])(
  'the screen after a range is the screen after all of it, wherever the range begins: %s',
  async (_name, deeds) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.constantFrom(...deeds), { minLength: 1, maxLength: 6 }), {
          minLength: 2,
          maxLength: 20,
        }),
        fc.nat({ max: 18 }),
        async (pieces, place) => {
          const events = toOutputs(...alternate(pieces).map((words) => words.join('')));
          const from = Math.min(place, events.length - 1) * 1_000_000;
          const range = { fromMicros: from, toMicros: Number.POSITIVE_INFINITY };
          const clipped = await showParts(clipParts(toParts(events, size), range));
          expect(clipped).toEqual(await showParts(toParts(events, size)));
        },
      ),
      { numRuns: 60 },
    );
  },
);

/** Programs go to the second screen and come back, and do neither twice. */
function alternate(pieces: readonly (readonly string[])[]): string[][] {
  let isSecond = false;
  return pieces.map((words) =>
    words.filter((word) => {
      if (!SCREENS.includes(word)) return true;
      const isNews = (word === SCREENS[0]) !== isSecond;
      if (isNews) isSecond = !isSecond;
      return isNews;
    }),
  );
}
