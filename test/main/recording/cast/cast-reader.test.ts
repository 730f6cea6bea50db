import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CastEvent, formatEvent, formatHeader } from '../../../../main/recording/cast/cast.ts';
import {
  type CastItem,
  type CastRange,
  findMoment,
  readCast,
  readLastEvent,
} from '../../../../main/recording/cast/cast-reader.ts';
import { makeCastFolder } from '../../../fakes/cast-folder.ts';

const HEADER = formatHeader({ size: { cols: 80, rows: 24 } });
const never = new AbortController().signal;

function output(seconds: number, text: string): string {
  return formatEvent({ kind: 'output', timeMicros: seconds * 1_000_000, text });
}

async function writeCast(content: string | Uint8Array): Promise<string> {
  const path = join(await makeCastFolder(), 'test.cast');
  await writeFile(path, content);
  return path;
}

function fixture(name: string): string {
  return fileURLToPath(new URL(`../../../fixtures/casts/${name}`, import.meta.url));
}

async function collect(path: string, range: CastRange = {}): Promise<CastItem[]> {
  const items: CastItem[] = [];
  for await (const item of readCast(path, { ...range, signal: never })) items.push(item);
  return items;
}

function outline(items: readonly CastItem[]): string[] {
  return items.map((item) => {
    if (item.kind !== 'event') return item.kind;
    return item.event.kind === 'output' ? item.event.text : item.event.kind;
  });
}

test('a cast is its header, then its events, each with its place', async () => {
  const first = output(1, 'a');
  const path = await writeCast(`${HEADER}${first}[2, "x", "0"]\n`);
  expect(await collect(path)).toEqual([
    { kind: 'header', offset: 0, nextOffset: HEADER.length, header: { size: { cols: 80, rows: 24 } } },
    {
      kind: 'event',
      offset: HEADER.length,
      nextOffset: HEADER.length + first.length,
      event: { kind: 'output', timeMicros: 1_000_000, text: 'a' },
    },
    expect.objectContaining({ event: { kind: 'exit', timeMicros: 2_000_000, exitCode: 0 } }),
  ]);
});

test('a cast that asciinema 2.2 wrote is read', async () => {
  const [header, ...events] = await collect(fixture('asciinema-2.2.cast'));
  expect(header).toMatchObject({
    header: {
      size: { cols: 100, rows: 30 },
      startedAtSeconds: 1_795_236_428,
      terminalType: 'xterm-256color',
    },
  });
  expect(events).toMatchObject([
    { event: { kind: 'output', timeMicros: 3_006, text: 'grüße \u001b[1m€\u001b[0m\r\n' } },
    { event: { kind: 'output', timeMicros: 303_926, text: 'done\r\n' } },
  ]);
});

test("a cast in the shape of tsrecorder's is read", async () => {
  const [header, ...events] = await collect(fixture('tsrecorder.cast'));
  expect(header).toMatchObject({ header: { pod: { name: 'web-0', namespace: 'prod', container: 'app' } } });
  expect(events).toMatchObject([
    { event: { timeMicros: 1, text: '$ ' } },
    { event: { timeMicros: 1_250_000, text: 'echo <b> & \u2028\r\n' } },
    { event: { timeMicros: 61_000_000, text: '<b>\r\n' } },
  ]);
});

test('a part of a cast is read between two offsets', async () => {
  const path = await writeCast(HEADER + output(1, 'a') + output(2, 'b') + output(3, 'c'));
  const items = await collect(path);
  const [, a, b] = items;
  expect(outline(await collect(path, { fromOffset: a?.nextOffset }))).toEqual(['b', 'c']);
  expect(outline(await collect(path, { fromOffset: a?.offset, toOffset: b?.nextOffset }))).toEqual([
    'a',
    'b',
  ]);
  expect(await collect(path, { fromOffset: items.at(-1)?.nextOffset })).toEqual([]);
});

test('a cast is read on from where the last reading ended while it grows', async () => {
  const path = await writeCast(HEADER + output(1, 'a'));
  const end = (await collect(path)).at(-1)?.nextOffset;
  await appendFile(path, output(2, 'b'));
  expect(outline(await collect(path, { fromOffset: end }))).toEqual(['b']);
});

test.each([
  ['within a string', '[3.0,"o","to'],
  ['within a number', '[0.'],
  ['after its bracket', '['],
  ['into zeros', '\0'.repeat(512)],
])('a tail that is torn %s is reported, and what came before is whole', async (_where, tail) => {
  const path = await writeCast(HEADER + output(1, 'a') + output(2, 'b') + tail);
  const items = await collect(path);
  expect(outline(items)).toEqual(['header', 'a', 'b', 'torn']);
  expect((items.at(-1)?.nextOffset ?? 0) - (items.at(-1)?.offset ?? 0)).toBe(tail.length);
  expect(await readLastEvent(path)).toEqual({ kind: 'output', timeMicros: 2_000_000, text: 'b' });
});

test('a cast cut at any byte gives whole events and at most one torn tail', async () => {
  const whole = Buffer.from(HEADER + output(1, 'grüße') + output(2, '\u001b[1m') + output(3, '€'));
  for (let length = HEADER.length; length <= whole.length; length += 1) {
    const items = outline(await collect(await writeCast(whole.subarray(0, length))));
    const texts = items.filter((item) => item !== 'torn');
    expect(['header', 'grüße', '\u001b[1m', '€'].slice(0, texts.length)).toEqual(texts);
    expect(items.indexOf('torn') === -1 || items.indexOf('torn') === items.length - 1).toBe(true);
  }
});

