import { expect, test } from 'vitest';
import { AppError } from '../../../../main/base/errors.ts';
import { createEmitter } from '../../../../main/base/event.ts';
import { createDiskHold, DISK_GRACE_MS, HOLD_BYTES } from '../../../../main/recording/writing/disk-hold.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';

const FULL = new AppError('disk-full', 'the disk is full');

function start() {
  const clock = createManualClock();
  const changed = createEmitter<AppError | undefined>();
  const queue = {
    queuedBytes: 0,
    writtenLength: 0,
    trouble: undefined as AppError | undefined,
    onTroubleChanged: changed.event,
  };
  const limit = { reached: undefined as AppError | undefined };
  const life = new AbortController();
  const hold = createDiskHold({ clock, queue, refusal: () => limit.reached }, life);
  const told: (string | undefined)[] = [];
  hold.onTroubleChanged((trouble) => told.push(trouble?.message));
  return {
    clock,
    hold,
    told,
    limit,
    life,
    push(bytes: number) {
      queue.queuedBytes += bytes;
      hold.pushed();
    },
    write(bytes: number) {
      queue.queuedBytes -= bytes;
      queue.writtenLength += bytes;
      hold.progressed();
    },
    refuse(trouble: AppError | undefined) {
      queue.trouble = trouble;
      changed.fire(trouble);
    },
    async hasRoom() {
      let has = false;
      void hold.room().then(() => {
        has = true;
      });
      await new Promise((resolve) => setImmediate(resolve));
      return has;
    },
  };
}

test('a disk that takes what comes holds nothing up, and nothing is told', async () => {
  const { clock, hold, told, push, write, hasRoom } = start();
  for (let round = 0; round < 50; round += 1) {
    push(1_000);
    await clock.advance(900);
    write(1_000);
    expect(await hasRoom()).toBe(true);
  }
  expect(hold.stopped.aborted).toBe(false);
  expect(told).toEqual([]);
  await clock.advance(1_000);
  expect(clock.sleepers).toBe(0);
});

test('at its limit the queue holds up without a word, until the disk has taken some', async () => {
  const { hold, told, push, write, hasRoom, life } = start();
  push(HOLD_BYTES - 1);
  expect(await hasRoom()).toBe(true);
  push(1);
  expect(await hasRoom()).toBe(false);
  const room = hold.room();
  write(1);
  await room;
  expect(told).toEqual([]);
  life.abort();
});

test('a disk that is stuck is told after a second, and goes on by itself', async () => {
  const { clock, told, push, write, hasRoom, hold } = start();
  push(10);
  await clock.advance(999);
  expect(await hasRoom()).toBe(true);
  await clock.advance(1);
  expect(await hasRoom()).toBe(false);
  expect(told).toEqual(['waiting for the disk: nothing is shown that is not on record']);
  await clock.advance(DISK_GRACE_MS - 2_000);
  write(10);
  expect(await hasRoom()).toBe(true);
  expect(told.at(-1)).toBeUndefined();
  await clock.advance(DISK_GRACE_MS);
  expect(hold.stopped.aborted).toBe(false);
});

test('one that takes a little now and then is waited for as long as it likes', async () => {
  const { clock, push, write, hold, life } = start();
  push(100);
  for (let round = 0; round < 10; round += 1) {
    await clock.advance(DISK_GRACE_MS - 1_000);
    write(1);
  }
  expect(hold.stopped.aborted).toBe(false);
  life.abort();
});

test('one that refuses holds up at once, tells why, and stops it after the grace with its own words', async () => {
  const { clock, push, refuse, hasRoom, hold } = start();
  push(10);
  refuse(FULL);
  expect(await hasRoom()).toBe(false);
  expect(hold.trouble).toMatchObject({ code: 'recording-required', detail: 'the disk is full' });
  await clock.advance(DISK_GRACE_MS);
  expect(hold.stopped.reason).toMatchObject({
    code: 'recording-required',
    message: 'the shell was ended, as it has to be recorded: the disk is full',
  });
  expect(await hasRoom()).toBe(true);
  expect(clock.sleepers).toBe(0);
});

test('a limit stops it at once', () => {
  const { push, limit, hold, life } = start();
  push(10);
  limit.reached = new AppError('recording-limit', 'it has reached its limit', { hint: 'The shell goes on.' });
  push(10);
  expect(hold.stopped.reason.message).toContain('it has reached its limit');
  expect(hold.stopped.reason.hint).not.toContain('goes on');
  life.abort();
});

test('who closes a session that is held up does not wait for the disk; one that is not is left alone', async () => {
  const { push, refuse, hold, hasRoom, life } = start();
  push(10);
  hold.release();
  expect(hold.stopped.aborted).toBe(false);
  refuse(FULL);
  hold.release();
  expect(hold.stopped.aborted).toBe(true);
  expect(await hasRoom()).toBe(true);
  life.abort();
});
