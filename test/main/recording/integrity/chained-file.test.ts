// covers: main/recording/integrity/cast-hash.ts
import { readFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createBlockChain } from '../../../../main/recording/integrity/block-chain.ts';
import { hashCast } from '../../../../main/recording/integrity/cast-hash.ts';
import { chainPathOf } from '../../../../main/recording/integrity/chain-file.ts';
import { createChainedFile } from '../../../../main/recording/integrity/chained-file.ts';
import { makeCastFolder } from '../../../fakes/cast-folder.ts';
import { createLimitedDisk } from '../../../fakes/limited-disk.ts';

const { signal } = new AbortController();

async function open() {
  const path = `${await makeCastFolder()}/x.cast`;
  const disk = createLimitedDisk();
  const [file, chainFile] = [await disk.files.create(path), await disk.files.create(chainPathOf(path))];
  onTestFinished(() => Promise.all([file.close(), chainFile.close()]).then(() => {}));
  return { path, disk, lines: createChainedFile(file, createBlockChain('x'), chainFile) };
}

function lineOf(bytes: number): Buffer {
  return Buffer.from(`${'x'.repeat(bytes - 1)}\n`);
}

test('what was appended and what the file holds have one hash, also after the disk was full', async () => {
  const { path, disk, lines } = await open();
  await lines.append(lineOf(100_000));
  disk.freeBytes = 120_000;
  await expect(lines.append(Buffer.concat([lineOf(90_000), lineOf(90_000)]))).rejects.toThrow('ENOSPC');
  disk.freeBytes = 1_000_000;
  await lines.append(lineOf(50_000));
  const integrity = await lines.integrity();
  expect(integrity.bytes).toBe((await readFile(path)).length);
  expect(await hashCast(path, 'x', { signal })).toMatchObject({ integrity });
});

test('a chain file that missed blocks while the disk was full has them later', async () => {
  const { path, disk, lines } = await open();
  disk.freeBytes = 200_000;
  await lines.append(lineOf(200_000));
  disk.freeBytes = 1_000;
  await lines.integrity();
  const { blocks, firstBadBlock } = await hashCast(path, 'x', { signal });
  expect(firstBadBlock).toBeUndefined();
  expect((await readFile(chainPathOf(path), 'utf8')).trimEnd().split('\n')).toEqual(blocks);
});