test('a last line that lacks its line end only is read', async () => {
  const path = await writeCast(HEADER + output(1, 'a').trimEnd());
  expect(outline(await collect(path))).toEqual(['header', 'a']);
  expect(await readLastEvent(path)).toMatchObject({ text: 'a' });
});

test('a damaged line within is a gap with a reason, and the other events are read', async () => {
  const path = await writeCast(`${HEADER}${output(1, 'a')}[2.0,"o\u0000,"b"]\n${output(3, 'c')}`);
  const items = await collect(path);
  expect(outline(items)).toEqual(['header', 'a', 'gap', 'c']);
  expect(items[2]).toMatchObject({ reason: expect.stringContaining('no event') });
});

test('bytes that are no UTF-8 become U+FFFD, as in the player', async () => {
  const path = await writeCast(
    Buffer.concat([Buffer.from(`${HEADER}[1,"o","`), Buffer.of(0xff), Buffer.from('"]\n')]),
  );
  expect(outline(await collect(path))).toEqual(['header', '\ufffd']);
});

test('blank lines, comments and raw Unicode line ends do no harm', async () => {
  const path = await writeCast(`${HEADER}\n# comment\n[1,"o","x\u2028y"]\r\n\n`);
  expect(outline(await collect(path))).toEqual(['header', 'x\u2028y']);
});

test('a line over the limit is a gap, and the next event is read', async () => {
  const path = await writeCast(`${HEADER}[1,"o","${'a'.repeat(17 * 1024 * 1024)}"]\n${output(2, 'b')}`);
  expect(outline(await collect(path))).toEqual(['header', 'gap', 'b']);
});

test.each([
  ['an empty file', '', /it is empty/],
  ['a torn header', '{"version":2,"wid', /no asciicast header/],
  ['a file of something else', 'PK\u0003\u0004\n', /no asciicast header/],
  ['a file without line ends', 'x'.repeat(17 * 1024 * 1024), /first line has no end/],
])('%s is refused with its reason', async (_name, content, reason) => {
  await expect(collect(await writeCast(content))).rejects.toMatchObject({
    code: 'recording-unreadable',
    message: expect.stringMatching(reason),
  });
});

test('a cast that is not there is not found', async () => {
  const path = join(await makeCastFolder(), 'gone.cast');
  await expect(collect(path)).rejects.toMatchObject({ code: 'recording-not-found' });
  await expect(readLastEvent(path)).rejects.toMatchObject({ code: 'recording-not-found' });
});

test('an aborted reading ends with the reason of the abort', async () => {
  const path = await writeCast(HEADER + output(1, 'x'.repeat(100_000)).repeat(20));
  const controller = new AbortController();
  const reading = (async () => {
    for await (const item of readCast(path, { signal: controller.signal })) {
      if (item.kind === 'event') controller.abort(new Error('enough'));
    }
  })();
  await expect(reading).rejects.toThrow('enough');
});

test('a moment is found without reading all that is before it: where its last event begins, or a little before', async () => {
  const near = 64 * 1024;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(3), fc.nat(40_000)), { minLength: 1, maxLength: 60 }),
      fc.nat(200),
      async (gaps, wantedSeconds) => {
        let seconds = 0;
        const places: { readonly seconds: number; readonly offset: number }[] = [];
        let text = HEADER;
        for (const [gap, length] of gaps) {
          seconds += gap;
          places.push({ seconds, offset: text.length });
          text += output(seconds, 'x'.repeat(length));
        }
        const found = await findMoment(await writeCast(text), wantedSeconds * 1e6, { signal: never });
        const next = places.find((place) => place.seconds > wantedSeconds)?.offset ?? text.length;
        expect(found).toBeLessThanOrEqual(next);
        expect(next - found).toBeLessThanOrEqual(near + 40_100);
        expect([0, ...places.map(({ offset }) => offset)]).toContain(found);
      },
    ),
    { numRuns: 40, examples: [[ENDS_BEHIND, 0]] },
  );
});

/** The third line begins before where is looked next, and ends behind it. */
const ENDS_BEHIND: [number, number][] = [
  [0, 25_550],
  [0, 39_997],
  [0, 39_999],
  [1, 6_478],
  [0, 19_089],
];

test('a moment of a damaged cast is looked for around the damage', async () => {
  const lines = Array.from({ length: 400 }, (_, index) => output(index, 'x'.repeat(1_000)));
  const damaged = lines.map((line, index) => (index % 3 === 0 ? `{"no": "event"}${line}` : line));
  const path = await writeCast(HEADER + damaged.join(''));
  const found = await findMoment(path, 300e6, { signal: never });
  const rest = await collect(path, { fromOffset: found });
  const first = rest.find((item) => item.kind === 'event');
  expect(first?.event.timeMicros).toBeGreaterThan(200e6);
  expect(first?.event.timeMicros).toBeLessThanOrEqual(300e6);
});

test('the last event is found at the end of any cast', async () => {
  const last: CastEvent = { kind: 'exit', timeMicros: 9_000_000, exitCode: 1 };
  expect(await readLastEvent(await writeCast(HEADER))).toBeUndefined();
  expect(await readLastEvent(await writeCast(''))).toBeUndefined();
  expect(await readLastEvent(await writeCast(HEADER + formatEvent(last)))).toEqual(last);
  const longLine = output(8, 'x'.repeat(3 * 1024 * 1024));
  expect(await readLastEvent(await writeCast(HEADER + longLine + formatEvent(last)))).toEqual(last);
  expect(await readLastEvent(await writeCast(HEADER + output(1, 'a') + longLine))).toMatchObject({
    timeMicros: 8_000_000,
  });
});
