import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listFiles } from './contents.ts';

/** What the packages of Linux say to the system, read by its own tools. */

/** Files in the first that differ in the second or are missing there, and the other way. */
export async function findDifferences(
  expected: string,
  found: string,
  mayDiffer: RegExp,
): Promise<readonly string[]> {
  const hash = async (folder: string): Promise<ReadonlyMap<string, string>> => {
    const hashes = new Map<string, string>();
    for (const { path, link } of await listFiles(folder)) {
      if (mayDiffer.test(path)) continue;
      hashes.set(
        path,
        link ??
          createHash('sha256')
            .update(await readFile(join(folder, path)))
            .digest('hex'),
      );
    }
    return hashes;
  };
  const [wanted, there] = [await hash(expected), await hash(found)];
  const paths = [...new Set([...wanted.keys(), ...there.keys()])].sort();
  return paths.filter((path) => wanted.get(path) !== there.get(path)).map((path) => `${path} differs`);
}

/** Scripts, owners, desktop entry, kind of file, description: of a package that was unpacked into `tree`. */
export async function findTreeFaults(tree: string): Promise<readonly string[]> {
  const share = join(tree, 'usr', 'share');
  const desktop = join(share, 'applications', 'kubereel.desktop');
  const metainfo = join(share, 'metainfo', 'example.kubereel.Kubereel.metainfo.xml');
  const entry = await readFile(desktop, 'utf8');
  return [
    ...['Exec=/opt/Kubereel/kubereel-app %U', 'StartupWMClass=kubereel', 'Icon=kubereel-app']
      .filter((line) => !entry.split('\n').includes(line))
      .map((line) => `the desktop entry has no ${line}`),
    ...['application/x-asciicast', 'x-scheme-handler/kubereel']
      .filter((kind) => !entry.includes(`${kind};`))
      .map((kind) => `the desktop entry opens no ${kind}`),
    ...complaint('desktop-file-validate', [desktop]),
    ...complaint('appstreamcli', ['validate', '--no-net', metainfo]),
    ...(await findMimeFaults(join(share, 'mime', 'packages'))),
    ...(existsSync(join(share, 'icons', 'hicolor', '512x512', 'apps', 'kubereel-app.png'))
      ? []
      : ['there is no icon of 512 pixels']),
  ];
}

/** As the system would make its list of kinds with ours in it. */
async function findMimeFaults(packages: string): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-mime-'));
  try {
    await mkdir(join(folder, 'packages'));
    await cp(packages, join(folder, 'packages'), { recursive: true });
    const faults = complaint('update-mime-database', [folder]);
    const globs = existsSync(join(folder, 'globs2')) ? await readFile(join(folder, 'globs2'), 'utf8') : '';
    return globs.includes('application/x-asciicast:*.cast')
      ? faults
      : [...faults, '.cast is no kind of file'];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The scripts are run by a plain shell as root; each must be whole and of /bin/sh. */
export function findScriptFaults(scripts: readonly string[]): readonly string[] {
  return scripts.flatMap((path) => complaint('sh', ['-n', path]));
}

/** As dpkg sees it: owners, and what is in no tree. */
export function findDebFaults(deb: string): readonly string[] {
  const field = (name: string): string => run('dpkg-deb', ['--field', deb, name]).trim();
  const owned = run('dpkg-deb', ['--contents', deb]).trim().split('\n');
  return [
    ...owned.filter((line) => !/^\S+ root\/root /.test(line)).map((line) => `not root's: ${line}`),
    ...(field('Package') === 'kubereel' ? [] : ['the package is not named kubereel']),
    ...(/<maintainers@/.test(field('Maintainer')) ? [] : ['no maintainer can be reached']),
    ...(/^https:/.test(field('Homepage')) ? [] : ['there is no homepage']),
  ];
}

/** As rpm sees it, its digests compared with the folder that the package was made of. */
export async function findRpmFaults(
  rpm: string,
  folder: string,
  mayDiffer: RegExp,
): Promise<readonly string[]> {
  const query = '[%{FILEUSERNAME}:%{FILEGROUPNAME} %{FILEDIGESTS} %{FILENAMES}\n]';
  const lines = run('rpm', ['--query', '--package', '--queryformat', query, rpm]).trim().split('\n');
  const digests = new Map(lines.map((line) => [line.split(' ').slice(2).join(' '), line.split(' ')[1]]));
  const scripts = run('rpm', ['--query', '--package', '--scripts', rpm]);
  const faults = lines.filter((line) => !line.startsWith('root:root ')).map((line) => `not root's: ${line}`);
  for (const { path } of await listFiles(folder)) {
    if (mayDiffer.test(path)) continue;
    const hash = createHash('sha256')
      .update(await readFile(join(folder, path)))
      .digest('hex');
    if (digests.get(`/opt/Kubereel/${path}`) !== hash) faults.push(`${path} differs`);
  }
  return [
    ...faults,
    ...(scripts.includes('/usr/bin/kubereel') ? [] : ['no script links the command']),
    ...(digests.has('/usr/share/applications/kubereel.desktop') ? [] : ['there is no desktop entry']),
  ];
}

export function run(program: string, args: readonly string[]): string {
  return execFileSync(program, [...args], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

/** What a tool says where it is not content. */
function complaint(program: string, args: readonly string[]): readonly string[] {
  try {
    execFileSync(program, [...args], { encoding: 'utf8', stdio: 'pipe' });
    return [];
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return [`${program}: ${`${stdout}${stderr}`.trim() || String(error)}`];
  }
}
