import { expect, onTestFinished, test } from 'vitest';
import { createSyncSchedule } from '../../../../main/recording/writing/sync-schedule.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';
import { eventually } from '../../../fakes/until.ts';

const MEBIBYTE = 1024 * 1024;

function start() {
  const clock = createManualClock();
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const gates: PromiseWithResolvers<void>[] = [];
  const failures: unknown[] = [];
  const schedule = createSyncSchedule(
    {
      clock,
      datasync: () => {
        const gate = Promise.withResolvers<void>();
        gates.push(gate);
        return gate.promise;
      },
      onFailed: (error) => failures.push(error),
    },
    { signal: controller.signal },
  );
  return { clock, schedule, gates, failures };
}

test('what was written is synced soon, and not again until there is more', async () => {
  const { clock, schedule, gates } = start();
  schedule.wrote(10);
  await clock.advance(699);
  expect(gates).toHaveLength(0);
  await clock.advance(1);
  expect(gates).toHaveLength(1);
  gates[0]?.resolve();
  await clock.advance(10_000);
  expect(gates).toHaveLength(1);
  schedule.wrote(10);
  await clock.advance(1_000);
  expect(gates).toHaveLength(2);
});

test('each mebibyte is synced at once', () => {
  const { schedule, gates } = start();
  schedule.wrote(MEBIBYTE - 1);
  expect(gates).toHaveLength(0);
  schedule.wrote(1);
  expect(gates).toHaveLength(1);
});

test('a slow disk has one sync at a time, and what came meanwhile is synced a moment after it', async () => {
  const { clock, schedule, gates } = start();
  schedule.wrote(MEBIBYTE);
  schedule.wrote(MEBIBYTE);
  schedule.wrote(MEBIBYTE);
  expect(gates).toHaveLength(1);
  gates[0]?.resolve();
  await clock.advance(0);
  await clock.advance(99);
  schedule.wrote(MEBIBYTE);
  expect(gates).toHaveLength(1);
  await clock.advance(1);
  expect(gates).toHaveLength(2);
});

test('little that came during a sync is synced a second later', async () => {
  const { clock, schedule, gates } = start();
  schedule.wrote(MEBIBYTE);
  schedule.wrote(1);
  await clock.advance(1_000);
  expect(gates).toHaveLength(1);
  gates[0]?.resolve();
  await clock.advance(1_000);
  expect(gates).toHaveLength(2);
});

test('settling waits for the running sync and then syncs the rest', async () => {
  const { schedule, gates } = start();
  schedule.wrote(MEBIBYTE);
  schedule.wrote(1);
  const settled = schedule.settle();
  gates[0]?.resolve();
  await eventually(() => expect(gates).toHaveLength(2));
  gates[1]?.resolve();
  await settled;
});

test('a failed sync is told, what comes after is synced all the same, and settling rejects with it', async () => {
  const { schedule, gates, failures } = start();
  schedule.wrote(MEBIBYTE);
  gates[0]?.reject(new Error('EIO'));
  await eventually(() => expect(failures).toHaveLength(1));
  const settled = schedule.settle();
  await eventually(() => expect(gates).toHaveLength(2));
  gates[1]?.resolve();
  await expect(settled).rejects.toThrow('EIO');
  await expect(schedule.settle()).rejects.toThrow('EIO');
  // All of it is on the disk now, as far as the disk tells.
  expect(gates).toHaveLength(2);
});
