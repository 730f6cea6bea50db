import { lstatSync, readlinkSync, statSync } from 'node:fs';
import { run } from './package-check.ts';

/** Installs a deb on this machine, as root, looks at what it did, and removes it without a trace. */
export async function findInstallFaults(
  deb: string,
  walk: (command: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  // Its libraries are for the window; the command needs none of them.
  run('dpkg', ['--force-depends', '--install', deb]);
  const faults: string[] = [];
  try {
    const link = readlinkSync('/usr/bin/kubereel');
    if (link !== '/opt/Kubereel/resources/bin/kubereel') faults.push(`/usr/bin/kubereel leads to ${link}`);
    const sandbox = statSync('/opt/Kubereel/chrome-sandbox');
    const mode = (sandbox.mode & 0o7777).toString(8);
    if (sandbox.uid !== 0 || !['755', '4755'].includes(mode))
      faults.push(`chrome-sandbox has the mode ${mode}`);
    faults.push(...(await walk('/usr/bin/kubereel')));
  } finally {
    run('dpkg', ['--purge', 'kubereel']);
  }
  for (const path of ['/usr/bin/kubereel', '/opt/Kubereel', '/etc/apparmor.d/kubereel-app']) {
    if (lstatSync(path, { throwIfNoEntry: false })) faults.push(`${path} is left behind`);
  }
  return faults;
}
