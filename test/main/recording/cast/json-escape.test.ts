import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatEvent, parseEvent } from '../../../../main/recording/cast/cast.ts';
import { escapeJson } from '../../../../main/recording/cast/json-escape.ts';
import { anyCharacter } from '../../../fakes/any-text.ts';

const encoder = new TextEncoder();
const BEFORE = '[1.234567,"o","';
const AFTER = '"]\n';

function escapeText(text: string): string | undefined {
  return escapeJson(BEFORE, encoder.encode(text), AFTER);
}

/** By way of a string, as everything else in a cast. */
function expected(text: string): string {
  return formatEvent({ kind: 'output', timeMicros: 1_234_567, text });
}

/** Long enough, with whatever is asked for at any place of the 16 bytes that are looked at together. */
const longTexts = (unit: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.string({ unit, minLength: 300, maxLength: 600 });

const ascii = fc.integer({ min: 0, max: 0x7f }).map((code) => String.fromCharCode(code));
const plain = fc.constantFrom(...'abcdefgh 0123456789');
const rarely = (unit: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ arbitrary: plain, weight: 30 }, { arbitrary: unit, weight: 1 });

test('ASCII is written as by way of a string', () => {
  for (const unit of [ascii, rarely(ascii)]) {
    fc.assert(
      fc.property(longTexts(unit), (text) => {
        expect(escapeText(text)).toBe(expected(text));
      }),
    );
  }
});

test('any text is written as by way of a string, or not at all where a character beyond ASCII needs an escape', () => {
  const character = fc.oneof(
    fc.string({ unit: anyCharacter, minLength: 1, maxLength: 1 }),
    fc.integer({ min: 0x80, max: 0x3000 }).map((code) => String.fromCodePoint(code)),
    fc.constantFrom('\u0080', '\u009f', '\u00a0', '\u2027', '\u2028', '\u2029', '\u202a', '\ufefe', '\ufeff'),
  );
  let escaped = 0;
  for (const unit of [character, rarely(character)]) {
    fc.assert(
      fc.property(longTexts(unit), (text) => {
        const line = escapeText(text);
        escaped += line === undefined ? 0 : 1;
        const isRefused = /[\u0080-\u009f\u2028\u2029\ufeff]/.test(text);
        expect(line).toBe(isRefused ? undefined : expected(text));
      }),
    );
  }
  expect(escaped).toBeGreaterThan(0);
});

test('every byte of ASCII stands for itself when it is read again, at each place among 16', () => {
  for (let code = 0; code < 0x80; code += 1) {
    for (let place = 0; place < 17; place += 1) {
      const text = `${'.'.repeat(place)}${String.fromCharCode(code)}${'.'.repeat(300)}`;
      expect(parseEvent(escapeText(text) ?? '')).toMatchObject({ kind: 'output', text });
    }
  }
});

test('what is too short or too long takes the other way, and the longest does not', () => {
  expect(escapeText('x'.repeat(255))).toBeUndefined();
  expect(escapeText('x'.repeat(64 * 1024 + 1))).toBeUndefined();
  const worst = '\u0001'.repeat(64 * 1024);
  expect(escapeText(worst)).toBe(expected(worst));
});

test('a line before leaves nothing in the next', () => {
  expect(escapeText('\u001b'.repeat(60_000))).toHaveLength(BEFORE.length + 6 * 60_000 + AFTER.length);
  expect(escapeText('é'.repeat(200))).toBe(expected('é'.repeat(200)));
});
