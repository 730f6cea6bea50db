import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createUtf8Decoder } from '../../../../main/recording/cast/utf8.ts';
import { anyCharacter } from '../../../fakes/any-text.ts';

/** Bytes that often begin a character, or go wrong within one. */
const byte = fc.oneof(
  fc.integer({ min: 0, max: 0xff }),
  fc.constantFrom(0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc2, 0xe0, 0xe2, 0xed, 0xf0, 0xf4),
);
const wildBytes = fc.array(byte, { maxLength: 40 }).map((values) => Uint8Array.from(values));
const textBytes = fc.string({ unit: anyCharacter }).map((text) => new TextEncoder().encode(text));
const cuts = fc.array(fc.nat({ max: 60 }), { maxLength: 8 });

function cutAt(bytes: Uint8Array, positions: readonly number[]): Uint8Array[] {
  const sorted = [
    0,
    ...positions.map((at) => Math.min(at, bytes.length)).sort((a, b) => a - b),
    bytes.length,
  ];
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

function decodeWhole(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

test('bytes cut anywhere become the same text as in one piece', () => {
  fc.assert(
    fc.property(fc.oneof(wildBytes, textBytes), cuts, (bytes, positions) => {
      const decoder = createUtf8Decoder();
      const text = cutAt(bytes, positions).map((chunk) => decoder.decode(chunk));
      expect(text.join('') + decoder.finish()).toBe(decodeWhole(bytes));
    }),
  );
});

test('the tail is exactly what has been taken and not given back as text', () => {
  fc.assert(
    fc.property(fc.oneof(wildBytes, textBytes), cuts, (bytes, positions) => {
      const decoder = createUtf8Decoder();
      const text = cutAt(bytes, positions)
        .map((chunk) => decoder.decode(chunk))
        .join('');
      expect(text).toBe(decodeWhole(bytes.subarray(0, bytes.length - decoder.tail.length)));
      expect(decoder.tail).toEqual(Uint8Array.from(bytes.subarray(bytes.length - decoder.tail.length)));
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  [[0x83, 0x23, 0xf0, 0x90, 0x80, 0xc0, 0x21], '\ufffd#\ufffd\ufffd!'],
  [[0xed, 0xa0, 0x80], '\ufffd\ufffd\ufffd'],
  [[0xef, 0xbb, 0xbf, 0x41], '\ufeffA'],
  [[0xe2, 0x82], '\ufffd'],
])('the bytes %j read one by one become %j', (bytes, expected) => {
  const decoder = createUtf8Decoder();
  const text = bytes.map((value) => decoder.decode(Uint8Array.of(value))).join('');
  expect(text + decoder.finish()).toBe(expected);
});

test('after the end nothing is held back', () => {
  const decoder = createUtf8Decoder();
  decoder.decode(Uint8Array.of(0xf0, 0x9f, 0x98));
  expect(decoder.tail).toEqual(Uint8Array.of(0xf0, 0x9f, 0x98));
  expect(decoder.finish()).toBe('\ufffd');
  expect(decoder.tail).toHaveLength(0);
});

/** Characters one by one, each with its bytes; what is none has no character. */
function countInvalidSlowly(bytes: Uint8Array): number {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let invalid = 0;
  for (let start = 0; start < bytes.length; ) {
    const length = [1, 2, 3, 4].find((candidate) => {
      try {
        return strict.decode(bytes.subarray(start, start + candidate)).length > 0;
      } catch {
        return false;
      }
    });
    if (length === undefined) invalid += 1;
    start += length ?? 1;
  }
  return invalid;
}

test('bytes that are part of no character are counted, and U+FFFD itself is one', () => {
  const replaced = fc
    .constantFrom([0xef, 0xbf, 0xbd], [0xf0, 0xef, 0xbf, 0xbd])
    .map((values) => Uint8Array.from(values));
  const pieces = fc.array(fc.oneof(wildBytes, textBytes, replaced), { maxLength: 6 });
  fc.assert(
    fc.property(pieces, cuts, (parts, positions) => {
      const bytes = new Uint8Array(Buffer.concat(parts));
      const decoder = createUtf8Decoder();
      for (const chunk of cutAt(bytes, positions)) decoder.decode(chunk);
      decoder.finish();
      expect(decoder.invalidBytes).toBe(countInvalidSlowly(bytes));
    }),
  );
});

test('bytes are whole where decoding them would hold nothing back and replace nothing', () => {
  fc.assert(
    fc.property(fc.oneof(wildBytes, textBytes), fc.oneof(wildBytes, textBytes), (before, bytes) => {
      const decoder = createUtf8Decoder();
      decoder.decode(before);
      const isFresh = decoder.tail.length === 0;
      const invalidBefore = decoder.invalidBytes;
      const isWhole = decoder.isWhole(bytes);
      const text = decoder.decode(bytes);
      const isUnchanged = decoder.tail.length === 0 && decoder.invalidBytes === invalidBefore;
      expect(isWhole).toBe(isFresh && isUnchanged);
      if (isWhole) expect(new TextEncoder().encode(text)).toEqual(new Uint8Array(bytes));
    }),
  );
});
