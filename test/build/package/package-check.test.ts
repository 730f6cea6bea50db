import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findDifferences, findScriptFaults } from '../../../build/package/package-check.ts';

async function makeTree(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-tree-'));
  await mkdir(join(folder, 'resources'));
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
  return folder;
}

const NONE = /^$/;

test('a package is what the folder was that it was made of', async () => {
  const files = { app: 'one', 'resources/app.asar': 'two' };
  expect(await findDifferences(await makeTree(files), await makeTree(files), NONE)).toEqual([]);
});

test('what is changed, missing or added in a package is told', async () => {
  const made = await makeTree({ app: 'one', lost: 'two', same: 'three' });
  const opened = await makeTree({ app: 'One', added: 'four', same: 'three' });
  expect(await findDifferences(made, opened, NONE)).toEqual(['added differs', 'app differs', 'lost differs']);
});

test('only what a package says of itself may differ', async () => {
  const made = await makeTree({ 'resources/package-type': 'deb' });
  const opened = await makeTree({ 'resources/package-type': 'rpm' });
  expect(await findDifferences(made, opened, /^resources\/package-type$/)).toEqual([]);
  expect(await findDifferences(made, opened, NONE)).toEqual(['resources/package-type differs']);
});

test.runIf(process.platform !== 'win32')('a script that no shell understands is told', async () => {
  const folder = await makeTree({ good: 'if true; then exit 0; fi\n', bad: 'if true; then exit 0\n' });
  expect(findScriptFaults([join(folder, 'good')])).toEqual([]);
  expect(findScriptFaults([join(folder, 'bad')])).toHaveLength(1);
});
