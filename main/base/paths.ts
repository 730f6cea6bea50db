import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where everything that belongs to the user lives on this machine. */
export interface Paths {
  readonly home: string;
  /** Casts and their sidecars. */
  readonly recordings: string;
  readonly settingsFile: string;
  /** How the desktop app's window stood. */
  readonly windowFile: string;
  /** What signs recordings, and what verifies those of before. */
  readonly keys: string;
  /** The user's own policy. */
  readonly policyFile: string;
  /** Which credential plugins may run. */
  readonly pluginsFile: string;
  /** Which pages of browsers may open commands. */
  readonly originsFile: string;
  /** Caches that may be deleted at any time. */
  readonly cache: string;
  /** What is owed to recorders, and what they have. */
  readonly uploads: string;
  /** What the proxy for kubectl is known by, and the kubeconfig that leads to it. */
  readonly proxy: string;
  /** What this machine has made on nodes and still has to delete. */
  readonly nodeShells: string;
  /** The demo cluster's kubeconfig, certificates and scratch homes. */
  readonly demo: string;
  readonly logFile: string;
}

const FOLDER_MODE = 0o700;

/** `KUBEREEL_HOME` moves all of it; otherwise the platform's place for application data. */
export function resolvePaths(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): Paths {
  const home = environment['KUBEREEL_HOME'] || defaultHome(environment, platform);
  return {
    home,
    recordings: join(home, 'recordings'),
    settingsFile: join(home, 'settings.json'),
    windowFile: join(home, 'window.json'),
    keys: join(home, 'keys'),
    policyFile: join(home, 'policy.yaml'),
    pluginsFile: join(home, 'plugins.json'),
    originsFile: join(home, 'origins.json'),
    cache: join(home, 'cache'),
    uploads: join(home, 'uploads'),
    proxy: join(home, 'proxy'),
    nodeShells: join(home, 'node-shells'),
    demo: join(home, 'demo'),
    logFile: join(home, 'kubereel.log'),
  };
}

function defaultHome(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Kubereel');
  if (platform === 'win32') {
    return join(environment['APPDATA'] || join(homedir(), 'AppData', 'Roaming'), 'Kubereel');
  }
  return join(environment['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'kubereel');
}

/** The policy that an administrator has set for everybody on this machine, in a place that only root may write to. */
export function resolveLockedPolicy(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (platform === 'darwin') return '/Library/Application Support/Kubereel/policy.yaml';
  if (platform === 'win32')
    return join(environment['ProgramData'] || 'C:\\ProgramData', 'Kubereel', 'policy.yaml');
  return '/etc/kubereel/policy.yaml';
}

/** Makes a folder that only this user can enter. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
}
