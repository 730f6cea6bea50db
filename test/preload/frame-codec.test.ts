import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeFrame,
  encodeFrame,
  type Frame,
  FrameError,
  MAX_DATA_BYTES,
} from '../../preload/frame-codec.ts';

const id = fc.nat(0xffff_ffff);
const problem = fc.record({ code: fc.string(), message: fc.string() });
const frame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({ kind: fc.constant('hello' as const), contractVersion: id }),
  fc.record({
    kind: fc.constant('call' as const),
    id,
    name: fc.string(),
    input: fc.jsonValue() as fc.Arbitrary<unknown>,
  }),
  fc.record({ kind: fc.constant('reply' as const), id, output: fc.jsonValue() as fc.Arbitrary<unknown> }),
  fc.record({ kind: fc.constant('fail' as const), id, problem }),
  fc.record({ kind: fc.constant('cancel' as const), id }),
  fc.record({
    kind: fc.constant('event' as const),
    name: fc.string(),
    payload: fc.jsonValue() as fc.Arbitrary<unknown>,
  }),
  fc.record({
    kind: fc.constant('open' as const),
    id,
    name: fc.string(),
    params: fc.jsonValue() as fc.Arbitrary<unknown>,
  }),
  fc.record({ kind: fc.constant('data' as const), id, bytes: fc.uint8Array({ maxLength: 1_000 }) }),
  fc.record({ kind: fc.constant('credit' as const), id, bytes: id }),
  fc.record({ kind: fc.constant('end' as const), id, problem }),
  fc.record({ kind: fc.constant('end' as const), id }),
);

/** -0 is 0 in JSON. */
function plain(value: unknown): unknown {
  return value instanceof Uint8Array ? value : JSON.parse(JSON.stringify(value));
}

test('every frame comes back as it was sent', () => {
  fc.assert(
    fc.property(frame, (sent) => {
      const received = decodeFrame(encodeFrame(sent));
      if (sent.kind === 'data') expect(received).toEqual(sent);
      else expect(plain(received)).toEqual(plain(sent));
    }),
  );
});

test('whatever else arrives is refused with one kind of error', () => {
  const hostile = fc.oneof(
    fc.string(),
    fc.uint8Array(),
    fc.json(),
    fc.constantFrom(undefined, null, 5, {}, []),
    fc
      .record({ kind: fc.constantFrom('call', 'reply', 'fail', 'end', 'data', 'credit', 'constructor') })
      .map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(hostile, (message) => {
      try {
        decodeFrame(message);
      } catch (error) {
        expect(error).toBeInstanceOf(FrameError);
      }
    }),
  );
});

test('numbers that are no ids and data over the limit are refused', () => {
  for (const bad of [-1, 0.5, 2 ** 32, '1', null]) {
    expect(() => decodeFrame(JSON.stringify({ kind: 'cancel', id: bad }))).toThrow(FrameError);
  }
  const largest = encodeFrame({ kind: 'data', id: 1, bytes: new Uint8Array(MAX_DATA_BYTES) }) as Uint8Array;
  expect(decodeFrame(largest).kind).toBe('data');
  expect(() => decodeFrame(new Uint8Array(MAX_DATA_BYTES + 6).fill(1, 0, 1))).toThrow('over its limit');
});
