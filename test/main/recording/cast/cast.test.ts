import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type CastEvent,
  type CastHeader,
  formatEvent,
  formatHeader,
  parseEvent,
  parseHeader,
} from '../../../../main/recording/cast/cast.ts';
import { anyCharacter } from '../../../fakes/any-text.ts';
import { anyFacts } from '../../../fakes/recording-facts.ts';

const text = fc.string({ unit: anyCharacter }).map((value) => value.toWellFormed());
const extent = fc.integer({ min: 1, max: 0xffff });
const size = fc.record({ cols: extent, rows: extent });
/** Thirty years. */
const timeMicros = fc.integer({ min: 0, max: 946_728_000_000_000 });

const event: fc.Arbitrary<CastEvent> = fc.oneof(
  fc.record({ kind: fc.constant('output' as const), timeMicros, text }),
  fc.record({ kind: fc.constant('input' as const), timeMicros, text }),
  fc.record({ kind: fc.constant('resize' as const), timeMicros, size }),
  fc.record({ kind: fc.constant('marker' as const), timeMicros, label: text }),
  fc.record({
    kind: fc.constant('exit' as const),
    timeMicros,
    exitCode: fc.integer({ min: -255, max: 0x7fff_ffff }),
  }),
  fc.record({
    kind: fc.constant('other' as const),
    timeMicros,
    code: text.filter((code) => !['o', 'i', 'r', 'm', 'x'].includes(code)),
    data: fc.jsonValue({ noUnicodeString: false }).map((value) => JSON.parse(JSON.stringify(value))),
  }),
);

const header: fc.Arbitrary<CastHeader> = fc.record(
  {
    size,
    startedAtSeconds: fc.nat(),
    terminalType: text,
    pod: fc.record({ name: text, namespace: text, container: text }),
    context: text,
  },
  { requiredKeys: ['size'] },
);
/** Only where a context is named. */
const headerWithFacts = fc
  .tuple(header, text, anyFacts(text))
  .filter(([, , facts]) => Object.keys(facts).length > 0)
  .map(([rest, context, facts]): CastHeader => ({ ...rest, context, facts }));

test('every event is read back as it was written', () => {
  fc.assert(
    fc.property(event, (value) => {
      expect(parseEvent(formatEvent(value))).toEqual(value);
    }),
  );
});

test('every header is read back as it was written', () => {
  fc.assert(
    fc.property(fc.oneof(header, headerWithFacts), (value) => {
      expect(parseHeader(formatHeader(value))).toEqual(value);
    }),
  );
});

test('a line holds no control character and no line end but its own', () => {
  fc.assert(
    fc.property(event, (value) => {
      const line = formatEvent(value);
      expect(line.endsWith('\n')).toBe(true);
      expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\u2028\u2029\ufeff]/u);
    }),
  );
});

test('controls that JSON leaves as they are become escapes', () => {
  const line = formatEvent({
    kind: 'output',
    timeMicros: 0,
    text: '\0\u001b"\\\u007f\u009f\u2028\u2029\ufeff',
  });
  expect(line).toBe('[0.000000,"o","\\u0000\\u001b\\"\\\\\\u007f\\u009f\\u2028\\u2029\\ufeff"]\n');
});

test('DEL is escaped also where all else is ASCII', () => {
  expect(formatEvent({ kind: 'output', timeMicros: 0, text: 'a\u007fb\n' })).toBe(
    '[0.000000,"o","a\\u007fb\\n"]\n',
  );
});

test('half a character is written as U+FFFD', () => {
  expect(formatEvent({ kind: 'marker', timeMicros: 1, label: 'a\ud800b' })).toBe(
    '[0.000001,"m","a\ufffdb"]\n',
  );
});

test('times have six decimals whatever their size', () => {
  const written = [0, 1, 999_999, 1_000_000, 12_345_678, 100_000_000_000].map(
    (micros) => formatEvent({ kind: 'exit', timeMicros: micros, exitCode: 0 }).slice(1).split(',')[0],
  );
  expect(written).toEqual(['0.000000', '0.000001', '0.999999', '1.000000', '12.345678', '100000.000000']);
});

test('the header names the pod as Kubernetes recorders do, and never the command', () => {
  const line = formatHeader({
    size: { cols: 120, rows: 40 },
    startedAtSeconds: 1_700_000_000,
    terminalType: 'xterm-256color',
    pod: { name: 'web-0', namespace: 'prod', container: 'app' },
    context: 'kind',
  });
  expect(JSON.parse(line)).toEqual({
    version: 2,
    width: 120,
    height: 40,
    timestamp: 1_700_000_000,
    env: { TERM: 'xterm-256color' },
    kubernetes: { PodName: 'web-0', Namespace: 'prod', Container: 'app', SessionType: 'exec' },
    kubereel: { context: 'kind' },
  });
});

test('events of other programs are understood: exponents, spaces, more elements, numeric exit codes', () => {
  expect(parseEvent('[5.01e-7, "o", "x"]')).toEqual({ kind: 'output', timeMicros: 1, text: 'x' });
  expect(parseEvent(' [ 12, "r", "132x43", {} ]')).toEqual({
    kind: 'resize',
    timeMicros: 12_000_000,
    size: { cols: 132, rows: 43 },
  });
  expect(parseEvent('[1, "x", 137]')).toEqual({ kind: 'exit', timeMicros: 1_000_000, exitCode: 137 });
});

test('an unknown code is kept with its data', () => {
  expect(parseEvent('[1.5,"z",{"a":1}]')).toEqual({
    kind: 'other',
    timeMicros: 1_500_000,
    code: 'z',
    data: { a: 1 },
  });
});

test.each([
  '',
  '[',
  '[0.',
  '[0.5,"o","tor',
  '{}',
  'null',
  '[]',
  '["0","o","x"]',
  '[-1,"o","x"]',
  '[1e999,"o","x"]',
  '[1e300,"o","x"]',
  '[1,2,"x"]',
  '[1,"o",2]',
  '[1,"o"]',
  '[1,"r","80"]',
  '[1,"r","0x24"]',
  '[1,"r","65536x24"]',
  '[1,"x","maybe"]',
  '[1,"x",1.5]',
])('the line %j is no event', (line) => {
  expect(() => parseEvent(line)).toThrow(expect.objectContaining({ code: 'recording-unreadable' }));
});

test('headers of other recorders are understood: no size, null env, unknown keys, a byte order mark', () => {
  const line =
    '\ufeff{"version":2,"width":0,"height":0,"timestamp":1700000000.7,"env":null,"srcNode":"laptop","theme":3}';
  expect(parseHeader(line)).toEqual({ size: { cols: 80, rows: 24 }, startedAtSeconds: 1_700_000_000 });
});

test('a header without a size, without a version or of another version says so', () => {
  expect(() => parseHeader('{"version":2}')).toThrow(/no terminal size/);
  expect(() => parseHeader('{"version":2,"width":80,"height":70000}')).toThrow(/no terminal size/);
  expect(() => parseHeader('{"width":80,"height":24}')).toThrow(/no asciicast header/);
  expect(() => parseHeader('{"version":2,"wid')).toThrow(/no asciicast header/);
  expect(() => parseHeader('{"version":3,"term":{"cols":80,"rows":24}}')).toThrow(/version 3, and only 2/);
});
