import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeMessage,
  encodeResize,
  encodeStdin,
  encodeStdinEnd,
  MAX_STDIN_BYTES,
} from '../../../main/exec/channel-protocol.ts';

test('stdin comes out of its frames as it went in, whatever its length', () => {
  const around = fc.integer({ min: -2, max: 2 }).map((more) => Math.max(0, 2 * MAX_STDIN_BYTES + more));
  const length = fc.oneof(fc.nat({ max: 200_000 }), around);
  fc.assert(
    fc.property(length, fc.nat(), (bytes, seed) => {
      const input = Uint8Array.from({ length: bytes }, (_, i) => (i * 31 + seed) & 0xff);
      const frames = Array.from(encodeStdin(input), (frame) => frame.slice());
      expect(frames.every((frame) => frame[0] === 0 && frame.byteLength <= MAX_STDIN_BYTES + 1)).toBe(true);
      expect(frames.every((frame) => frame.byteLength > 1)).toBe(true);
      const parts = frames.map((frame) => frame.subarray(1));
      expect(Buffer.concat(parts).equals(Buffer.from(input))).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('any message is understood or left alone, and never an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (message) => {
      const decoded = decodeMessage(message);
      const [channel] = message;
      const payload = message.subarray(1);
      if (channel === 1 || channel === 2) {
        const name = channel === 1 ? 'stdout' : 'stderr';
        expect(decoded).toEqual({ kind: 'output', channel: name, bytes: payload });
      } else if (channel === 3) {
        expect(decoded).toEqual({ kind: 'status', text: new TextDecoder().decode(payload) });
      } else {
        expect(decoded).toEqual({ kind: 'ignored', channel });
      }
    }),
  );
});

test('a frame on each channel that a server may send', () => {
  const frame = (channel: number) => Uint8Array.of(channel, 104, 105);
  expect(decodeMessage(frame(1))).toMatchObject({ kind: 'output', channel: 'stdout' });
  expect(decodeMessage(frame(2))).toMatchObject({ kind: 'output', channel: 'stderr' });
  expect(decodeMessage(frame(3))).toEqual({ kind: 'status', text: 'hi' });
  for (const channel of [0, 4, 9, 255]) expect(decodeMessage(frame(channel)).kind).toBe('ignored');
  expect(decodeMessage(new Uint8Array())).toEqual({ kind: 'ignored', channel: undefined });
});

test('a resize has kubectl’s form: capital keys and a newline', () => {
  expect(Buffer.from(encodeResize({ cols: 120, rows: 40 })).toString('latin1')).toBe(
    '\u0004{"Width":120,"Height":40}\n',
  );
});

test('a size is what fits into two bytes and is not nothing', () => {
  const sides = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(Number.NaN, Infinity, -0, 65_536));
  fc.assert(
    fc.property(sides, sides, (cols, rows) => {
      const json = JSON.parse(Buffer.from(encodeResize({ cols, rows })).toString('utf8').slice(1));
      for (const side of [json.Width, json.Height]) {
        expect(Number.isInteger(side) && side >= 1 && side <= 65_535).toBe(true);
      }
    }),
  );
});

test('the end of stdin is exactly two bytes', () => {
  expect([...encodeStdinEnd()]).toEqual([255, 0]);
});
