import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  readWords,
  toOneLine,
  toRefusal,
  toStopped,
} from '../../../../main/upload/recorder/recorder-answer.ts';
import { anyCharacter } from '../../../fakes/any-text.ts';

const RECORDER = { kind: 'tsrecorder', url: 'http://10.0.0.1:80', name: 'audit' } as const;

test('words of JSON are those meant for people', () => {
  expect(readWords('{"type":"content_too_large","message":"over 8 MB"}', undefined)).toBe('over 8 MB');
  expect(readWords('{"type":"account_required"}', undefined)).toBe('account_required');
  expect(readWords('{"message":7}', undefined)).toBe('{"message":7}');
  expect(readWords('"just text"', undefined)).toBe('"just text"');
});

test('what a recorder says is one short line that no terminal acts on', () => {
  expect(toOneLine('no\r\n  room\u001b[31m left\u202e!', undefined)).toBe('no room [31m left !');
  expect(toOneLine('x'.repeat(1_000), undefined)).toHaveLength(301);
});

test('whatever a recorder says is one line of at most 301 characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter, maxLength: 1_000 }), (words) => {
      const line = toOneLine(words, undefined);
      expect(line).toMatch(/^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u);
      expect(line.length).toBeLessThanOrEqual(301);
      expect(line.isWellFormed()).toBe(true);
    }),
  );
});

test('a token that a recorder quotes is struck out', () => {
  const error = toRefusal(RECORDER, { status: 401, text: 'unknown token s3cret' }, 's3cret');
  expect(error.message).toBe(
    'recorder audit (http://10.0.0.1:80) does not let us in (401: unknown token •••)',
  );
});

test('a status alone is told as it is', () => {
  expect(toRefusal(RECORDER, { status: 500, text: '' }, undefined).message).toContain('failed (500)');
});

test.for([
  [{ text: 'disk full', code: undefined }, 'recorder-failed'],
  [{ text: 'disk full', code: 'disk-full' }, 'recorder-failed'],
  [{ text: 'too large', code: 'too-large' }, 'recorder-refused'],
  [{ text: 'no cast', code: 'not-a-cast' }, 'recorder-refused'],
] as const)('a last frame %j is %s', ([frame, code]) => {
  expect(toStopped(RECORDER, frame, undefined)).toMatchObject({
    code,
    message: expect.stringContaining(frame.text),
  });
});
