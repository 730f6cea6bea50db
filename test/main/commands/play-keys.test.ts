import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPlayKeys } from '../../../main/commands/play-keys.ts';

const encoder = new TextEncoder();
const read = (...parts: readonly string[]) => {
  const keys = createPlayKeys();
  return parts.flatMap((part) => keys(encoder.encode(part)));
};

test('keys are those of asciinema and of the app', () => {
  expect(read(' .[]+->q')).toEqual([
    'toggle',
    'step',
    'marker.previous',
    'marker.next',
    'faster',
    'slower',
    'faster',
    'end',
  ]);
  expect(read('\x1b[C\x1b[D\x1bOC\x1bOD')).toEqual(['forward', 'back', 'forward', 'back']);
  expect(read('\x03')).toEqual(['end']);
  expect(read('xyzäß日')).toEqual([]);
});

test('what a terminal reports or answers is not read as keys', () => {
  expect(read('\x1b[<0;12;5M', '\x1b[<0;12;5m', '\x1b[M q.', '\x1b[?1;2c', '\x1b[24;80R', '\x1b[I')).toEqual(
    [],
  );
  expect(
    read('\x1b]11;rgb:0000/0000/0000\x1b\\', '\x1b]10;rgb:q\x07', '\x1bP>|xterm q\x1b\\', '\x1bq'),
  ).toEqual([]);
  expect(read('\x1b[1;5C\x1b[15~')).toEqual([]);
});

test('however a sequence is cut, it means the same', () => {
  const text = '\x1b[C.\x1b]11;rgb:q/q/q\x1b\\[\x1b[<0;1;1M \x1bOD日q';
  const whole = read(text);
  expect(whole).toEqual(['forward', 'step', 'marker.previous', 'toggle', 'back', 'end']);
  const bytes = encoder.encode(text);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 6 }), (cuts) => {
      const keys = createPlayKeys();
      const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      const commands = places.slice(1).flatMap((to, index) => keys(bytes.subarray(places[index], to)));
      expect(commands).toEqual(whole);
    }),
  );
});

test('a sequence without an end is given up', () => {
  const keys = createPlayKeys();
  expect(keys(encoder.encode(`\x1b]${'x'.repeat(5_000)}`))).toEqual([]);
  expect(keys(encoder.encode('q'))).toEqual(['end']);
});
