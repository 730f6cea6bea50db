import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Arch, build, Platform } from 'electron-builder';
import { writeIcons } from './icons.ts';
import { listThings, type PackagedThing, readLicenseTexts, readThing } from './inventory.ts';
import { formatLicenses } from './licenses.ts';
import type { Machine } from './machine.ts';
import { findNode, stageResources } from './resources.ts';
import { formatSbom } from './sbom.ts';
import { makeSettings, type PackagePlaces } from './settings.ts';
import { stageApp } from './stage.ts';
import { addFiles, readUpdateInfo } from './update-info.ts';

/** Everything that electron-builder needs, made in `work`. */
export interface Prepared extends Omit<PackagePlaces, 'output' | 'updatesUrl' | 'electronDist'> {
  readonly things: readonly PackagedThing[];
  readonly sbom: string;
}

export async function prepare(root: string, machine: Machine, work: string): Promise<Prepared> {
  const app = join(work, 'app');
  const resources = join(work, 'resources');
  const icons = join(work, 'icons');
  await rm(work, { recursive: true, force: true });
  const metafiles = await stageApp(root, machine, app);
  const node = await describeNode(root, machine);
  const electron = await readThing(join(root, 'node_modules', 'electron'));
  const things = [...(await listThings(root, app, metafiles)), electron, node];
  await stageResources(root, machine, resources, formatLicenses(things));
  await writeIcons(join(root, 'renderer', 'icon.svg'), icons);
  const own = JSON.parse(await readFile(join(app, 'package.json'), 'utf8'));
  const sbom = await formatSbom(root, own.version, things);
  return { root, app, resources, icons, things, sbom };
}

export interface MakeOptions extends Pick<PackagePlaces, 'output' | 'updatesUrl' | 'electronDist'> {
  /** Quick to make rather than small to send. */
  readonly isQuick?: boolean;
}

/** What says inside of it which kind of package it was, which must be true of no other. */
const INSTALLED: readonly string[] = ['deb', 'rpm'];

/** Makes packages; resolves to their files. The folder that they are made of stays beside them. */
export async function makePackages(
  prepared: Prepared,
  machine: Machine,
  targets: readonly string[],
  options: MakeOptions,
): Promise<readonly string[]> {
  const { platform, arch } = machine;
  const { output } = options;
  await mkdir(output, { recursive: true });
  await writeFile(join(output, `Kubereel-${platform}-${arch}.cdx.json`), prepared.sbom);
  const installed = targets.filter((target) => INSTALLED.includes(target));
  if (installed.length === 0) return runBuilder(prepared, machine, targets, options);
  const others = targets.filter((target) => !INSTALLED.includes(target));
  const files = await runBuilder(prepared, machine, ['dir', ...others], options);
  const infoPath = join(output, arch === 'x64' ? 'latest-linux.yml' : `latest-linux-${arch}.yml`);
  const info = await readUpdateInfo(infoPath);
  const folder = join(output, unpackedFolder(machine));
  const more = await runBuilder(prepared, machine, installed, options, folder);
  await addFiles(infoPath, info);
  return [...files, ...more];
}

/** Where electron-builder leaves what packages are made of. */
export function unpackedFolder({ platform, arch }: Machine): string {
  if (platform === 'darwin') return arch === 'x64' ? 'mac' : `mac-${arch}`;
  const name = platform === 'win32' ? 'win' : 'linux';
  return arch === 'x64' ? `${name}-unpacked` : `${name}-${arch}-unpacked`;
}

function runBuilder(
  prepared: Prepared,
  { platform, arch }: Machine,
  targets: readonly string[],
  options: MakeOptions,
  prepackaged?: string,
): Promise<readonly string[]> {
  const platforms = { linux: Platform.LINUX, darwin: Platform.MAC, win32: Platform.WINDOWS };
  return build({
    // Elsewhere it would gather what the repository depends on.
    projectDir: prepared.app,
    targets: platforms[platform].createTarget([...new Set(targets)], arch === 'x64' ? Arch.x64 : Arch.arm64),
    config: {
      ...makeSettings({ ...prepared, ...options }),
      ...(options.isQuick ? { compression: 'store' } : {}),
    },
    ...(prepackaged === undefined ? {} : { prepackaged }),
    publish: 'never',
  });
}

/** The command's own; the licence stands with it where npm or nodejs.org brought it. */
async function describeNode(root: string, machine: Machine): Promise<PackagedThing> {
  const folder = join(dirname(findNode(root, machine)), '..');
  const texts = await readLicenseTexts(folder);
  return { name: 'node', version: process.versions.node, license: 'MIT', texts };
}
