/**
 * `node build/package/smoke.ts COMMAND [APP]`: walks through what an installed `kubereel` must do, and the desktop app
 * where its program is named. `-` is no command: Windows' is a script.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { walkApp } from './app-walk.ts';
import { walkCommand } from './command-walk.ts';

const [command, program] = process.argv.slice(2);
if (command === undefined) throw new Error('usage: smoke.ts COMMAND [APP]');

async function inHome(walk: (home: string) => Promise<string>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'kubereel-smoke-'));
  try {
    process.stdout.write(`${await walk(home)}\n`);
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 10 });
  }
}

if (command !== '-') {
  await inHome(async (home) => {
    const version = await walkCommand({ command: [command], home, environment: { PATH: '/usr/bin:/bin' } });
    return `kubereel ${version} does what it must.`;
  });
}
if (program !== undefined) {
  await inHome(async (home) => {
    // A window needs what the session says of its display.
    const environment = process.env as Record<string, string>;
    await walkApp({ command: [program, '--demo'], home, environment });
    return `${program} starts, shows its page, keeps to one of itself and ends.`;
  });
}
