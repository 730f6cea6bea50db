import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine } from './machine.ts';

/** What stands beside the app's archive: the command with its Node, and the licences of all that is in the package. */
export async function stageResources(
  root: string,
  machine: Machine,
  folder: string,
  licenses: string,
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const bin = join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  await writeFile(join(folder, 'LICENSES.html'), licenses);
  const isWindows = machine.platform === 'win32';
  const copy = async (from: string, name: string): Promise<void> => {
    await copyFile(from, join(bin, name));
    await chmod(join(bin, name), 0o755);
  };
  const launcher = isWindows ? 'kubereel.cmd' : 'kubereel';
  await copy(join(root, 'build', 'package', 'command', launcher), launcher);
  await copy(findNode(root, machine), isWindows ? 'node.exe' : 'node');
}

/** npm's where it is for this machine; otherwise the one that runs this. */
export function findNode(root: string, { platform, arch }: Machine): string {
  const npms = join(
    root,
    'node_modules',
    `node-${platform === 'win32' ? 'win' : platform}-${arch}`,
    'bin',
    platform === 'win32' ? 'node.exe' : 'node',
  );
  const found = existsSync(npms) ? npms : process.execPath;
  const said = execFileSync(found, ['-p', 'process.platform + " " + process.arch + " " + process.version'], {
    encoding: 'utf8',
  }).trim();
  if (!said.startsWith(`${platform} ${arch} v24.`)) {
    throw new Error(
      `${found} is not the Node 24 for ${platform} ${arch} that the command needs, but ${said}`,
    );
  }
  return found;
}
