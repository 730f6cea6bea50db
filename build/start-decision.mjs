/**
 * What `npm start` can run on this machine. Written for the oldest Node that npm may bring along, so that even
 * there it says in words what is missing.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How long a mirror may take to answer before we go on without Electron. */
export const MIRROR_TIMEOUT_MS = 6_000;
const DEFAULT_MIRROR = 'https://github.com/electron/electron/releases/download/';

/**
 * @typedef {{ kind: 'electron', binary: string, say: string }
 *   | { kind: 'fetch', version: string, say: string }
 *   | { kind: 'browser', say: string }} Decision
 */

/**
 * @param {{ arguments: readonly string[], environment: Record<string, string | undefined>, platform: string, root: string, timeoutMs?: number }} machine
 * @returns {Promise<Decision>}
 */
export async function decideStart({
  arguments: args,
  environment,
  platform,
  root,
  timeoutMs = MIRROR_TIMEOUT_MS,
}) {
  const browser = (why) => ({ kind: 'browser', say: `Starting in the browser: ${why}.` });
  if (args.includes('--browser')) return browser('as asked');
  if (!existsSync(join(root, 'out', 'main.mjs'))) return browser('this build has no desktop app');
  if (platform === 'linux' && !environment.DISPLAY && !environment.WAYLAND_DISPLAY) {
    return browser('there is no display for a desktop app');
  }
  const binary = findElectron(environment, root);
  if (binary) return { kind: 'electron', binary, say: 'Starting the desktop app.' };
  const version = readElectronVersion(root);
  if (!version) return browser('Electron is not among the installed packages');
  const failure = await askMirror(environment, version, timeoutMs);
  if (failure)
    return browser(`Electron ${version} is not on this machine and cannot be fetched (${failure})`);
  return { kind: 'fetch', version, say: `Fetching Electron ${version} (once, about 120 MB) …` };
}

/** The binary that is there already: an unpacked distribution of one's own, or the one that was fetched before. */
export function findElectron(environment, root) {
  const folder = environment.ELECTRON_OVERRIDE_DIST_PATH ?? join(root, 'node_modules', 'electron', 'dist');
  const nameFile = join(root, 'node_modules', 'electron', 'path.txt');
  const name = existsSync(nameFile) ? readFileSync(nameFile, 'utf8').trim() : 'electron';
  const binary = join(folder, name);
  return existsSync(binary) ? binary : undefined;
}

function readElectronVersion(root) {
  const file = join(root, 'node_modules', 'electron', 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : undefined;
}

/** Why the mirror cannot be used, in a few words; undefined where it can. Behind a proxy only fetching can tell. */
async function askMirror(environment, version, timeoutMs) {
  if (environment.HTTPS_PROXY || environment.https_proxy) return undefined;
  const mirror = environment.ELECTRON_MIRROR ?? environment.npm_config_electron_mirror ?? DEFAULT_MIRROR;
  try {
    const address = new URL(`v${version}/SHASUMS256.txt`, mirror.endsWith('/') ? mirror : `${mirror}/`);
    const response = await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(timeoutMs) });
    return response.ok ? undefined : `${address.host} answered ${response.status}`;
  } catch (error) {
    if (error.name === 'TimeoutError') return `no answer within ${timeoutMs / 1_000} s`;
    return error.cause?.code ?? error.code ?? error.message;
  }
}
