// covers: main/session/session.ts
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ExecPeer, startExecPeer } from '../../fakes/exec-peer-process.ts';

const run = promisify(execFile);
const LOAD = fileURLToPath(new URL('../../fakes/session-load.ts', import.meta.url));
/** Decimal. */
const LIMIT_BYTES = 32_000_000;

let peer: ExecPeer;
let folder: string;
beforeAll(async () => {
  peer = await startExecPeer();
  folder = await mkdtemp(join(tmpdir(), 'kubereel-load-'));
});
afterAll(async () => {
  await peer?.stop();
  await rm(folder, { recursive: true, force: true });
});

// At once: each is a process of its own, and waits most of the time.
test.concurrent.each([
  ['down', 'before windows that are frozen'],
  ['up', 'whose peers read no input'],
])(
  '%s: 30 recorded sessions with 200 MB each, %s, hold less than 32 MB',
  async (direction) => {
    const { stdout } = await run(process.execPath, ['--expose-gc', LOAD, direction, peer.address, folder]);
    const grown = JSON.parse(stdout) as { live: number; heldBytes: number };
    expect(grown.live).toBe(30);
    expect(grown.heldBytes).toBeLessThan(LIMIT_BYTES);
  },
  120_000,
);
