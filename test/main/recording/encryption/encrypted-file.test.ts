import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openCastSource } from '../../../../main/recording/cast/cast-source.ts';
import { makeIdentity } from '../../../../main/recording/encryption/age.ts';
import {
  createEncryptedFile,
  FRAME_LINE_BYTES,
  wholeFrame,
} from '../../../../main/recording/encryption/encrypted-file.ts';
import { createBlockChain } from '../../../../main/recording/integrity/block-chain.ts';
import { createChainedFile } from '../../../../main/recording/integrity/chained-file.ts';
import { makeCastFolder } from '../../../fakes/cast-folder.ts';
import { createLimitedDisk } from '../../../fakes/limited-disk.ts';
import { createManualClock } from '../../../fakes/manual-clock.ts';

const never = new AbortController().signal;

async function openOn(disk = createLimitedDisk()) {
  const folder = await makeCastFolder();
  const path = join(folder, 'x.cast.age');
  const [file, chainFile] = [await disk.files.create(path), await disk.files.create(join(folder, 'x.chain'))];
  onTestFinished(async () => {
    await file.close();
    await chainFile.close();
  });
  const clock = createManualClock();
  const frames = createChainedFile(file, createBlockChain('x'), chainFile, wholeFrame);
  const { recipient } = await makeIdentity();
  const encrypted = await createEncryptedFile({ clock, frames }, [recipient]);

  async function read(): Promise<{ readonly text: string; readonly parts: number }> {
    const source = await openCastSource(path, { unlock: async () => encrypted.identity });
    const parts: Buffer[] = [];
    try {
      for await (const part of source.read({ fromOffset: 0, toOffset: Number.MAX_VALUE, signal: never })) {
        if (part.kind !== 'bytes') throw new Error(`a part is ${part.kind}`);
        parts.push(Buffer.from(part.bytes));
      }
    } finally {
      await source.close();
    }
    return { text: Buffer.concat(parts).toString(), parts: parts.length };
  }
  return { disk, path, clock, encrypted, read };
}

test('lines come back as they were appended, a frame for each call', async () => {
  const { path, encrypted, read } = await openOn();
  await encrypted.append(Buffer.from('one\ntwo\n'));
  await encrypted.append(Buffer.from('three\n'));
  expect(await read()).toEqual({ text: 'one\ntwo\nthree\n', parts: 2 });
  expect(encrypted.length).toBe(14);
  const bytes = await readFile(path);
  expect(encrypted.fileBytes).toBe(bytes.length);
  expect(bytes.includes('three')).toBe(false);
  expect((await encrypted.integrity()).bytes).toBe(bytes.length);
});

test('many lines are cut between lines, and one that is longer than a frame stays whole', async () => {
  const { encrypted, read } = await openOn();
  const lines = `${'x'.repeat(100)}\n`.repeat(3_000);
  const long = `${'y'.repeat(FRAME_LINE_BYTES + 10)}\n`;
  await encrypted.append(Buffer.from(lines + long + lines));
  expect(await read()).toEqual({ text: lines + long + lines, parts: 5 });
});

test('when the disk is full whole frames stay, and the rest can be appended again', async () => {
  const { disk, encrypted, read } = await openOn();
  const first = `${'a'.repeat(FRAME_LINE_BYTES - 1)}\n`;
  const second = 'second\n';
  disk.freeBytes = FRAME_LINE_BYTES + 400;
  await expect(encrypted.append(Buffer.from(first + second))).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(encrypted.length).toBe(first.length);
  expect((await read()).text).toBe(first);
  disk.freeBytes = 10_000;
  await encrypted.append(Buffer.from(second));
  expect((await read()).text).toBe(first + second);
});

test('frames begin at most every 40 ms', async () => {
  const { clock, encrypted } = await openOn();
  await encrypted.pace({ signal: never });
  await encrypted.append(Buffer.from('one\n'));
  let isDue = false;
  const paced = encrypted.pace({ signal: never }).then(() => {
    isDue = true;
  });
  await clock.advance(39);
  expect(isDue).toBe(false);
  await clock.advance(1);
  await paced;
});

test('a recipient that is none is refused before anything is written', async () => {
  const disk = createLimitedDisk();
  const folder = await makeCastFolder();
  const file = await disk.files.create(join(folder, 'x.cast.age'));
  onTestFinished(() => file.close());
  const frames = createChainedFile(file, createBlockChain('x'), file, wholeFrame);
  await expect(createEncryptedFile({ clock: createManualClock(), frames }, ['age1x'])).rejects.toMatchObject({
    code: 'bad-input',
  });
  expect(frames.length).toBe(0);
});
