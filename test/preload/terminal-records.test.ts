import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createRecordDecoder,
  encodeOutput,
  encodeRecord,
  MAX_PAYLOAD_BYTES,
  RecordFormatError,
  type TerminalRecord,
} from '../../preload/terminal-records.ts';
import { anyCharacter } from '../fakes/any-text.ts';

const timeMicros = fc.double({ min: 0, max: 1e15, noNaN: true }).map((time) => (time === 0 ? 0 : time));
const extent = fc.integer({ min: 1, max: 65_535 });
const anyRecord: fc.Arbitrary<TerminalRecord> = fc.oneof(
  fc.record({ kind: fc.constant('output'), timeMicros, bytes: fc.uint8Array({ maxLength: 200 }) }),
  fc.record({ kind: fc.constant('resize'), timeMicros, size: fc.record({ cols: extent, rows: extent }) }),
  fc.record({
    kind: fc.constant('marker'),
    timeMicros,
    label: fc.string({ unit: anyCharacter, maxLength: 40 }),
  }),
  fc.record({
    kind: fc.constant('exit'),
    timeMicros,
    exitCode: fc.integer({ min: -0x7fff_ffff, max: 0x7fff_ffff }),
  }),
  fc.record({ kind: fc.constant('caught-up'), timeMicros }),
  fc.record({ kind: fc.constant('glimpse'), timeMicros }),
);

function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

function decode(parts: readonly Uint8Array[]): TerminalRecord[] {
  const decoder = createRecordDecoder();
  const records = parts.flatMap((part) => decoder.push(part));
  decoder.finish();
  return records;
}

/** Cuts bytes at the given fractions of their length. */
function cut(bytes: Uint8Array, fractions: readonly number[]): Uint8Array[] {
  const marks = fractions.map((fraction) => Math.round(fraction * bytes.length)).sort((a, b) => a - b);
  return [0, ...marks].map((start, index) => bytes.slice(start, marks[index] ?? bytes.length));
}

/** A record by hand, with whatever header. */
function forge(code: number, time: number, length: number, payload: readonly number[] = []): Uint8Array {
  const bytes = new Uint8Array(13 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, code);
  view.setFloat64(1, time);
  view.setUint32(9, length);
  bytes.set(payload, 13);
  return bytes;
}

describe('round trip', () => {
  test('records split at any bytes come out as they went in', () => {
    fc.assert(
      fc.property(
        fc.array(anyRecord, { maxLength: 12 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }),
        (records, fractions) => {
          const bytes = join(records.map(encodeRecord));
          expect(decode(cut(bytes, fractions))).toEqual(records);
        },
      ),
    );
  });

  test('records pushed one byte at a time come out as they went in', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 4 }), (records) => {
        const bytes = join(records.map(encodeRecord));
        expect(decode([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(records);
      }),
    );
  });

  test('a record is readable as soon as its last byte is there, not later', () => {
    const decoder = createRecordDecoder();
    const bytes = encodeRecord({ kind: 'output', timeMicros: 5, bytes: Uint8Array.of(1, 2, 3) });
    expect(decoder.push(bytes.slice(0, -1))).toEqual([]);
    expect(decoder.push(bytes.slice(-1))).toHaveLength(1);
    expect(decoder.push(encodeRecord({ kind: 'caught-up', timeMicros: 6 }))).toHaveLength(1);
  });

  test('the bytes of each kind stay what they are', () => {
    const hex = (record: TerminalRecord): string =>
      [...encodeRecord(record)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    expect(hex({ kind: 'output', timeMicros: 1, bytes: Uint8Array.of(0x68, 0x69) })).toBe(
      '6f3ff0000000000000000000026869',
    );
    expect(hex({ kind: 'resize', timeMicros: 0, size: { cols: 120, rows: 40 } })).toBe(
      '7200000000000000000000000400780028',
    );
    expect(hex({ kind: 'marker', timeMicros: 0, label: 'é' })).toBe('6d000000000000000000000002c3a9');
    expect(hex({ kind: 'exit', timeMicros: 0, exitCode: 137 })).toBe(
      '78000000000000000000000004' + '00000089',
    );
    expect(hex({ kind: 'caught-up', timeMicros: 0 })).toBe('63000000000000000000000000');
    expect(hex({ kind: 'glimpse', timeMicros: 0 })).toBe('67000000000000000000000000');
  });
});

