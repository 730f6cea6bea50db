import { expect, test } from 'vitest';
import { makeRecordingId } from '../../../main/recording/recording-id.ts';

test('an id is the time of its start in UTC and six characters of chance', () => {
  expect(makeRecordingId(Date.UTC(2026, 7, 9, 1, 2, 3, 999))).toMatch(/^20260809-010203-[a-z2-7]{6}$/);
});

test('ids of one moment differ', () => {
  const ids = Array.from({ length: 1_000 }, () => makeRecordingId(0));
  expect(new Set(ids).size).toBe(1_000);
});
