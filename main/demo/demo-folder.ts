import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../base/errors.ts';
import { makePrivateFolder } from '../base/paths.ts';

const RUN_NAME = /^run-(\d+)-/;

/**
 * Makes a private folder for one run of the demo and removes what runs of dead processes have left beside it:
 * several demos may run at once, and one that was killed could not clean up.
 */
export async function makeRunFolder(parent: string): Promise<string> {
  await makePrivateFolder(parent);
  for (const name of await readdir(parent)) {
    const pid = Number(RUN_NAME.exec(name)?.[1]);
    if (pid && !isRunning(pid)) await rm(join(parent, name), { recursive: true, force: true });
  }
  return await mkdtemp(join(parent, `run-${process.pid}-`));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process has the number now: not for us to judge.
    return systemCode(error) === 'EPERM';
  }
}
