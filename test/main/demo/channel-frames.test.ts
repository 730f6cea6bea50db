import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseSubprotocol, formatFrame, parseClientFrame } from '../../../main/demo/channel-frames.ts';

const V5 = 'v5.channel.k8s.io';
const V4 = 'v4.channel.k8s.io';

function parseText(channel: number, text: string): ReturnType<typeof parseClientFrame> {
  return parseClientFrame(formatFrame(channel, Buffer.from(text)), V5);
}

test.each([
  ['v5.channel.k8s.io', V5],
  ['v4.channel.k8s.io', V4],
  ['v5.channel.k8s.io, v4.channel.k8s.io', V5],
  ['v4.channel.k8s.io,v5.channel.k8s.io', V4],
  ['v6.channel.k8s.io, v4.channel.k8s.io', V4],
  ['v3.channel.k8s.io', undefined],
  ['base64.channel.k8s.io', undefined],
  ['', undefined],
  [undefined, undefined],
])('of %j the server takes %j', (header, expected) => {
  expect(chooseSubprotocol(header)).toBe(expected);
});

test('input of any bytes comes out as it went in', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const frame = parseClientFrame(formatFrame(0, bytes), V5);
      expect(frame.kind).toBe('input');
      if (frame.kind === 'input') expect(Buffer.from(frame.bytes)).toEqual(Buffer.from(bytes));
    }),
  );
});

test('no message of any bytes throws', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(['input', 'input-ended', 'resize', 'ignored']).toContain(parseClientFrame(bytes, V4).kind);
    }),
  );
});

test.each(['{"Width":120,"Height":40}\n', '{"width":120,"height":40}', '{"WIDTH":120,"Height":40,"x":1}'])(
  'the size %j is understood',
  (text) => {
    expect(parseText(4, text)).toEqual({ kind: 'resize', size: { columns: 120, rows: 40 } });
  },
);

test.each([
  '',
  '{',
  'null',
  '[]',
  '7',
  '{"Width":120}',
  '{"Width":0,"Height":40}',
  '{"Width":70000,"Height":40}',
  '{"Width":1.5,"Height":40}',
  '{"Width":"120","Height":40}',
])('the size %j is passed over', (text) => {
  expect(parseText(4, text)).toEqual({ kind: 'ignored' });
});

test('the end of input is exactly two bytes, and only in version 5', () => {
  expect(parseClientFrame(Uint8Array.of(255, 0), V5)).toEqual({ kind: 'input-ended' });
  expect(parseClientFrame(Uint8Array.of(255, 0), V4)).toEqual({ kind: 'ignored' });
  expect(parseClientFrame(Uint8Array.of(255, 1), V5)).toEqual({ kind: 'ignored' });
  expect(parseClientFrame(Uint8Array.of(255), V5)).toEqual({ kind: 'ignored' });
  expect(parseClientFrame(Uint8Array.of(255, 0, 0), V5)).toEqual({ kind: 'ignored' });
});

test.each([1, 2, 3, 5, 9, 254])('channel %i is not for clients', (channel) => {
  expect(parseText(channel, 'x')).toEqual({ kind: 'ignored' });
});

test('an empty message is passed over', () => {
  expect(parseClientFrame(new Uint8Array(), V5)).toEqual({ kind: 'ignored' });
});
