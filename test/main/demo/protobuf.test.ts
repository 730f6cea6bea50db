import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEnvelope, readFields, readText } from '../../../main/demo/protobuf.ts';

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

/** One length-delimited field, as every string and message is. */
function field(number: number, bytes: Uint8Array): number[] {
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
}

const fieldNumber = fc.integer({ min: 1, max: 2 ** 29 - 1 });

test('every field is found by its number, the last of several', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fieldNumber, fc.uint8Array({ maxLength: 300 }))), (fields) => {
      const message = Uint8Array.from(fields.flatMap(([number, bytes]) => field(number, bytes)));
      const expected = new Map(fields.map(([number, bytes]) => [number, Buffer.from(bytes)]));
      const found = new Map([...readFields(message)].map(([number, bytes]) => [number, Buffer.from(bytes)]));
      expect(found).toEqual(expected);
    }),
  );
});

test('numbers and fixed fields are passed over', () => {
  const message = Uint8Array.from([
    ...[1 * 8 + 0, 0xff, 0x01],
    ...[2 * 8 + 1, 1, 2, 3, 4, 5, 6, 7, 8],
    ...[3 * 8 + 5, 1, 2, 3, 4],
    ...field(4, Buffer.from('here')),
  ]);
  const fields = readFields(message);
  expect([...fields.keys()]).toEqual([4]);
  expect(readText(fields, 4)).toBe('here');
  expect(readText(fields, 5)).toBe('');
});

test('any bytes are either a message or a RangeError, and always come to an end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        readFields(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
  );
});

test('a message that is cut is no message', () => {
  const message = Uint8Array.from(field(1, Buffer.from('abc')));
  for (let length = 1; length < message.length; length += 1) {
    expect(() => readFields(message.subarray(0, length))).toThrow(RangeError);
  }
});

test('an absent message has no fields', () => {
  expect(readFields(undefined).size).toBe(0);
});

test('an object stands in an envelope behind four bytes', () => {
  const object = Uint8Array.from(field(2, Buffer.from('spec')));
  const body = Uint8Array.from([0x6b, 0x38, 0x73, 0, ...field(1, Buffer.from('type')), ...field(2, object)]);
  expect(readText(readEnvelope(body), 2)).toBe('spec');
  expect(() => readEnvelope(body.subarray(1))).toThrow('no protobuf object');
});
