// covers: main/exec/exec-stream.ts
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ExecPeer, startExecPeer } from '../../fakes/exec-peer-process.ts';

const run = promisify(execFile);
const LOAD = fileURLToPath(new URL('../../fakes/exec-load.ts', import.meta.url));

/** Decimal, and of resident memory: what the system says, garbage and all. */
const LIMIT_BYTES = 32_000_000;

let peer: ExecPeer;
beforeAll(async () => {
  peer = await startExecPeer();
});
afterAll(() => peer?.stop());

// At once: each is a process of its own, and waits most of the time.
test.concurrent.each([
  ['down', 'of which nobody reads the output'],
  ['up', 'whose peers read no input'],
])(
  '%s: 30 commands with 200 MB each, %s, cost less than 32 MB',
  // How much garbage lies about when it is measured is the system's affair; what is held is there each time.
  { retry: 2, timeout: 120_000 },
  async (direction) => {
    const { stdout } = await run(process.execPath, ['--expose-gc', LOAD, direction, peer.address]);
    const grown = JSON.parse(stdout) as { open: number; residentBytes: number; heldBytes: number };
    expect(grown.open).toBe(30);
    expect(grown.heldBytes).toBeLessThan(LIMIT_BYTES);
    expect(grown.residentBytes).toBeLessThan(LIMIT_BYTES);
  },
);
