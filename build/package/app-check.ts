import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findArchiveFaults, hashArchive, listArchive } from './archive.ts';
import {
  appRules,
  type FoundFile,
  findContentFaults,
  findModeFaults,
  listFiles,
  resourceRules,
  unpackedRules,
} from './contents.ts';
import { findFuseFaults } from './fuses.ts';
import { readArchiveHash } from './integrity.ts';
import type { PackagedThing } from './inventory.ts';
import type { Machine } from './machine.ts';

/** An app's folder as packages hold it, whole. */
export interface CheckedApp {
  readonly folder: string;
  /** The system that it is for. */
  readonly machine: Machine;
  /** The system whose native parts are in it: of a stand-in for another one, this machine's. */
  readonly natives: Machine;
  readonly things: readonly PackagedThing[];
}

/** The command's Node and the drawing library are others', and by far the largest. */
const OTHERS = /\/(bin\/node(\.exe)?|skia\.[\w.-]+\.node)$/;
/** Of everything else that we add to Electron. It was 9 MiB when this was written. */
const OWN_LIMIT_BYTES = 14 * 1024 * 1024;

function resourcesOf({ folder, machine }: Pick<CheckedApp, 'folder' | 'machine'>): string {
  return machine.platform === 'darwin'
    ? join(folder, 'Kubereel.app', 'Contents', 'Resources')
    : join(folder, 'resources');
}

/** Everything that is wrong with it, in words. */
export async function findAppFaults(checked: CheckedApp): Promise<readonly string[]> {
  const { folder, machine, natives, things } = checked;
  const resources = resourcesOf(checked);
  const archive = join(resources, 'app.asar');
  const files = await listFiles(folder);
  const own = (await listFiles(resources)).map(({ path }) => path);
  const isUnpacked = (path: string): boolean => path.startsWith('app.asar.unpacked/');
  const unpacked = own.filter(isUnpacked).map((path) => path.slice('app.asar.unpacked/'.length));
  const archived = listArchive(archive);
  const hash = await readArchiveHash(folder, machine);
  const ownBytes = files.filter(isOwn).reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    ...findContentFaults(
      own.filter((path) => !isUnpacked(path)),
      resourceRules(natives),
    ),
    ...findContentFaults(unpacked, unpackedRules(natives)),
    ...findContentFaults(
      archived.map(({ path }) => path),
      appRules(natives),
    ),
    ...(await findArchiveFaults(archive)),
    ...(machine.platform !== 'linux' && hash !== hashArchive(archive)
      ? [`the app's hash of its archive is ${hash}, that of the archive ${hashArchive(archive)}`]
      : []),
    ...(await findFuseFaults(binaryOf(checked))),
    ...findModeFaults(files),
    ...(await findLicenseFaults(join(resources, 'LICENSES.html'), things)),
    ...(machine.platform === 'darwin' ? await findPlistFaults(folder) : []),
    ...(ownBytes > OWN_LIMIT_BYTES
      ? [`what is ours has ${ownBytes} bytes, more than ${OWN_LIMIT_BYTES}`]
      : []),
  ];
}

/** The largest first, for people. */
export function formatSizes(files: readonly FoundFile[], count: number): string {
  const bySize = [...files].sort((a, b) => b.bytes - a.bytes).slice(0, count);
  const mebibytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(2).padStart(8);
  const own = files.filter(isOwn).reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    `${mebibytes(files.reduce((sum, { bytes }) => sum + bytes, 0))} MiB in all`,
    `${mebibytes(own)} MiB of it is ours`,
    ...bySize.map(({ path, bytes }) => `${mebibytes(bytes)} MiB ${path}`),
  ].join('\n');
}

function isOwn({ path }: FoundFile): boolean {
  return /(^|\/)resources\//i.test(path) && !OTHERS.test(path);
}

function binaryOf({ folder, machine }: CheckedApp): string {
  if (machine.platform === 'darwin') return join(folder, 'Kubereel.app');
  return join(folder, machine.platform === 'win32' ? 'Kubereel.exe' : 'kubereel-app');
}

async function findLicenseFaults(path: string, things: readonly PackagedThing[]): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8');
  return things
    .filter(({ name, version }) => !text.includes(`id="${name}@${version}"`))
    .map(({ name, version }) => `LICENSES.html says nothing of ${name} ${version}`);
}

async function findPlistFaults(folder: string): Promise<readonly string[]> {
  const plist = await readFile(join(folder, 'Kubereel.app', 'Contents', 'Info.plist'), 'utf8');
  return [
    ...(plist.includes('NSAllowsArbitraryLoads') ? ['Info.plist allows arbitrary loads'] : []),
    ...['<string>kubereel</string>', '<string>cast</string>']
      .filter((wanted) => !plist.includes(wanted))
      .map((wanted) => `Info.plist has no ${wanted}`),
  ];
}
