import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineSplitter, type Line } from '../../../../main/recording/cast/line-splitter.ts';

const NO_LIMIT = Number.POSITIVE_INFINITY;

/** Pushes `bytes` in chunks that all use one buffer, as a reader of files does. */
function split(bytes: Uint8Array, chunkBytes: number, maxBytes = NO_LIMIT, startOffset = 0): Line[] {
  const splitter = createLineSplitter(startOffset, maxBytes);
  const buffer = Buffer.alloc(chunkBytes);
  const lines: Line[] = [];
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    const chunk = bytes.subarray(start, start + chunkBytes);
    buffer.set(chunk);
    const completed = splitter.push(buffer.subarray(0, chunk.length));
    lines.push(...completed.map((line) => ({ ...line, bytes: Uint8Array.from(line.bytes) })));
    buffer.fill(0x3f);
  }
  const rest = splitter.rest();
  return rest ? [...lines, { ...rest, bytes: Uint8Array.from(rest.bytes) }] : lines;
}

const manyLines = fc.array(fc.constantFrom(0x0a, 0x0d, 0x61, 0xe2, 0x80, 0xa8), { maxLength: 60 });

test('lines are the same however the bytes are cut, and together they are the bytes', () => {
  fc.assert(
    fc.property(manyLines, fc.integer({ min: 1, max: 20 }), (values, chunkBytes) => {
      const bytes = Uint8Array.from(values);
      const lines = split(bytes, chunkBytes);
      expect(lines).toEqual(split(bytes, 1_000));
      for (const { bytes: line, offset, nextOffset } of lines) {
        expect(Uint8Array.from(bytes.subarray(offset, offset + line.length))).toEqual(line);
        expect(line).not.toContain(0x0a);
        expect(nextOffset === bytes.length || bytes[nextOffset - 1] === 0x0a).toBe(true);
      }
      expect(lines.at(-1)?.nextOffset ?? 0).toBe(bytes.length);
    }),
  );
});

test('only the byte 0x0A ends a line, not the Unicode line ends', () => {
  const bytes = new TextEncoder().encode('a\u2028b\u2029c\rd\u0085e\nf');
  expect(split(bytes, 3).map((line) => new TextDecoder().decode(line.bytes))).toEqual([
    'a\u2028b\u2029c\rd\u0085e',
    'f',
  ]);
});

test('offsets count from where the reading began', () => {
  expect(split(new TextEncoder().encode('ab\ncd'), 2, NO_LIMIT, 100)).toMatchObject([
    { offset: 100, nextOffset: 103 },
    { offset: 103, nextOffset: 105 },
  ]);
});

test('a line that is too long is dropped, and the next one is read', () => {
  const bytes = new TextEncoder().encode('short\nmuch too long\nshort');
  expect(
    split(bytes, 4, 6).map(({ isTooLong, bytes: { length }, offset }) => ({ isTooLong, length, offset })),
  ).toEqual([
    { isTooLong: false, length: 5, offset: 0 },
    { isTooLong: true, length: 0, offset: 6 },
    { isTooLong: false, length: 5, offset: 20 },
  ]);
});
