import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CastEvent } from '../../../../main/recording/cast/cast.ts';
import type { CastItem } from '../../../../main/recording/cast/cast-reader.ts';
import { createLineEnds, showOutput } from '../../../../main/recording/cast/shown-output.ts';
import { collect } from '../../../fakes/cast-parts.ts';

const SIZE = { cols: 80, rows: 24 };
const pieces = fc.array(fc.string({ unit: fc.constantFrom('\r', '\n', 'a', 'é', '\u001b'), maxLength: 6 }));

function endLines(texts: readonly string[]): string {
  return texts.map(createLineEnds()).join('');
}

describe('line ends', () => {
  test('begin each line at the left, wherever output is cut', () => {
    expect(endLines(['a\nb\n'])).toBe('a\r\nb\r\n');
    expect(endLines(['a\r', '\nb\n', '\n'])).toBe('a\r\nb\r\n\r\n');
    expect(endLines(['a\r', '', '\nb'])).toBe('a\r\nb');
    fc.assert(
      fc.property(pieces, (texts) => {
        const shown = endLines(texts);
        expect(shown).toBe(endLines([texts.join('')]));
        expect(shown.replaceAll('\r\n', '\n')).toBe(texts.join('').replaceAll('\r\n', '\n'));
        expect(
          shown
            .split('\n')
            .slice(0, -1)
            .every((line) => line.endsWith('\r')),
        ).toBe(true);
      }),
    );
  });

  test('that are those of a terminal stay as they are', () => {
    fc.assert(
      fc.property(pieces, (texts) => {
        const shown = endLines(texts);
        expect(endLines([shown])).toBe(shown);
      }),
    );
  });
});

describe('a recording', () => {
  const events: CastEvent[] = [
    { kind: 'output', timeMicros: 1, text: 'a\r' },
    { kind: 'marker', timeMicros: 2, label: 'x\ny' },
    { kind: 'output', timeMicros: 3, text: '\nb\n' },
    { kind: 'input', timeMicros: 4, text: 'c\n' },
  ];

  function itemsOf(hasTty?: boolean): CastItem[] {
    const facts = hasTty === undefined ? {} : { facts: { hasTty } };
    return [
      { kind: 'header', header: { size: SIZE, ...facts }, offset: 0, nextOffset: 10 },
      ...events.map((event): CastItem => ({ kind: 'event', event, offset: 10, nextOffset: 20 })),
      { kind: 'torn', offset: 20, nextOffset: 30 },
    ];
  }

  function shown(items: readonly CastItem[], hasTty?: boolean): Promise<CastItem[]> {
    const given = (async function* () {
      yield* items;
    })();
    return collect(showOutput(given, hasTty === undefined ? {} : { hasTty }));
  }

  test('of a command without a terminal has its output alone changed', async () => {
    const expected = itemsOf(false);
    expected[3] = { ...expected[3], event: { ...events[2], text: '\nb\r\n' } } as CastItem;
    expect(await shown(itemsOf(false))).toEqual(expected);
  });

  test('is known as such by its facts where the reading begins after its header', async () => {
    const [, ...rest] = itemsOf(false);
    expect(await shown(rest, false)).toEqual((await shown(itemsOf(false))).slice(1));
  });

  test.each([true, undefined])(
    'with a terminal (%s), or of a foreign one, stays as it is',
    async (hasTty) => {
      expect(await shown(itemsOf(hasTty), hasTty)).toEqual(itemsOf(hasTty));
    },
  );
});
