import { expect, test } from 'vitest';
import { createAckWatch } from '../../../../main/upload/tsrecorder/ack-watch.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';

const LIMITS = { ackMs: 30_000, progressMs: 60_000, finalAnswerMs: 300_000 };

function start(limits = LIMITS) {
  const clock = createManualClock();
  const watch = createAckWatch(clock, limits);
  const gone = new AbortController();
  let late: string | undefined;
  void watch.late({ signal: gone.signal }).then(
    (what) => {
      late = what;
    },
    () => {},
  );
  return { clock, watch, gone, late: () => late };
}

test('without a frame it is late after 30 s from the start, and not after 29', async () => {
  const { clock, late } = start();
  await clock.advance(29_000);
  expect(late()).toBeUndefined();
  await clock.advance(1_000);
  expect(late()).toBe('sent no acknowledgement for 30 s');
});

test('the 30 s begin anew with each frame', async () => {
  const { clock, watch, late } = start();
  await clock.advance(29_000);
  watch.alive();
  await clock.advance(29_000);
  expect(late()).toBeUndefined();
  await clock.advance(1_000);
  expect(late()).toBe('sent no acknowledgement for 30 s');
});

test('a session that is idle and acknowledged lives for an hour', async () => {
  const { clock, watch, gone, late } = start();
  watch.sent(100);
  watch.acked(100);
  for (let minute = 0; minute < 3 * 60; minute += 1) {
    await clock.advance(20_000);
    watch.alive();
  }
  expect(late()).toBeUndefined();
  gone.abort();
});

test('frames that acknowledge nothing new while bytes wait are late after a minute', async () => {
  const { clock, watch, late } = start();
  await clock.advance(10_000);
  watch.sent(100);
  for (let second = 0; second < 59; second += 1) {
    await clock.advance(1_000);
    watch.alive();
    watch.acked(0);
  }
  expect(late()).toBeUndefined();
  await clock.advance(1_000);
  expect(late()).toBe('acknowledged nothing new for 60 s, while 100 bytes wait');
});

test('a slow recorder is not late as long as it gets on', async () => {
  const { clock, watch, gone, late } = start();
  watch.sent(1_000);
  for (let acked = 1; acked < 100; acked += 1) {
    await clock.advance(20_000);
    watch.alive();
    expect(watch.acked(acked)).toBeUndefined();
  }
  expect(late()).toBeUndefined();
  gone.abort();
});

test('what waited long ago does not count for what waits now', async () => {
  const { clock, watch, gone, late } = start({ ...LIMITS, ackMs: 1_000_000 });
  watch.sent(1);
  watch.acked(1);
  await clock.advance(59_000);
  watch.sent(1);
  await clock.advance(59_000);
  expect(late()).toBeUndefined();
  gone.abort();
});

test('an end that is not confirmed is late after five minutes, though frames go on', async () => {
  const { clock, watch, late } = start();
  watch.sent(10);
  await clock.advance(20_000);
  watch.ended();
  watch.alive();
  watch.acked(10);
  for (let passedMs = 0; passedMs < 299_000; passedMs += 23_000) {
    await clock.advance(23_000);
    watch.alive();
    watch.acked(10);
  }
  expect(late()).toBeUndefined();
  await clock.advance(1_000);
  expect(late()).toBe('acknowledged all of it, and did not say for 300 s that it is done');
});

test('numbers that cannot be true are told', () => {
  const { watch, gone } = start();
  watch.sent(10);
  expect(watch.acked(10)).toBeUndefined();
  expect(watch.acked(9)).toBe('took back what it had acknowledged: 9 bytes after 10');
  expect(watch.acked(11)).toBe('acknowledged 11 bytes of 10 that were sent');
  expect(watch.ackedBytes).toBe(10);
  gone.abort();
});
