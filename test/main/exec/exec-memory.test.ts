// covers: main/exec/exec-stream.ts
import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const fake = (name: string): string => fileURLToPath(new URL(`../../fakes/${name}`, import.meta.url));

/** Decimal, and of resident memory: what the system says, garbage and all. */
const LIMIT_BYTES = 32_000_000;

let peer: ReturnType<typeof spawn>;
let address: string;

beforeAll(async () => {
  const child = spawn(process.execPath, [fake('exec-peer.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
  peer = child;
  const lines = createInterface(child.stdout);
  address = await new Promise((resolve) => lines.once('line', resolve));
});

afterAll(() => {
  peer?.kill('SIGKILL');
});

test.each([
  ['down', 'of which nobody reads the output'],
  ['up', 'whose peers read no input'],
])(
  '%s: 30 commands with 200 MB each, %s, cost less than 32 MB',
  async (direction) => {
    const { stdout } = await run(process.execPath, ['--expose-gc', fake('exec-load.ts'), direction, address]);
    const grown = JSON.parse(stdout) as { open: number; residentBytes: number; heldBytes: number };
    expect(grown.open).toBe(30);
    expect(grown.heldBytes).toBeLessThan(LIMIT_BYTES);
    expect(grown.residentBytes).toBeLessThan(LIMIT_BYTES);
  },
  60_000,
);
