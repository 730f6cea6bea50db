import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RecordingOwner } from '../../../../main/recording/recording.ts';
import { createQueueLease, type QueueLease } from '../../../../main/upload/queue/queue-lease.ts';
import { makeCastFolder } from '../../../fakes/cast-folder.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';

const clock = createManualClock();
const dead = new Set<number>();

function leaseOf(folder: string, processId: number, hostName = 'here'): QueueLease {
  const self: RecordingOwner = { hostName, processId, processStartedAtMs: 1 };
  const isAlive = ({ processId: id }: RecordingOwner): boolean => !dead.has(id);
  return createQueueLease({ clock, folder, owner: { describe: () => self, isAlive } });
}

test('one process has it, until it gives it back', async () => {
  const folder = await makeCastFolder();
  const [one, other] = [leaseOf(folder, 1), leaseOf(folder, 2)];
  expect([await one.take(), await other.take(), await one.take()]).toEqual([true, false, true]);
  expect([await one.isElsewhere(), await other.isElsewhere()]).toEqual([false, true]);
  await other.release();
  expect(await other.take()).toBe(false);
  await one.release();
  expect([await other.take(), await one.take()]).toEqual([true, false]);
});

test('a process that died with it does not keep it', async () => {
  const folder = await makeCastFolder();
  const [one, other] = [leaseOf(folder, 11), leaseOf(folder, 12)];
  await one.take();
  dead.add(11);
  expect(await other.take()).toBe(true);
});

test('who has not renewed it for two minutes has it no longer, whoever has its number now', async () => {
  const folder = await makeCastFolder();
  const [one, other] = [leaseOf(folder, 21), leaseOf(folder, 22)];
  await one.take();
  await clock.advance(119_000);
  expect(await other.take()).toBe(false);
  await one.take();
  await clock.advance(119_000);
  expect(await other.take()).toBe(false);
  await clock.advance(2_000);
  expect([await other.take(), await one.take()]).toEqual([true, false]);
});

test('another machine counts while its word is fresh', async () => {
  const folder = await makeCastFolder();
  dead.add(31);
  const [there, here] = [leaseOf(folder, 31, 'there'), leaseOf(folder, 32)];
  await there.take();
  expect(await here.take()).toBe(false);
  await clock.advance(121_000);
  expect(await here.take()).toBe(true);
});

test('a file that says nothing keeps nobody out', async () => {
  const folder = await makeCastFolder();
  await writeFile(join(folder, 'queue'), '{"owner":');
  expect(await leaseOf(folder, 41).take()).toBe(true);
});

test('of ten that want it at once one has it', async () => {
  const folder = await makeCastFolder();
  const taken = await Promise.all(
    Array.from({ length: 10 }, (_, index) => leaseOf(folder, 50 + index).isElsewhere()),
  );
  expect(taken).toEqual(Array.from({ length: 10 }, () => false));
  const leases = Array.from({ length: 10 }, (_, index) => leaseOf(folder, 50 + index));
  for (const lease of leases) await lease.take();
  expect(
    (await Promise.all(leases.map((lease) => lease.isElsewhere()))).filter((held) => !held),
  ).toHaveLength(1);
});
