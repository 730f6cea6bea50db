import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPackageWithOptions } from '@electron/asar';
import { expect, test } from 'vitest';
import { findArchiveFaults, hashArchive, listArchive } from '../../../build/package/archive.ts';

/** An archive like the app's: one file in it, one beside it. */
async function makeArchive(main = 'console.log(1)'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-archive-'));
  await mkdir(join(folder, 'app', 'out', 'command'), { recursive: true });
  await writeFile(join(folder, 'app', 'out', 'main.mjs'), main);
  await writeFile(join(folder, 'app', 'out', 'command', 'cli.mjs'), 'console.log(2)');
  const archive = join(folder, 'app.asar');
  await createPackageWithOptions(join(folder, 'app'), archive, { unpackDir: 'out/command' });
  return archive;
}

test('an archive tells what is in it and what beside it, and is what its header says', async () => {
  const archive = await makeArchive();
  expect(listArchive(archive).map(({ path, isUnpacked }) => [path, isUnpacked])).toEqual([
    ['out/command/cli.mjs', true],
    ['out/main.mjs', false],
  ]);
  expect(await findArchiveFaults(archive)).toEqual([]);
});

test('a changed byte in the archive is told', async () => {
  const archive = await makeArchive();
  const bytes = await readFile(archive);
  bytes[bytes.indexOf('console.log(1)')] = 'K'.charCodeAt(0);
  await writeFile(archive, bytes);
  expect(await findArchiveFaults(archive)).toEqual(["out/main.mjs is not what the archive's header says"]);
});

test('a changed byte beside the archive is told', async () => {
  const archive = await makeArchive();
  await writeFile(join(`${archive}.unpacked`, 'out', 'command', 'cli.mjs'), 'console.log(3)');
  expect(await findArchiveFaults(archive)).toEqual([
    "out/command/cli.mjs is not what the archive's header says",
  ]);
});

test('a bundle that tells of its map is told', async () => {
  const archive = await makeArchive('console.log(1)\n//# sourceMappingURL=main.mjs.map\n');
  expect(await findArchiveFaults(archive)).toEqual(['out/main.mjs tells of a source map']);
});

test('the hash that Electron compares covers the header, and so every file', async () => {
  expect(hashArchive(await makeArchive())).toMatch(/^[0-9a-f]{64}$/);
  expect(hashArchive(await makeArchive())).toBe(hashArchive(await makeArchive()));
  expect(hashArchive(await makeArchive('console.log(4)'))).not.toBe(hashArchive(await makeArchive()));
});
