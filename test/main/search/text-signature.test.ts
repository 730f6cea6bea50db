import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mayContain, signText, toSignatureQuery } from '../../../main/search/text-signature.ts';

const encoder = new TextEncoder();
const queryOf = (text: string) => toSignatureQuery(encoder.encode(text));

test('a part of a text always may be in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), fc.nat(), (text, start, length) => {
      const bytes = encoder.encode(text);
      const part = bytes.subarray(start % (bytes.length + 1)).subarray(0, length % 40);
      expect(mayContain(signText(bytes), toSignatureQuery(part))).toBe(true);
    }),
  );
});

test('most words that are not there are known not to be', () => {
  const words = Array.from({ length: 4_000 }, (_, number) => `word-${(number * 7919).toString(36)}`);
  const signature = signText(encoder.encode(words.join(' ')));
  const others = Array.from({ length: 1_000 }, (_, number) => `other ${number * 104_729}`);
  const passed = others.filter((other) => mayContain(signature, queryOf(other)));
  expect(passed.length).toBeLessThan(50);
});

test('what is short is known not to be there, too: one Chinese character, two letters, one sign', () => {
  const signature = signText(encoder.encode('plain text'));
  for (const there of ['', 'p', 'ai', 'n t', ' ']) expect(mayContain(signature, queryOf(there))).toBe(true);
  for (const missing of ['错', 'zz', 'xai', '#']) expect(mayContain(signature, queryOf(missing))).toBe(false);
});

test('numbers are told apart in a text that is full of numbers', () => {
  const lines = Array.from({ length: 3_000 }, (_, number) => `request ${(number * 104_729) % 10_000_000}`);
  const text = lines.join('\n');
  const signature = signText(encoder.encode(text));
  const others = Array.from({ length: 1_000 }, (_, number) =>
    String((number * 7_368_787) % 10_000_000),
  ).filter((number) => number.length === 7 && !text.includes(number));
  const passed = others.filter((other) => mayContain(signature, queryOf(other)));
  expect(passed.length).toBeLessThan(others.length / 5);
});
