import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatRecordingLink, parseRecordingLink, parseTimeMicros } from '../../preload/recording-link.ts';

describe('a link to a moment', () => {
  test('is what it was made of, to the millisecond', () => {
    const id = fc
      .string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
      .filter((text) => text.trim() === text);
    fc.assert(
      fc.property(id, fc.nat(10_000_000), (recordingId, ms) => {
        const link = formatRecordingLink({ recordingId, timeMicros: ms * 1_000 });
        expect(parseRecordingLink(link)).toEqual({ recordingId, timeMicros: ms * 1_000 });
        expect(parseRecordingLink(formatRecordingLink({ recordingId }))).toEqual({ recordingId });
      }),
    );
  });

  test('may be written by hand', () => {
    expect(parseRecordingLink('kubereel://recording/abc?t=3:20')).toEqual({
      recordingId: 'abc',
      timeMicros: 200e6,
    });
    expect(parseRecordingLink('KUBEREEL://recording/abc/?x=1&t=90#there')).toEqual({
      recordingId: 'abc',
      timeMicros: 90e6,
    });
    expect(parseRecordingLink('kubereel://recording/abc?t=soon')).toEqual({ recordingId: 'abc' });
  });

  test('is nothing else', () => {
    for (const text of [
      '',
      'https://recording/abc',
      'kubereel://session/abc',
      'kubereel://recording/',
      'kubereel://recording/a/b',
      'kubereel://recording/%zz',
      `kubereel://recording/${'a'.repeat(600)}`,
    ]) {
      expect(parseRecordingLink(text), text).toBeUndefined();
    }
  });
});

test('a time is seconds, a clock or units', () => {
  expect(['90', '90.5', '1:30', '1:02:03', '90s', '1h2m3s', '2m'].map(parseTimeMicros)).toEqual(
    [90, 90.5, 90, 3_723, 90, 3_723, 120].map((seconds) => seconds * 1e6),
  );
  expect(['', 'x', '-1', '1:2:3:4', '1e9', '1:'].map(parseTimeMicros)).toEqual(Array(6).fill(undefined));
});
