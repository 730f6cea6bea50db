import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createLineFile } from '../../../../main/recording/writing/line-file.ts';
import { makeCastFolder } from '../../../fakes/cast-folder.ts';
import { createLimitedDisk } from '../../../fakes/limited-disk.ts';

async function openOn(disk = createLimitedDisk()) {
  const path = join(await makeCastFolder(), 'x.cast');
  const file = await disk.files.create(path);
  onTestFinished(() => file.close());
  return { disk, file, lineFile: createLineFile(file), text: () => readFile(path, 'utf8') };
}

test('lines are appended in order and counted', async () => {
  const { lineFile, text } = await openOn();
  await lineFile.append(Buffer.from('one\ntwo\n'));
  await lineFile.append(Buffer.from('three\n'));
  expect(await text()).toBe('one\ntwo\nthree\n');
  expect(lineFile.length).toBe(14);
});

test('a disk that takes little at a time gets all of it', async () => {
  const { file, text } = await openOn();
  const lineFile = createLineFile({ ...file, write: (bytes) => file.write(bytes.subarray(0, 3)) });
  await lineFile.append(Buffer.from('a long line\nanother\n'));
  expect(await text()).toBe('a long line\nanother\n');
});

test('when the disk is full the whole lines that went in stay and the torn one goes', async () => {
  const { disk, lineFile, text } = await openOn(createLimitedDisk(15));
  await lineFile.append(Buffer.from('one\n'));
  await expect(lineFile.append(Buffer.from('two\nthree\nfour\n'))).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(disk.freeBytes).toBe(0);
  expect(await text()).toBe('one\ntwo\nthree\n');
  expect(lineFile.length).toBe(14);
});

test('when there is space again what comes next stands on a line of its own', async () => {
  const { disk, lineFile, text } = await openOn(createLimitedDisk(6));
  await expect(lineFile.append(Buffer.from('torn line\n'))).rejects.toThrow('ENOSPC');
  disk.freeBytes = 1_000;
  await lineFile.append(Buffer.from('late\n'));
  expect(await text()).toBe('late\n');
  expect(lineFile.length).toBe(5);
});

test('half a line that cannot be cut off keeps everything out until it can', async () => {
  const { disk, file, text } = await openOn(createLimitedDisk(6));
  let canCut = false;
  const lineFile = createLineFile({
    ...file,
    truncate: (length) => (canCut ? file.truncate(length) : Promise.reject(new Error('EIO'))),
  });
  await expect(lineFile.append(Buffer.from('one\ntwo\n'))).rejects.toThrow('ENOSPC');
  disk.freeBytes = 4;
  await expect(lineFile.append(Buffer.from('two\n'))).rejects.toThrow('EIO');
  canCut = true;
  await lineFile.append(Buffer.from('two\n'));
  expect(await text()).toBe('one\ntwo\n');
});

test('a file that takes nothing and says nothing is a failure, not an endless loop', async () => {
  const { file } = await openOn();
  const lineFile = createLineFile({ ...file, write: async () => 0 });
  await expect(lineFile.append(Buffer.from('x\n'))).rejects.toThrow('took no bytes');
});

test('half a line that can never be cut off is told at the end', async () => {
  const { disk, file, text } = await openOn(createLimitedDisk(6));
  const truncate = (): Promise<void> => Promise.reject(new Error('EIO'));
  const lineFile = createLineFile({ ...file, truncate });
  await expect(lineFile.append(Buffer.from('one\ntwo\n'))).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(Buffer.from(await lineFile.end()).toString()).toBe('tw');
  expect({ text: await text(), length: lineFile.length }).toEqual({ text: 'one\ntw', length: 4 });
  expect(disk.freeBytes).toBe(0);
});
