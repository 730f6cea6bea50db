import { expect, test } from 'vitest';
import { createKeyReader } from '../../../main/session/typed-keys.ts';

function read(...chunks: readonly (string | Uint8Array)[]): [string, string][] {
  const reader = createKeyReader();
  return chunks.flatMap((chunk) =>
    reader.read(Buffer.from(chunk)).map(({ kind, text }) => [kind, text] as [string, string]),
  );
}

test('characters are single keys, also those of four bytes and those that are cut', () => {
  const smile = Buffer.from('😀');
  expect(read('aé', smile.subarray(0, 1), smile.subarray(1))).toEqual([
    ['text', 'a'],
    ['text', 'é'],
    ['text', '😀'],
  ]);
});

test('keys with names are one key each', () => {
  const named = ['\x7f', '\t', '\x1b[A', '\x1b[1;5C', '\x1bOP', '\x1b[3~', '\x1bb', '\x04', '\x1b'];
  expect(read(...named)).toEqual(named.map((text) => ['control', text]));
});

test('Enter and what breaks a line off end it', () => {
  expect(read('\r\n\x03\x1a').map(([kind]) => kind)).toEqual(['end', 'end', 'end', 'end']);
});

test('what nobody pressed is no key: answers, the mouse, focus, borders of pastes', () => {
  const answers = [
    '\x1b[?1;2c',
    '\x1b[3;7R',
    '\x1b[0n',
    '\x1b[<0;3;4M',
    '\x1b[I',
    '\x1b]10;rgb:0/0/0\x1b\\',
    '\x1bP1$r0m\x1b\\',
  ];
  expect(read(...answers)).toEqual([]);
  expect(read(answers.join(''))).toEqual([]);
  expect(read('\x1b[200~ab\x1b[201~')).toEqual([
    ['text', 'a'],
    ['text', 'b'],
  ]);
});
