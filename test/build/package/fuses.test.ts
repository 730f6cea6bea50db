// covers: build/package/stand-in-electron.ts
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FuseV1Options, flipFuses } from '@electron/fuses';
import { expect, test } from 'vitest';
import { FUSES, findFuseFaults } from '../../../build/package/fuses.ts';
import { writeStandInElectron } from '../../../build/package/stand-in-electron.ts';

async function makeBinary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-fuses-'));
  await writeStandInElectron(folder, 'linux', '45.4.1');
  return join(folder, 'electron');
}

test('Electron as it comes has fuses that are not as they should be, and after us none', async () => {
  const binary = await makeBinary();
  expect(await findFuseFaults(binary)).toContain('fuse RunAsNode is not off');
  await flipFuses(binary, FUSES);
  expect(await findFuseFaults(binary)).toEqual([]);
});

test.each([
  [FuseV1Options.RunAsNode, true, 'fuse RunAsNode is not off'],
  [FuseV1Options.EnableNodeCliInspectArguments, true, 'fuse EnableNodeCliInspectArguments is not off'],
  [FuseV1Options.OnlyLoadAppFromAsar, false, 'fuse OnlyLoadAppFromAsar is not on'],
  [
    FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
    false,
    'fuse EnableEmbeddedAsarIntegrityValidation is not on',
  ],
])('a fuse flipped by somebody else is told', async (fuse, isOn, fault) => {
  const binary = await makeBinary();
  await flipFuses(binary, { ...FUSES, [fuse]: isOn });
  expect(await findFuseFaults(binary)).toEqual([fault]);
});
