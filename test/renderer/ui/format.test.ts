import { expect, test } from 'vitest';
import {
  formatAge,
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatTime,
} from '../../../renderer/ui/format.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

test('a duration has two units at most and drops an empty second one', () => {
  expect(formatDuration(-5)).toBe('0 s');
  expect(formatDuration(59_999)).toBe('59 s');
  expect(formatDuration(2 * MINUTE_MS + 13_400)).toBe('2 m 13 s');
  expect(formatDuration(HOUR_MS)).toBe('1 h');
  expect(formatDuration(HOUR_MS + 5 * MINUTE_MS + 59_000)).toBe('1 h 5 m');
  expect(formatDuration(3 * DAY_MS + 4 * HOUR_MS)).toBe('3 d 4 h');
});

test('an age has one unit', () => {
  expect([-1, 45_000, 12 * MINUTE_MS, 5 * HOUR_MS, 400 * DAY_MS].map(formatAge)).toEqual([
    '0 s',
    '45 s',
    '12 m',
    '5 h',
    '400 d',
  ]);
});

test('a clock keeps its width beyond a day', () => {
  expect(formatClock(0)).toBe('00:00:00');
  expect(formatClock(12 * MINUTE_MS + 41_900)).toBe('00:12:41');
  expect(formatClock(30 * HOUR_MS)).toBe('30:00:00');
});

test('a time is a clock today, a weekday this week, a date before, with the year where it is another', () => {
  const now = new Date(2026, 10, 21, 15, 30).getTime();
  const at = (...parts: [number, number, number, number, number]): string =>
    formatTime(new Date(...parts).getTime(), now);
  expect(at(2026, 10, 21, 14, 3)).toBe('14:03');
  expect(at(2026, 10, 20, 23, 59)).toBe('Fri 23:59');
  expect(at(2026, 10, 15, 0, 1)).toBe('Sun 00:01');
  expect(at(2026, 10, 14, 14, 3)).toBe('14 Nov');
  expect(at(2025, 11, 31, 14, 3)).toBe('31 Dec 2025');
});

test('a time in the future, by another clock, is a date and no weekday gone by', () => {
  const now = new Date(2026, 10, 21, 15, 30).getTime();
  expect(formatTime(new Date(2026, 10, 23, 9, 0).getTime(), now)).toBe('23 Nov');
});

test('bytes never show four digits', () => {
  expect([0, 812, 999, 1_000, 1_234_567, 99_940_000, 999_600, 5e12].map(formatBytes)).toEqual([
    '0 B',
    '812 B',
    '999 B',
    '1.0 kB',
    '1.2 MB',
    '99.9 MB',
    '1.0 MB',
    '5.0 TB',
  ]);
});

test('one is not plural', () => {
  expect([formatCount(1, 'pod'), formatCount(0, 'pod')]).toEqual(['1 pod', '0 pods']);
});
