/**
 * `npm run dist`: makes the packages that this machine can make, into dist/, and says of each other one why not. They are
 * signed where electron-builder finds what to sign with (its CSC_LINK, WIN_CSC_LINK and APPLE_* variables).
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findElectron } from '../start-decision.mjs';
import { formatRows, planDist } from './dist-plan.ts';
import { thisMachine } from './machine.ts';
import { makePackages, prepare } from './make.ts';
import { findMissingModules } from './packaged-modules.ts';
import { findHostTrouble } from './reachable.ts';
import { readElectronVersion } from './settings.ts';

const GITHUB = 'https://github.com/';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { env } = process;
const machine = thisMachine();
const electron = findElectron(env, root);
const [electronTrouble, toolsTrouble] = await Promise.all([
  findHostTrouble(env['ELECTRON_MIRROR'] ?? GITHUB, env),
  findHostTrouble(env['ELECTRON_BUILDER_BINARIES_MIRROR'] ?? GITHUB, env),
]);
if (isOnPath('7za')) env['ELECTRON_BUILDER_7ZIP_PATH'] ??= findOnPath('7za');
if (isOnPath('fpm')) env['USE_SYSTEM_FPM'] ??= 'true';
const rows = planDist({
  machine,
  hasElectron: electron !== undefined,
  electronTrouble,
  toolsTrouble,
  missingModules: findMissingModules(machine, join(root, 'node_modules')),
  has(tool) {
    if (tool === 'fpm') return isOnPath('fpm') || Boolean(env['CUSTOM_FPM_PATH']);
    if (tool === 'appimage-tools') return Boolean(env['APPIMAGE_TOOLS_PATH']);
    return isOnPath(tool);
  },
});
const targets = rows.filter(({ obstacle }) => obstacle === undefined).map(({ target }) => target);
if (targets.length === 0) {
  process.stdout.write(
    `${formatRows(rows, [])}\nThis machine can make no package of Electron ${readElectronVersion(root)}.\n`,
  );
  process.exitCode = 1;
} else {
  const prepared = await prepare(root, machine, join(root, 'out', 'package'));
  const files = await makePackages(prepared, machine, targets, {
    output: join(root, 'dist'),
    updatesUrl: env['KUBEREEL_UPDATE_FEED'] ?? 'https://kubereel.example/updates',
    ...(electron === undefined ? {} : { electronDist: electronFolder(electron) }),
  });
  process.stdout.write(`${formatRows(rows, files)}\n`);
}

/** On macOS the program is deep in the distribution. */
function electronFolder(binary: string): string {
  return machine.platform === 'darwin' ? join(binary, '..', '..', '..', '..') : join(binary, '..');
}

function findOnPath(tool: string): string | undefined {
  const name = machine.platform === 'win32' ? `${tool}.exe` : tool;
  return (env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

function isOnPath(tool: string): boolean {
  return findOnPath(tool) !== undefined;
}
