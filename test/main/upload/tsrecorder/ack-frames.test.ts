import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAckFrameReader } from '../../../../main/upload/tsrecorder/ack-frames.ts';

function read(text: string) {
  const reader = createAckFrameReader();
  return [...reader.push(Buffer.from(text)), ...reader.end()];
}

const NOTHING = { durableBytes: undefined, stored: undefined };

test('frames of the protocol are read', () => {
  expect(read('{}\n{"ack":12}\n{"error":"disk full"}\n')).toEqual([
    { kind: 'ack', bytes: undefined, ...NOTHING },
    { kind: 'ack', bytes: 12, ...NOTHING },
    { kind: 'error', text: 'disk full', code: undefined },
  ]);
});

test('what is our own recorder’s is read with them', () => {
  const stored = { id: 'a.2', sha256: 'ab', bytes: 7, outcome: 'another' };
  const text = `${JSON.stringify({ ack: 7, durable: 5, stored })}\n{"error":"no room","code":"disk-full"}\n`;
  expect(read(text)).toMatchObject([
    { kind: 'ack', bytes: 7, durableBytes: 5, stored: { id: 'a.2', sha256: 'ab', outcome: 'another' } },
    { kind: 'error', text: 'no room', code: 'disk-full' },
  ]);
});

test('keys that nobody knows are passed over, blank lines too', () => {
  expect(read('\n{"ack":1,"zone":"eu"}\n\r\n')).toEqual([{ kind: 'ack', bytes: 1, ...NOTHING }]);
});

test('a last frame without its line end is one', () => {
  expect(read('{"error":"gone"}')).toEqual([{ kind: 'error', text: 'gone', code: undefined }]);
});

test.for(['ack', '[1]', '{"ack":-1}', '{"ack":1.5}', '{"ack":"1"}', '{"ack":1e300}', '{"ack":'])(
  '%s is no frame',
  (text) => {
    expect(read(text)).toEqual([{ kind: 'invalid', text }]);
  },
);

test('a line without an end is given up at its limit', () => {
  const reader = createAckFrameReader();
  expect(reader.push(Buffer.alloc(70_000, 'x'))).toEqual([]);
  expect(reader.push(Buffer.from('\n{"ack":3}\n'))).toMatchObject([
    { kind: 'invalid', text: 'a line over 65536 bytes' },
    { kind: 'ack', bytes: 3 },
  ]);
});

test('frames are the same however they are cut', () => {
  const frame = fc.oneof(
    fc.record({ ack: fc.nat() }),
    fc.record({ ack: fc.nat(), durable: fc.nat() }),
    fc.record({ error: fc.string({ minLength: 1 }) }),
    fc.constant({}),
  );
  fc.assert(
    fc.property(fc.array(frame), fc.array(fc.nat(400)), (frames, cuts) => {
      const bytes = Buffer.from(frames.map((one) => `${JSON.stringify(one)}\n`).join(''));
      const reader = createAckFrameReader();
      const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort(
        (a, b) => a - b,
      );
      const pieces = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
      expect(pieces.flatMap((piece) => reader.push(piece))).toEqual(read(bytes.toString()));
    }),
  );
});
