/** `node build/package/smoke.ts COMMAND`: walks through what an installed `kubereel` must do. Not on Windows. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { walkCommand } from './command-walk.ts';

const [command] = process.argv.slice(2);
if (command === undefined) throw new Error('usage: smoke.ts COMMAND');
const home = await mkdtemp(join(tmpdir(), 'kubereel-smoke-'));
try {
  const version = await walkCommand({ command: [command], home, environment: { PATH: '/usr/bin:/bin' } });
  process.stdout.write(`kubereel ${version} does what it must.\n`);
} finally {
  await rm(home, { recursive: true, force: true });
}
