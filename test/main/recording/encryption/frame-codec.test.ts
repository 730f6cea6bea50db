import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encryptTo, makeIdentity } from '../../../../main/recording/encryption/age.ts';
import {
  AGE_START,
  formatEncryptedHeader,
  formatFrame,
  LENGTH_BYTES,
  MAX_FRAME_BYTES,
  parseEncryptedHeader,
  plainBytesOf,
} from '../../../../main/recording/encryption/frame-codec.ts';

test('the length of an age file tells how much it holds, whatever that is', async () => {
  const { recipient } = await makeIdentity();
  const edges = [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000];
  for (const length of [...edges, ...fc.sample(fc.nat(300_000), 20)]) {
    const file = await encryptTo([recipient], new Uint8Array(length));
    expect(plainBytesOf(file.length), `${length} bytes`).toBe(length);
    expect(Buffer.from(file.subarray(0, AGE_START.length)).equals(AGE_START)).toBe(true);
  }
});

test('what no frame is long is refused', () => {
  expect(plainBytesOf(0)).toBeUndefined();
  expect(plainBytesOf(199)).toBeUndefined();
  expect(plainBytesOf(200)).toBe(0);
  expect(plainBytesOf(MAX_FRAME_BYTES + 1)).toBeUndefined();
});

test('a frame is its length and its bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70_000 }), (bytes) => {
      const frame = Buffer.from(formatFrame(bytes));
      expect(frame.readUInt32BE()).toBe(bytes.length);
      expect(frame.subarray(LENGTH_BYTES).equals(bytes)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('the first line names the recipients', () => {
  const line = formatEncryptedHeader({ recipients: ['age1a', 'age1b'] });
  expect(line.endsWith('\n')).toBe(true);
  expect(parseEncryptedHeader(line.trimEnd())).toEqual({ recipients: ['age1a', 'age1b'] });
});

test.each([
  '',
  'no JSON',
  '{}',
  '{"version":2,"width":80,"height":24}',
  '{"format":"kubereel encrypted cast","version":2,"recipients":["age1a"]}',
])('the line %j begins no encrypted cast', (line) => {
  expect(() => parseEncryptedHeader(line)).toThrow('it is no encrypted cast');
});
