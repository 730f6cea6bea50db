/**
 * `npm run dist:check [-- --install]`: makes packages of whatever Electron is here, or of a stand-in, opens each with
 * the system's tools and compares it with what it must be. With `--install`, as root, the deb is installed and removed.
 */
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findElectron } from '../start-decision.mjs';
import { findAppFaults, formatSizes } from './app-check.ts';
import { walkCommand } from './command-walk.ts';
import { listFiles } from './contents.ts';
import { findInstallFaults } from './install-check.ts';
import { type Machine, thisMachine } from './machine.ts';
import { makePackages, type Prepared, prepare, unpackedFolder } from './make.ts';
import {
  findDebFaults,
  findDifferences,
  findRpmFaults,
  findScriptFaults,
  findTreeFaults,
  run,
} from './package-check.ts';
import { readElectronVersion } from './settings.ts';
import { writeStandInElectron } from './stand-in-electron.ts';

const TOOLS = [
  '7z',
  'appstreamcli',
  'desktop-file-validate',
  'dpkg-deb',
  'makensis',
  'rpm',
  'rpmbuild',
  'tar',
  'unzip',
  'update-mime-database',
];
/** Said by packages that are installed, of themselves. */
const OF_INSTALLED = /^resources\/(app-update\.yml|package-type|apparmor-profile)$/;
const UPDATES_URL = 'https://kubereel.example/updates';

const root = fileURLToPath(new URL('../..', import.meta.url));
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const faults: string[] = [];

/** Says how it went. */
async function judge(
  what: string,
  find: () => readonly string[] | Promise<readonly string[]>,
): Promise<void> {
  const found = await find();
  say(`${found.length === 0 ? 'ok    ' : 'FAULTY'} ${what}`);
  for (const fault of found) say(`         ${fault}`);
  faults.push(...found);
}

const machine = thisMachine();
if (machine.platform !== 'linux') throw new Error('packages are checked on Linux');
const missing = TOOLS.filter((tool) => !isOnPath(tool));
if (missing.length > 0) throw new Error(`these are needed and not installed: ${missing.join(', ')}`);

const work = await mkdtemp(join(tmpdir(), 'kubereel-dist-'));
try {
  useLocalTools();
  const prepared = await prepare(root, machine, join(work, 'prepared'));
  await checkLinux(prepared);
  for (const platform of ['win32', 'darwin'] as const) await checkOther(prepared, platform);
} finally {
  await rm(work, { recursive: true, force: true });
}
say(faults.length === 0 ? 'All packages are as they must be.' : `${faults.length} faults.`);
if (faults.length > 0) process.exitCode = 1;

async function checkLinux(prepared: Prepared): Promise<void> {
  const electronDist = await findDistribution();
  const output = join(work, 'linux');
  const targets = ['tar.gz', 'zip', 'deb', 'rpm'];
  const options = { output, electronDist, updatesUrl: UPDATES_URL, isQuick: true };
  const files = await makePackages(prepared, machine, targets, options);
  const fileOf = (ending: string): string => {
    const file = files.find((name) => name.endsWith(ending));
    if (file === undefined) throw new Error(`no ${ending} was made`);
    return file;
  };
  const folder = join(output, unpackedFolder(machine));
  await judge('the app', () => findAppFaults({ folder, machine, natives: machine, things: prepared.things }));
  await judge('deb, as dpkg sees it', () => findDebFaults(fileOf('.deb')));
  const deb = join(work, 'deb');
  run('dpkg-deb', ['--raw-extract', fileOf('.deb'), deb]);
  await judge('deb, what is in it', () =>
    findDifferences(folder, join(deb, 'opt', 'Kubereel'), OF_INSTALLED),
  );
  await judge('deb, what it tells the system', () => findTreeFaults(deb));
  await judge('deb, scripts', () =>
    findScriptFaults(['postinst', 'postrm'].map((name) => join(deb, 'DEBIAN', name))),
  );
  await judge('rpm', () => findRpmFaults(fileOf('.rpm'), folder, OF_INSTALLED));
  const archives = [
    {
      ending: '.tar.gz',
      open: (file: string, to: string) => run('tar', ['-C', to, '--strip-components=1', '-xf', file]),
    },
    { ending: '.zip', open: (file: string, to: string) => run('unzip', ['-q', file, '-d', to]) },
  ];
  for (const { ending, open } of archives) {
    const opened = await mkdtemp(join(work, 'opened-'));
    open(fileOf(ending), opened);
    await judge(ending, () => findDifferences(folder, opened, OF_INSTALLED));
  }
  await judge('the command, out of the deb', () =>
    walk(join(deb, 'opt', 'Kubereel', 'resources', 'bin', 'kubereel')),
  );
  if (process.argv.includes('--install')) {
    await judge('deb, installed and removed', () => findInstallFaults(fileOf('.deb'), walk));
  }
  say(formatSizes(await listFiles(folder), 12));
}

/** Made of a stand-in, with this machine's native parts: what is judged is what each system's package says of itself. */
async function checkOther(prepared: Prepared, platform: Machine['platform']): Promise<void> {
  const electronDist = join(work, `electron-${platform}`);
  await writeStandInElectron(electronDist, platform, readElectronVersion(root));
  const output = join(work, platform);
  const other: Machine = { platform, arch: machine.arch };
  // This machine's Node would say nothing of that system's, and is large.
  const resources = join(work, `resources-${platform}`);
  await cp(prepared.resources, resources, { recursive: true });
  await writeFile(join(resources, 'bin', 'node'), 'stand-in');
  const options = { output, electronDist, updatesUrl: UPDATES_URL, isQuick: true };
  const files = await makePackages({ ...prepared, resources }, other, ['zip'], options);
  const opened = await mkdtemp(join(work, 'opened-'));
  run('unzip', ['-q', files.find((name) => name.endsWith('.zip')) ?? '', '-d', opened]);
  await judge(`zip for ${platform}, of a stand-in`, () =>
    findAppFaults({ folder: opened, machine: other, natives: machine, things: prepared.things }),
  );
}

async function walk(command: string): Promise<readonly string[]> {
  const home = await mkdtemp(join(work, 'home-'));
  try {
    const environment = { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' };
    const version = await walkCommand({ command: [command], home, environment });
    return /^\d+\.\d+\.\d+/.test(version) ? [] : [`the command tells no version but ${version}`];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

async function findDistribution(): Promise<string> {
  const binary = findElectron(process.env, root);
  if (binary !== undefined) {
    const folder = join(binary, '..');
    say(`Electron: ${folder}`);
    return folder;
  }
  const folder = join(work, 'electron-linux');
  await writeStandInElectron(folder, 'linux', readElectronVersion(root));
  say('Electron: a stand-in, since there is none on this machine. These packages are for the check alone.');
  return folder;
}

/** electron-builder fetches its own where it is not told of these. */
function useLocalTools(): void {
  process.env['ELECTRON_BUILDER_7ZIP_PATH'] ??= '/usr/bin/7za';
  process.env['ELECTRON_BUILDER_COMPRESSION_LEVEL'] ??= '1';
  if (isOnPath('fpm')) process.env['USE_SYSTEM_FPM'] ??= 'true';
  else if (!process.env['CUSTOM_FPM_PATH']) {
    process.env['CUSTOM_FPM_PATH'] = join(root, 'build', 'package', 'fpm.mjs');
    say('fpm: ours, since there is none on this machine.');
  }
}

function isOnPath(tool: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, tool)));
}