describe('long output', () => {
  test('output over the limit becomes several records of the same time, none over the limit', () => {
    const bytes = new Uint8Array(2 * MAX_PAYLOAD_BYTES + 5).map((_, index) => index % 251);
    const records = decode([...encodeOutput(7, bytes)]);
    const parts = records.map((record) => (record.kind === 'output' ? record.bytes : new Uint8Array()));
    expect(records.map((record) => record.timeMicros)).toEqual([7, 7, 7]);
    expect(parts.map((part) => part.length)).toEqual([MAX_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES, 5]);
    expect(Buffer.compare(join(parts), bytes)).toBe(0);
  });

  test('no output is no record', () => {
    expect([...encodeOutput(7, new Uint8Array())]).toEqual([]);
  });
});

describe('what would be refused is not written', () => {
  test.each<[string, TerminalRecord]>([
    [
      'output over the limit',
      { kind: 'output', timeMicros: 0, bytes: new Uint8Array(MAX_PAYLOAD_BYTES + 1) },
    ],
    ['a label over the limit', { kind: 'marker', timeMicros: 0, label: 'x'.repeat(MAX_PAYLOAD_BYTES + 1) }],
    ['no columns', { kind: 'resize', timeMicros: 0, size: { cols: 0, rows: 24 } }],
    ['too many rows', { kind: 'resize', timeMicros: 0, size: { cols: 80, rows: 65_536 } }],
    ['half an exit code', { kind: 'exit', timeMicros: 0, exitCode: 0.5 }],
    ['a time before the start', { kind: 'caught-up', timeMicros: -1 }],
    ['a time that is no number', { kind: 'caught-up', timeMicros: Number.NaN }],
  ])('%s', (_, record) => {
    expect(() => encodeRecord(record)).toThrow(RangeError);
  });
});

describe('hostile bytes', () => {
  test.each<[string, Uint8Array]>([
    ['an unknown kind', forge(0x7a, 0, 0)],
    ['a length over the limit', forge(0x6f, 0, MAX_PAYLOAD_BYTES + 1)],
    ['the largest length there is', forge(0x6f, 0, 0xffff_ffff)],
    ['a time before the start', forge(0x6f, -1, 0)],
    ['a time that is no number', forge(0x6f, Number.NaN, 0)],
    ['an endless time', forge(0x6f, Number.POSITIVE_INFINITY, 0)],
    ['a resize of the wrong length', forge(0x72, 0, 3, [0, 80, 0])],
    ['a resize to no columns', forge(0x72, 0, 4, [0, 0, 0, 24])],
    ['an exit of the wrong length', forge(0x78, 0, 1, [0])],
    ['a caught-up with a payload', forge(0x63, 0, 1, [0])],
    ['a glimpse with a payload', forge(0x67, 0, 1, [0])],
    ['a label that is not UTF-8', forge(0x6d, 0, 1, [0xff])],
  ])('%s is refused, and so is all that follows', (_, bytes) => {
    const decoder = createRecordDecoder();
    expect(() => decoder.push(bytes)).toThrow(RecordFormatError);
    expect(() => decoder.push(encodeRecord({ kind: 'caught-up', timeMicros: 0 }))).toThrow(RecordFormatError);
    expect(() => decoder.finish()).toThrow(RecordFormatError);
  });

  test('any bytes give records or a RecordFormatError, nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        try {
          createRecordDecoder().push(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RecordFormatError);
        }
      }),
    );
  });

  test('a stream that ends inside a record is not taken for whole', () => {
    const bytes = encodeRecord({ kind: 'marker', timeMicros: 0, label: 'deploy' });
    for (let length = 1; length < bytes.length; length += 1) {
      const decoder = createRecordDecoder();
      decoder.push(bytes.slice(0, length));
      expect(() => decoder.finish()).toThrow(RecordFormatError);
    }
  });
});
