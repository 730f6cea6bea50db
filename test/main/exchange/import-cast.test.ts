import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toCastV2, toCastV3 } from '../../../main/exchange/cast-text.ts';
import { readImportedCast } from '../../../main/exchange/import-cast.ts';
import {
  createImportReport,
  type ImportPart,
  type ImportReport,
} from '../../../main/exchange/import-part.ts';
import type { CastEvent } from '../../../main/recording/cast/cast.ts';
import { anyCharacter } from '../../fakes/any-text.ts';
import { collect, collectText, toParts } from '../../fakes/cast-parts.ts';

async function read(...texts: readonly string[]): Promise<{ parts: ImportPart[]; report: ImportReport }> {
  const report = createImportReport();
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const text of texts) yield Buffer.from(text);
  }
  return { parts: await collect(readImportedCast(bytes(), report)), report };
}

function eventsOf(parts: readonly ImportPart[]): CastEvent[] {
  return parts.flatMap((part) => (part.kind === 'event' ? [part.event] : []));
}

test('v1 is read on one line and on many', async () => {
  const cast = {
    version: 1,
    width: 90,
    height: 20,
    title: 'old',
    stdout: [
      [0.25, 'a'],
      [1.5, 'b'],
    ],
  };
  for (const text of [JSON.stringify(cast), JSON.stringify(cast, null, 2)]) {
    const { parts, report } = await read(text.slice(0, 30), text.slice(30));
    expect(report.format).toBe('asciicast v1');
    expect(parts).toEqual([
      { kind: 'header', header: { size: { cols: 90, rows: 20 } }, title: 'old' },
      { kind: 'event', event: { kind: 'output', timeMicros: 250_000, text: 'a' } },
      { kind: 'event', event: { kind: 'output', timeMicros: 1_750_000, text: 'b' } },
    ]);
  }
});

test('v3 has differences of time, comments and a term of its own', async () => {
  const { parts, report } = await read(
    '{"version":3,"term":{"cols":100,"rows":30,"type":"xterm"},"timestamp":7,"command":"sh"}\n',
    '# a comment\n[0.5,"o","a"]\n[0.25,"o","b"]\n[1,"x","3"]\n',
  );
  expect(report.format).toBe('asciicast v3');
  expect(parts[0]).toEqual({
    kind: 'header',
    header: { size: { cols: 100, rows: 30 }, startedAtSeconds: 7, terminalType: 'xterm' },
    command: 'sh',
  });
  expect(eventsOf(parts).map(({ kind, timeMicros }) => [kind, timeMicros])).toEqual([
    ['output', 500_000],
    ['output', 750_000],
    ['exit', 1_750_000],
  ]);
});

test('resizes of the Tailscale recorder, rows first, are put right; nobody else’s are touched', async () => {
  const fields = '"version":2,"width":80,"height":24,"env":null';
  const kubernetes =
    '"kubernetes":{"PodName":"web-0","Namespace":"prod","Container":"app","SessionType":"exec"}';
  const resize = '[1,"r","40x120"]\n';
  const { parts } = await read(`{${fields},"srcNodeID":"nXYZ",${kubernetes}}\n`, resize);
  expect(eventsOf(parts)[0]).toMatchObject({ size: { cols: 120, rows: 40 } });
  expect(parts[0]).toMatchObject({ header: { pod: { name: 'web-0', namespace: 'prod', container: 'app' } } });
  for (const header of [
    `{${fields},${kubernetes}}\n`,
    `{${fields},"srcNodeID":"nXYZ"}\n`,
    // What we deliver to such a recorder is columns first, as all of ours.
    `{${fields},"srcNodeID":"nXYZ",${kubernetes},"kubereel":{"context":"kind"}}\n`,
  ]) {
    expect(eventsOf((await read(header, resize)).parts)[0]).toMatchObject({ size: { cols: 40, rows: 120 } });
  }
});

test('a torn end is told, damage within becomes a gap, times never fall', async () => {
  const header = '\ufeff{"version":2,"width":80,"height":24}\n';
  const { parts, report } = await read(header, '[2,"o","a"]\nnonsense\n[1,"o","b"]\n[3,"o","to');
  expect(parts.slice(1)).toEqual([
    { kind: 'event', event: { kind: 'output', timeMicros: 2_000_000, text: 'a' } },
    { kind: 'gap', timeMicros: 2_000_000 },
    { kind: 'event', event: { kind: 'output', timeMicros: 2_000_000, text: 'b' } },
  ]);
  expect(report).toMatchObject({ isTorn: true, damagedLines: 1 });
});

test.each([
  ['nothing', ''],
  ['text', 'hello\nworld\n'],
  ['JSON of another kind', '{"a":1}\n'],
  ['a version to come', '{"version":4,"width":80,"height":24}\n'],
  ['no size', '{"version":2}\n'],
  ['a size beyond all terminals', '{"version":2,"width":1e9,"height":24}\n'],
  ['v1 that is cut off', '{"version":1,"width":80,"height":24,"stdout":[[0.1,"a"],'],
])('%s is no recording', async (_name, text) => {
  await expect(read(text)).rejects.toMatchObject({ code: 'recording-unreadable' });
});

test('a line without an end is not kept', async () => {
  const header = '{"version":2,"width":80,"height":24}\n';
  const mebibyte = 'x'.repeat(1024 * 1024);
  const { parts, report } = await read(
    header,
    '[1,"o","',
    ...Array.from({ length: 80 }, () => mebibyte),
    '"]\n[2,"o","b"]\n',
  );
  expect(report.damagedLines).toBe(1);
  expect(eventsOf(parts)).toHaveLength(1);
});

test('v2 to v3 and back: each time within half a millisecond, all else as it was', async () => {
  const text = fc.string({ unit: anyCharacter }).map((value) => value.toWellFormed());
  const happening = fc.oneof(
    text.map((value) => ({ kind: 'output' as const, text: value })),
    text.map((value) => ({ kind: 'marker' as const, label: value })),
    fc
      .record({ cols: fc.integer({ min: 1, max: 999 }), rows: fc.integer({ min: 1, max: 999 }) })
      .map((size) => ({
        kind: 'resize' as const,
        size,
      })),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat({ max: 3_000_000 }), happening), { maxLength: 60 }),
      async (steps) => {
        let timeMicros = 0;
        const events = steps.map(([step, rest]): CastEvent => {
          timeMicros += step;
          return { ...rest, timeMicros };
        });
        const v3 = await read(await collectText(toCastV3(toParts(events))));
        const back = eventsOf(v3.parts);
        const v2 = await read(await collectText(toCastV2(toParts(back))));
        expect(eventsOf(v2.parts)).toEqual(back);
        expect(back.map((event) => ({ ...event, timeMicros: 0 }))).toEqual(
          events.map((event) => ({ ...event, timeMicros: 0 })),
        );
        for (const [index, event] of back.entries()) {
          expect(Math.abs(event.timeMicros - (events[index]?.timeMicros ?? 0))).toBeLessThanOrEqual(500);
        }
      },
    ),
  );
});
