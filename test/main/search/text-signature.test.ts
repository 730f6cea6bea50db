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

test('what is shorter than a run may be anywhere; one Chinese character is a run', () => {
  const signature = signText(encoder.encode('plain text'));
  expect(mayContain(signature, queryOf('zz'))).toBe(true);
  expect(mayContain(signature, queryOf('错'))).toBe(false);
});
