import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchPeer } from '../../../main/agent/peer-watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start() {
  const told: string[] = [];
  const watch = watchPeer(
    () => told.push('ping'),
    () => told.push('silent'),
  );
  return { watch, told };
}

test('a page that is silent is pinged after 30 s and gone after 45 s', () => {
  const { told } = start();
  vi.advanceTimersByTime(29_999);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual(['ping']);
  vi.advanceTimersByTime(15_000);
  expect(told).toEqual(['ping', 'silent']);
  vi.advanceTimersByTime(600_000);
  expect(told).toEqual(['ping', 'silent']);
});

test('one that answers lives', () => {
  const { watch, told } = start();
  for (let minutes = 0; minutes < 60; minutes += 1) {
    vi.advanceTimersByTime(30_000);
    watch.heard();
    vi.advanceTimersByTime(30_000);
    watch.heard();
  }
  expect(told.filter((each) => each === 'silent')).toEqual([]);
  expect(told).toHaveLength(120);
  watch.stop();
});

test('one that is not listened to is pinged, and not taken for gone', () => {
  const { watch, told } = start();
  watch.pause();
  vi.advanceTimersByTime(600_000);
  expect(told).toEqual(Array.from({ length: 20 }, () => 'ping'));
  watch.resume();
  vi.advanceTimersByTime(44_999);
  expect(told).not.toContain('silent');
  vi.advanceTimersByTime(1);
  expect(told.at(-1)).toBe('silent');
});

test('once stopped it says nothing', () => {
  const { watch, told } = start();
  watch.stop();
  vi.advanceTimersByTime(600_000);
  expect(told).toEqual([]);
});
