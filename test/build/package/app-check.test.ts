import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createPackageWithOptions } from '@electron/asar';
import { FuseV1Options, flipFuses } from '@electron/fuses';
import { expect, test } from 'vitest';
import { findAppFaults, formatSizes } from '../../../build/package/app-check.ts';
import { hashArchive } from '../../../build/package/archive.ts';
import { listFiles } from '../../../build/package/contents.ts';
import { FUSES } from '../../../build/package/fuses.ts';
import type { PackagedThing } from '../../../build/package/inventory.ts';
import { formatLicenses } from '../../../build/package/licenses.ts';
import type { Machine } from '../../../build/package/machine.ts';
import { writeStandInElectron } from '../../../build/package/stand-in-electron.ts';
import { PACKAGED_FILES } from '../../fakes/packaged-files.ts';

const LINUX: Machine = { platform: 'linux', arch: 'x64' };
const MAC: Machine = { platform: 'darwin', arch: 'x64' };
const THINGS: readonly PackagedThing[] = [
  { name: 'ws', version: '8.0.0', license: 'MIT', texts: new Map([['LICENSE', 'as is']]) },
];

/** Windows has no modes, and packages are checked on Linux. */
const onUnix = test.skipIf(process.platform === 'win32');

interface Made {
  readonly folder: string;
  readonly archive: string;
  readonly faults: () => Promise<readonly string[]>;
}

/** An app's folder as electron-builder leaves it, with a word in each file. */
async function makeApp(planted: readonly string[] = [], machine: Machine = LINUX): Promise<Made> {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-app-check-'));
  await writeStandInElectron(folder, machine.platform, '45.4.1');
  const isMac = machine.platform === 'darwin';
  if (isMac) await rename(join(folder, 'Electron.app'), join(folder, 'Kubereel.app'));
  else await rename(join(folder, 'electron'), join(folder, 'kubereel-app'));
  const resources = isMac ? join(folder, 'Kubereel.app/Contents/Resources') : join(folder, 'resources');
  await rm(join(resources, 'electron.icns'), { force: true });
  const staged = await mkdtemp(join(tmpdir(), 'kubereel-app-check-'));
  for (const path of [...PACKAGED_FILES, ...planted]) await write(join(staged, path), path);
  const archive = join(resources, 'app.asar');
  await createPackageWithOptions(staged, archive, { unpackDir: '{out/command,node_modules}' });
  await write(join(resources, 'LICENSES.html'), formatLicenses(THINGS));
  for (const name of ['kubereel', 'node']) await write(join(resources, 'bin', name), name, 0o755);
  if (isMac) await writePlist(folder, hashArchive(archive));
  await flipFuses(isMac ? join(folder, 'Kubereel.app') : join(folder, 'kubereel-app'), FUSES);
  const checked = { folder, machine, natives: LINUX, things: THINGS };
  return { folder, archive, faults: () => findAppFaults(checked) };
}

async function write(path: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await chmod(path, mode);
}

async function writePlist(folder: string, hash: string, more = ''): Promise<void> {
  const integrity = `<key>ElectronAsarIntegrity</key><dict><key>Resources/app.asar</key><dict><key>algorithm</key><string>SHA256</string><key>hash</key><string>${hash}</string></dict></dict>`;
  await write(
    join(folder, 'Kubereel.app/Contents/Info.plist'),
    `<plist><dict>${integrity}<string>kubereel</string><string>cast</string>${more}</dict></plist>`,
  );
}

onUnix.each([LINUX, MAC])('an app that is as it must be has no faults ($platform)', async (machine) => {
  const { faults } = await makeApp([], machine);
  expect(await faults()).toEqual([]);
});

onUnix.each(['out/main.mjs.map', 'main/index.ts', 'node_modules/vitest/package.json'])(
  '%s, planted into the app, fails it',
  async (planted) => {
    const { faults } = await makeApp([planted]);
    expect(await faults()).toContain(`${planted} does not belong into a package`);
  },
);

onUnix('a file that others may write to fails it', async () => {
  const { folder, faults } = await makeApp();
  await chmod(join(folder, 'icudtl.dat'), 0o666);
  expect(await faults()).toEqual(['icudtl.dat can be written to by others (666)']);
});

onUnix('a flipped fuse fails it', async () => {
  const { folder, faults } = await makeApp();
  await flipFuses(join(folder, 'kubereel-app'), { ...FUSES, [FuseV1Options.RunAsNode]: true });
  expect(await faults()).toEqual(['fuse RunAsNode is not off']);
});

onUnix(
  'a changed byte in the archive fails it, in its header also by the hash that the program holds',
  async () => {
    const { archive, faults } = await makeApp([], MAC);
    const bytes = await readFile(archive);
    const at = bytes.lastIndexOf('out/main.mjs');
    bytes[at] = 'O'.charCodeAt(0);
    await writeFile(archive, bytes);
    expect(await faults()).toEqual(["out/main.mjs is not what the archive's header says"]);
  },
);

onUnix('another hash than the archive has fails it', async () => {
  const { folder, faults } = await makeApp([], MAC);
  await writePlist(folder, '0'.repeat(64));
  expect(await faults()).toHaveLength(1);
});

onUnix('leave to load from everywhere fails it', async () => {
  const { folder, archive, faults } = await makeApp([], MAC);
  await writePlist(folder, hashArchive(archive), '<key>NSAllowsArbitraryLoads</key><true/>');
  expect(await faults()).toEqual(['Info.plist allows arbitrary loads']);
});

onUnix('a thing without its licence on the page fails it', async () => {
  const { folder, faults } = await makeApp();
  await writeFile(join(folder, 'resources', 'LICENSES.html'), formatLicenses([]));
  expect(await faults()).toEqual(['LICENSES.html says nothing of ws 8.0.0']);
});

onUnix('more of our own than there should be fails it, and the largest is named first', async () => {
  const { folder, faults } = await makeApp();
  await writeFile(
    join(folder, 'resources', 'LICENSES.html'),
    `${formatLicenses(THINGS)}${' '.repeat(15 << 20)}`,
  );
  expect((await faults())[0]).toMatch(/^what is ours has \d+ bytes, more than/);
  expect(
    formatSizes(await listFiles(folder), 1)
      .split('\n')
      .at(-1),
  ).toMatch(/15\.00 MiB resources\/LICENSES\.html$/);
});
