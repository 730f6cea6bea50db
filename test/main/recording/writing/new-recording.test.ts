import { chmod, readdir, readFile, stat } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { expect, test } from 'vitest';
import { parseHeader } from '../../../../main/recording/cast/cast.ts';
import { chainPathOf } from '../../../../main/recording/integrity/chain-file.ts';
import { describeThisProcess } from '../../../../main/recording/owner.ts';
import { beginRecording, settleRecording } from '../../../../main/recording/writing/new-recording.ts';
import type { RecordingFiles } from '../../../../main/recording/writing/recording-files.ts';
import { systemRecordingFiles } from '../../../../main/recording/writing/recording-files.ts';
import { makeCastFolder, readSidecar, WEB_SHELL } from '../../../fakes/cast-folder.ts';
import { createLimitedDisk } from '../../../fakes/limited-disk.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';

const clock = createManualClock();
const files = systemRecordingFiles;

test('a recording begins with a cast that holds its header and a sidecar that says live', async () => {
  const folder = join(await makeCastFolder(), 'made', 'here');
  const { recordingId, path, file } = await beginRecording({ clock, files }, folder, WEB_SHELL);
  await file.close();
  expect(isAbsolute(path)).toBe(true);
  expect(basename(path)).toBe(`${recordingId}.cast`);
  const text = await readFile(path, 'utf8');
  expect(text.match(/\n/g)).toHaveLength(1);
  expect(parseHeader(text)).toEqual({
    size: { cols: 80, rows: 24 },
    startedAtSeconds: Math.floor(clock.nowMs() / 1_000),
    terminalType: 'xterm-256color',
    pod: { name: 'web-1', namespace: 'shop', container: 'app' },
    context: 'kind',
  });
  expect(await readSidecar(path)).toEqual({
    version: 1,
    id: recordingId,
    ...WEB_SHELL,
    startedAtMs: clock.nowMs(),
    state: { kind: 'live', owner: describeThisProcess() },
  });
});

test('an id that something was told of before is kept, and never given twice', async () => {
  const folder = await makeCastFolder();
  const recording = { ...WEB_SHELL, recordingId: '20260102-030405-abcdef' };
  const { recordingId, path, file } = await beginRecording({ clock, files }, folder, recording);
  await file.close();
  expect([recordingId, basename(path)]).toEqual(['20260102-030405-abcdef', '20260102-030405-abcdef.cast']);
  const before = await readFile(path, 'utf8');
  await expect(beginRecording({ clock, files }, folder, recording)).rejects.toMatchObject({
    code: 'recording-failed',
  });
  expect(await readFile(path, 'utf8')).toBe(before);
});

test('the command is in the sidecar and not in the cast', async () => {
  const details = { ...WEB_SHELL.details, command: ['mysql', '-pTOPSECRET'] };
  const { path, file } = await beginRecording({ clock, files }, await makeCastFolder(), {
    ...WEB_SHELL,
    details,
  });
  await file.close();
  expect(await readFile(path, 'utf8')).not.toContain('TOPSECRET');
  expect((await readSidecar(path)).details.command).toEqual(details.command);
});

test('the cast is on the disk before its folder is, and both before the sidecar', async () => {
  const disk = createLimitedDisk();
  const { file } = await beginRecording({ clock, files: disk.files }, await makeCastFolder(), WEB_SHELL);
  await file.close();
  expect(disk.calls).toEqual(['write', 'sync', 'syncFolder', 'replace', 'close']);
});

test.skipIf(process.platform === 'win32')('both files are for this user alone', async () => {
  const folder = join(await makeCastFolder(), 'private');
  const { path, file } = await beginRecording({ clock, files }, folder, WEB_SHELL);
  await file.close();
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(path.replace('.cast', '.json'))).mode & 0o777).toBe(0o600);
});

test('an id that is taken is not taken again', async () => {
  const folder = await makeCastFolder();
  let attempts = 0;
  const crowded: RecordingFiles = {
    ...files,
    create(path) {
      if (!path.endsWith('.cast')) return files.create(path);
      attempts += 1;
      if (attempts < 3) throw Object.assign(new Error('exists'), { code: 'EEXIST' });
      return files.create(path);
    },
  };
  await (await beginRecording({ clock, files: crowded }, folder, WEB_SHELL)).file.close();
  expect(attempts).toBe(3);
});

test.each([
  ['header', 20],
  ['sidecar', 300],
])(
  'where the disk has no room for the %s nothing is begun and nothing left behind',
  async (_what, freeBytes) => {
    const folder = await makeCastFolder();
    const disk = createLimitedDisk(freeBytes);
    await expect(beginRecording({ clock, files: disk.files }, folder, WEB_SHELL)).rejects.toMatchObject({
      code: 'disk-full',
    });
    expect(await readdir(folder)).toEqual([]);
    expect(disk.calls.at(-1)).toBe('close');
  },
);

test.skipIf(process.getuid?.() === 0)('a folder that cannot be written to is named', async () => {
  const folder = await makeCastFolder();
  await chmod(folder, 0o500);
  await expect(beginRecording({ clock, files }, folder, WEB_SHELL)).rejects.toMatchObject({
    code: 'recording-failed',
    message: expect.stringContaining(folder),
  });
});

test('a file where the folder should be is named', async () => {
  const begun = await beginRecording({ clock, files }, await makeCastFolder(), WEB_SHELL);
  await begun.file.close();
  await expect(beginRecording({ clock, files }, begun.path, WEB_SHELL)).rejects.toMatchObject({
    code: 'recording-failed',
    message: expect.stringContaining(begun.path),
  });
});

test('a sidecar that cannot be settled does not go on saying live', async () => {
  const disk = createLimitedDisk();
  const folder = await makeCastFolder();
  const begun = await beginRecording({ clock, files: disk.files }, folder, WEB_SHELL);
  await begun.file.close();
  disk.freeBytes = 0;
  await settleRecording(
    { files: disk.files, signer: undefined },
    begun,
    {
      kind: 'closed',
      durationMicros: 0,
      bytes: 0,
      lostBytes: 0,
      invalidBytes: 0,
      maskedSpans: 0,
      end: { kind: 'closed' },
    },
    clock.nowMs(),
  );
  const left = [begun.path, begun.reservePath, chainPathOf(begun.path)].map((path) => basename(path));
  expect((await readdir(folder)).sort()).toEqual(left.sort());
});
