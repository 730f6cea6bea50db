import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makePrivateFolder } from '../base/paths.ts';
import type { ContainerPlan, PodPlan } from './demo-pods.ts';

/** As container images have it, then the places where macOS and NixOS keep what they lack. */
const SEARCH_PATH = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
  '/opt/homebrew/bin',
  '/run/current-system/sw/bin',
].join(':');
const WINDOWS_SEARCH_PATH =
  'C:\\Windows\\System32;C:\\Windows;C:\\Windows\\System32\\WindowsPowerShell\\v1.0';

const README = `This container belongs to Kubereel's demo cluster.

Its shell is a real shell of this machine, running as you: what you change
outside of this folder is changed. The folder itself is thrown away when the
demo stops.
`;

/** Makes the scratch home of a container, with its files. Returns its path. Doing it again restores the files. */
export async function prepareContainerHome(
  homes: string,
  pod: PodPlan,
  container: ContainerPlan,
): Promise<string> {
  const home = join(podHomes(homes, pod), container.name);
  await makePrivateFolder(home);
  const files = { 'README.txt': README, ...shellSettings(pod.name), ...container.files };
  for (const [name, text] of Object.entries(files)) {
    const path = join(home, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { mode: name.endsWith('.sh') ? 0o755 : 0o644 });
  }
  return home;
}

/** The folder that holds the homes of a pod's containers. */
export function podHomes(homes: string, pod: PodPlan): string {
  return join(homes, pod.namespace, pod.name);
}

/** All that a program of the container finds in its environment: nothing of ours and nothing of the user's. */
export function containerEnvironment(
  home: string,
  podName: string,
  { tty }: { readonly tty: boolean },
): Readonly<Record<string, string>> {
  return {
    PATH: process.platform === 'win32' ? WINDOWS_SEARCH_PATH : SEARCH_PATH,
    HOME: home,
    HOSTNAME: podName,
    LANG: process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8',
    KUBERNETES_SERVICE_HOST: '10.96.0.1',
    KUBERNETES_SERVICE_PORT: '443',
    // The prompt of a shell that reads no settings; `ENV` names the settings of sh.
    PS1: `${podName}$ `,
    ENV: join(home, '.shrc'),
    ...(tty ? { TERM: 'xterm' } : {}),
  };
}

/** The pod's name in the prompt of each shell that one may find. */
function shellSettings(podName: string): Record<string, string> {
  return {
    '.bashrc': `PS1='${podName}:\\w\\$ '\n`,
    '.shrc': `PS1='${podName}$ '\n`,
    '.zshrc': `PROMPT='${podName}:%~%# '\n`,
  };
}
