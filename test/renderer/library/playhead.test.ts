import { expect, test } from 'vitest';
import { createPlayhead, type Playhead } from '../../../renderer/library/playhead.ts';

function make(idleSeconds = 0): { playhead: Playhead; pass(ms: number): void } {
  let nowMs = 0;
  const playhead = createPlayhead({ nowMs: () => nowMs }, idleSeconds);
  return {
    playhead,
    pass(ms) {
      nowMs += ms;
    },
  };
}

test('a halted playhead stands still, a started one moves with the clock', () => {
  const { playhead, pass } = make();
  playhead.next(10e6);
  pass(1_000);
  expect(playhead.positionMicros()).toBe(0);
  playhead.start();
  pass(1_500);
  expect(playhead.positionMicros()).toBe(1.5e6);
  playhead.halt();
  pass(1_000);
  expect(playhead.positionMicros()).toBe(1.5e6);
});

test('it never runs past the next record, nor past the last while the next is unknown', () => {
  const { playhead, pass } = make();
  playhead.next(1e6);
  playhead.start();
  pass(5_000);
  expect(playhead.positionMicros()).toBe(1e6);
  playhead.passed(1e6);
  pass(100);
  expect(playhead.positionMicros()).toBe(1e6);
});

test('speed changes how it moves, not where it stands', () => {
  const { playhead, pass } = make();
  playhead.next(100e6);
  playhead.start();
  pass(2_000);
  playhead.setSpeed(8);
  expect(playhead.positionMicros()).toBe(2e6);
  pass(1_000);
  expect(playhead.positionMicros()).toBe(10e6);
  expect(playhead.waitMs(50e6)).toBe(5_000);
});

test('the wait is cut to the idle limit, counted from the last record or from where a seek came down', () => {
  const { playhead } = make(3);
  playhead.passed(10e6);
  playhead.move(10e6);
  expect(playhead.waitMs(11e6)).toBe(1_000);
  expect(playhead.waitMs(600e6)).toBe(3_000);
  playhead.move(300e6);
  expect(playhead.waitMs(600e6)).toBe(3_000);
  playhead.setIdleSeconds(0);
  expect(playhead.waitMs(600e6)).toBe(300_000);
});

test('a little late is caught up with, much later goes on from the record', () => {
  const { playhead, pass } = make();
  playhead.next(1e6);
  playhead.start();
  pass(1_100);
  playhead.passed(1e6);
  playhead.next(1.05e6);
  expect(playhead.waitMs(2e6)).toBe(950);
  pass(5_000);
  playhead.passed(1.05e6);
  playhead.next(1.06e6);
  expect(playhead.positionMicros()).toBe(1.06e6);
  expect(playhead.waitMs(2.06e6)).toBe(1_000);
});
