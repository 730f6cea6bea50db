import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { chainPathOf, formatChain, readChain } from '../../../../main/recording/integrity/chain-file.ts';
import { makeCastFolder } from '../../../fakes/cast-folder.ts';

const HASHES = ['a'.repeat(64), 'b'.repeat(64)];

test('hashes are read back, up to where a crash cut them off', async () => {
  const path = `${await makeCastFolder()}/x.cast`;
  expect(await readChain(path)).toEqual([]);
  await writeFile(chainPathOf(path), formatChain(HASHES));
  expect(await readChain(path)).toEqual(HASHES);
  await writeFile(chainPathOf(path), formatChain(HASHES).slice(0, -1));
  expect(await readChain(path)).toEqual(HASHES.slice(0, 1));
  await writeFile(chainPathOf(path), `${HASHES[0]}\n\0\0\n${HASHES[1]}\n`);
  expect(await readChain(path)).toEqual(HASHES.slice(0, 1));
});
