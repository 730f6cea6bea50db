import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CastEvent, parseEvent } from '../../../../main/recording/cast/cast.ts';
import {
  type CastLine,
  COALESCE_BYTES,
  COALESCE_MICROS,
  createCastEncoder,
  MAX_HOLD_MICROS,
} from '../../../../main/recording/cast/cast-encoder.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function parseLines(lines: readonly CastLine[]): CastEvent[] {
  return lines.map(({ text }) => {
    expect(text.endsWith('\n')).toBe(true);
    return parseEvent(text);
  });
}

function outputs(lines: readonly CastLine[]): [number, string][] {
  return parseLines(lines).map((event) => [
    event.timeMicros,
    event.kind === 'output' ? event.text : event.kind,
  ]);
}

test('output that comes close together is one event with the time of its first byte', () => {
  const encoder = createCastEncoder();
  expect(encoder.output(bytesOf('a'), 1_000)).toEqual([]);
  expect(encoder.output(bytesOf('b'), 1_000 + COALESCE_MICROS - 1)).toEqual([]);
  expect(encoder.heldBytes).toBe(2);
  expect(outputs(encoder.release(1_000 + COALESCE_MICROS))).toEqual([[1_000, 'ab']]);
  expect(encoder.heldBytes).toBe(0);
});

test('output that comes later is an event of its own', () => {
  const encoder = createCastEncoder();
  encoder.output(bytesOf('a'), 1_000);
  expect(outputs(encoder.output(bytesOf('b'), 1_000 + COALESCE_MICROS))).toEqual([[1_000, 'a']]);
  expect(outputs(encoder.releaseAll())).toEqual([[1_000 + COALESCE_MICROS, 'b']]);
});

test('a resize, a marker and an exit stand behind the output that came before them', () => {
  const encoder = createCastEncoder();
  encoder.output(bytesOf('before'), 10);
  const lines = encoder.event({ kind: 'resize', timeMicros: 20, size: { cols: 100, rows: 30 } });
  expect(parseLines(lines)).toEqual([
    { kind: 'output', timeMicros: 10, text: 'before' },
    { kind: 'resize', timeMicros: 20, size: { cols: 100, rows: 30 } },
  ]);
});

test('times never fall, whatever the clock says', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 1_000_000 }), { minLength: 1 }), (times) => {
      const encoder = createCastEncoder();
      const lines = [...times.flatMap((time) => encoder.output(bytesOf('x'), time)), ...encoder.finish(0)];

      const written = parseLines(lines).map((event) => event.timeMicros);
      expect(written).toEqual([...written].sort((a, b) => a - b));
      expect(encoder.lastMicros).toBe(written.at(-1));
    }),
  );
});

test('no output is lost, doubled or out of order, however it is cut and timed', () => {
  const step = fc.record({
    bytes: fc.oneof(
      fc.uint8Array({ maxLength: 50 }),
      fc.constantFrom('\u001b', '\u001b[3', '1m', '\u001b]0;', '\u0007', 'é').map(bytesOf),
    ),
    delay: fc.constantFrom(0, 1_000, COALESCE_MICROS, MAX_HOLD_MICROS),
    after: fc.constantFrom('nothing', 'release', 'releaseAll', 'marker'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const encoder = createCastEncoder();
      let now = 0;
      const lines: CastLine[] = [];
      for (const { bytes, delay, after } of steps) {
        now += delay;
        lines.push(...encoder.output(bytes, now));
        if (after === 'release') lines.push(...encoder.release(now));
        if (after === 'releaseAll') lines.push(...encoder.releaseAll());
        if (after === 'marker') lines.push(...encoder.event({ kind: 'marker', timeMicros: now, label: '' }));
      }
      lines.push(...encoder.finish(now));
      const text = parseLines(lines).map((event) => (event.kind === 'output' ? event.text : ''));
      const whole = Buffer.concat(steps.map(({ bytes }) => bytes));
      expect(text.join('')).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(whole));
      const counted = lines.reduce((total, { outputBytes }) => total + outputBytes, 0);
      expect(counted).toBe(whole.length);
    }),
  );
});

test('a character cut between two outputs is one character, in the later event', () => {
  const encoder = createCastEncoder();
  encoder.output(Uint8Array.of(0x61, 0xe2, 0x82), 0);
  expect(outputs(encoder.releaseAll())).toEqual([[0, 'a']]);
  expect(encoder.tail).toEqual(Uint8Array.of(0xe2, 0x82));
  encoder.output(Uint8Array.of(0xac), 50);
  expect(outputs(encoder.releaseAll())).toEqual([[50, '€']]);
  expect(encoder.tail).toHaveLength(0);
});

test('half a character at the end becomes U+FFFD, no earlier than the last event', () => {
  const encoder = createCastEncoder();
  encoder.output(bytesOf('a'), 70);
  encoder.output(Uint8Array.of(0xe2, 0x82), 71);
  expect(outputs(encoder.finish(60))).toEqual([
    [70, 'a'],
    [70, '\ufffd'],
  ]);
});

test('an escape sequence is not cut between events while its end may still come', () => {
  const encoder = createCastEncoder();
  encoder.output(bytesOf('red\u001b[3'), 0);
  expect(outputs(encoder.release(COALESCE_MICROS))).toEqual([[0, 'red']]);
  encoder.output(bytesOf('1mgo'), 20_000);
  expect(outputs(encoder.release(40_000))).toEqual([[0, '\u001b[31mgo']]);
});

test('an escape sequence that never ends is written after a while', () => {
  const encoder = createCastEncoder();
  encoder.output(bytesOf('\u001b[3'), 5);
  expect(encoder.release(5 + MAX_HOLD_MICROS - 1)).toEqual([]);
  expect(outputs(encoder.release(5 + MAX_HOLD_MICROS))).toEqual([[5, '\u001b[3']]);
});

test('a stream whose chunks all end within a sequence keeps its times', () => {
  const encoder = createCastEncoder();
  const lines: CastLine[] = [];
  for (let now = 0; now < 1_000_000; now += 1_000)
    lines.push(...encoder.output(bytesOf('mtext\u001b[1'), now));
  lines.push(...encoder.finish(1_000_000));
  const times = parseLines(lines).map((event) => event.timeMicros);
  expect(times.length).toBeGreaterThan(20);
  expect(
    times.every((time, index) => index === 0 || time - (times[index - 1] ?? 0) <= 2 * COALESCE_MICROS),
  ).toBe(true);
});

test('a huge output becomes many lines of bounded length', () => {
  const encoder = createCastEncoder();
  const lines = [...encoder.output(new Uint8Array(10 * COALESCE_BYTES), 0), ...encoder.finish(0)];
  expect(parseLines(lines)).toHaveLength(10);
  expect(Math.max(...lines.map(({ text }) => text.length))).toBeLessThan(7 * COALESCE_BYTES);
});
