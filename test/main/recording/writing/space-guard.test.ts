import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createSpaceGuard, type RecordingLimits } from '../../../../main/recording/writing/space-guard.ts';
import { makeCastFolder } from '../../../fakes/cast-folder.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';

const MIB = 1024 * 1024;
const NONE: RecordingLimits = { sessionBytes: 0, freeBytes: 0, libraryBytes: 0 };

async function open(limits: Partial<RecordingLimits>) {
  const clock = createManualClock();
  const disk = { free: 1_000 * MIB };
  const folder = await makeCastFolder();
  const guard = createSpaceGuard({
    clock,
    folder,
    limits: () => ({ ...NONE, ...limits }),
    freeBytes: async () => disk.free,
  });
  await guard.measure();
  return { guard, clock, disk, folder };
}

test('without limits nothing is refused', async () => {
  const { guard, disk } = await open({});
  disk.free = 0;
  await guard.measure();
  expect(guard.refusal(Number.MAX_SAFE_INTEGER)).toBeUndefined();
});

test('a cast stops at its own limit, others go on', async () => {
  const { guard } = await open({ sessionBytes: 2 * MIB });
  expect(guard.refusal(2 * MIB - 1)).toBeUndefined();
  expect(guard.refusal(2 * MIB)).toMatchObject({
    code: 'recording-limit',
    message: 'this recording has reached its limit of 2 MiB',
  });
});

test('recording stops at the floor and goes on well above it', async () => {
  const { guard, disk } = await open({ freeBytes: 500 * MIB });
  expect(guard.refusal(0)).toBeUndefined();
  guard.spent(501 * MIB);
  expect(guard.refusal(0)?.message).toBe('less than 500 MiB are left on the disk');
  disk.free = 510 * MIB;
  await guard.measure();
  expect(guard.refusal(0)).toBeDefined();
  disk.free = 600 * MIB;
  await guard.measure();
  expect(guard.refusal(0)).toBeUndefined();
});

test('all recordings together have a limit: what is there, and what grows', async () => {
  const { guard, clock, folder } = await open({ libraryBytes: 3 * MIB });
  await writeFile(`${folder}/a.cast`, Buffer.alloc(MIB));
  await guard.measure();
  guard.spent(2 * MIB);
  // Measured less than a minute ago: the file is not known yet.
  expect(guard.refusal(0)).toBeUndefined();
  guard.spent(MIB);
  expect(guard.refusal(0)?.message).toContain('together');
  await clock.advance(60_000);
  await guard.measure();
  expect(guard.refusal(0)).toBeUndefined();
});

test('a disk that cannot be measured sets no limit', async () => {
  const guard = createSpaceGuard({
    clock: createManualClock(),
    folder: '/no/such/folder',
    limits: () => ({ sessionBytes: 0, freeBytes: 1, libraryBytes: 1 }),
  });
  await guard.measure();
  expect(guard.refusal(0)).toBeUndefined();
});
