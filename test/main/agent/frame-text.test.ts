import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTextReader, createTextWriter } from '../../../main/agent/frame-text.ts';
import { anyCharacter } from '../../fakes/any-text.ts';

/** As positions where something is cut, in order. */
function cutAt<T>(length: number, cuts: readonly number[], slice: (from: number, to: number) => T): T[] {
  const places = [0, ...cuts.map((cut) => cut % (length + 1)).sort((a, b) => a - b), length];
  return places.slice(1).map((to, index) => slice(places[index] ?? 0, to));
}

test('output cut at any bytes is the same text, whatever the bytes are', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc.string({ unit: anyCharacter, maxLength: 32 }).map((text) => new Uint8Array(Buffer.from(text))),
  );
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(), { maxLength: 8 }), (given, cuts) => {
      const reader = createTextReader();
      const pieces = cutAt(given.length, cuts, (from, to) => reader.read(given.subarray(from, to)));
      const text = pieces.join('') + reader.end();
      expect(text).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(given));
    }),
    { numRuns: 1_000 },
  );
});

test('no piece ends within a character', () => {
  const reader = createTextReader();
  const bytes = Buffer.from('a界😀');
  expect([...bytes].map((byte) => reader.read(Uint8Array.of(byte)))).toEqual([
    'a',
    '',
    '',
    '界',
    '',
    '',
    '',
    '😀',
  ]);
  expect(reader.end()).toBe('');
  reader.read(bytes.subarray(1, 3));
  expect(reader.end()).toBe('\ufffd');
});

test('a byte order mark stays', () => {
  expect(createTextReader().read(Buffer.from('\ufeffa'))).toBe('\ufeffa');
});

test('input cut at any place of a string is the same bytes', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '界', '😀', '\u001b[A'), maxLength: 16 });
  fc.assert(
    fc.property(text, fc.array(fc.nat(), { maxLength: 8 }), (given, cuts) => {
      const writer = createTextWriter();
      const pieces = cutAt(given.length, cuts, (from, to) => writer.write(given.slice(from, to)));
      expect(Buffer.concat(pieces)).toEqual(Buffer.from(given));
    }),
    { numRuns: 1_000 },
  );
});

test('half a pair that is followed by something else is replaced', () => {
  const writer = createTextWriter();
  expect(writer.write('a\ud83d')).toEqual(Buffer.from('a'));
  expect(writer.write('b')).toEqual(Buffer.from('\ufffdb'));
});
