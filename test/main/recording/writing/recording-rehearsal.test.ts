import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '../../../../main/base/errors.ts';
import { makeIdentity } from '../../../../main/recording/encryption/age.ts';
import { rehearseRecording } from '../../../../main/recording/writing/recording-rehearsal.ts';
import { createFaultyDisk } from '../../../fakes/faulty-disk.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';

const clock = createManualClock();

async function makeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'kubereel-rehearsal-'));
}

test('where a recording can be begun nothing is left, encrypted or not', async () => {
  const folder = join(await makeFolder(), 'recordings');
  await rehearseRecording({ clock, folder });
  await rehearseRecording({ clock, folder, encryptTo: [(await makeIdentity()).recipient] });
  expect(await readdir(folder)).toEqual([]);
});

test('a folder that is a file, and what is no recipient, are told as the beginning would', async () => {
  const folder = join(await makeFolder(), 'taken');
  await writeFile(folder, '');
  await expect(rehearseRecording({ clock, folder })).rejects.toMatchObject({
    code: 'recording-failed',
    message: expect.stringContaining(`no recording could be begun in ${folder}`),
  });
  const other = await makeFolder();
  await expect(rehearseRecording({ clock, folder: other, encryptTo: ['age1x'] })).rejects.toMatchObject({
    message: expect.stringContaining('not an age recipient: age1x'),
  });
  expect(await readdir(other)).toEqual([]);
});

test.for(['create', 'write', 'sync', 'reserve'] as const)(
  'a disk that fails to %s is found out',
  async (operation) => {
    const left = new Set<string>();
    const disk = createFaultyDisk((path) => left.add(path));
    disk.faults.failing.add(operation);
    await expect(rehearseRecording({ clock, folder: '/r', files: disk.files })).rejects.toMatchObject({
      code: 'recording-failed',
    });
    expect([...left].filter((path) => disk.read(path))).toEqual([]);
  },
);

test('a full disk is found out though a line would fit, and so is a limit', async () => {
  const disk = createFaultyDisk(() => {});
  disk.faults.room = 1_000;
  await expect(rehearseRecording({ clock, folder: '/r', files: disk.files })).rejects.toMatchObject({
    code: 'disk-full',
  });
  const limit = new AppError('recording-limit', 'less than 512 MiB are left on the disk');
  const guard = { measure: async () => {}, refusal: () => limit };
  await expect(rehearseRecording({ clock, folder: '/r', guard })).rejects.toBe(limit);
});
