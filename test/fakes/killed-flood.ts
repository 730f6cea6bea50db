import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { FLOOD_LIMIT_BYTES, floodLength, GIVEN_BYTES, type GivenLine, parseGiven } from './flood.ts';

/** Killed side by side, so that starting one takes no time from another. */
const LANES = 4;
/** What the settings promise. */
export const LOST_MS: number = 250;
const LONGEST_LIFE_MS = 400;
const FLOOD_WRITER = fileURLToPath(new URL('flood-writer.ts', import.meta.url));

/** Of how many programs what was checked; of each, both its casts. */
export interface KilledFloods {
  readonly killed: number;
  readonly torn: number;
  /** Casts of which something was owed: the moments were such that the bound meant something. */
  readonly owed: number;
}

/**
 * Kills programs that record a flood and a trickle, at any moment of the first 400 ms that they run, and has both casts checked:
 * what had been given `LOST_MS` before is owed.
 */
export async function killFloods(
  { kills, recipient }: { readonly kills: number; readonly recipient?: string },
  check: (path: string, owedBytes: number) => Promise<{ readonly isCut: boolean }>,
): Promise<KilledFloods> {
  const home = await makeFastFolder();
  const children = new Set<ChildProcess>();
  onTestFinished(async () => {
    await Promise.all([...children].map(kill));
    await rm(home, { recursive: true, force: true });
  });
  const rounds = Array.from({ length: kills }, (_, round) => round).values();
  let killed = 0;
  let owed = 0;
  let torn = 0;
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      for (const round of rounds) {
        const { paths, given } = await floodAndKill({ home, children, recipient }, round);
        for (const [writer, path] of paths.entries()) {
          const owedBytes = countOwed(given, writer);
          if (owedBytes > 0) owed += 1;
          if ((await check(path, owedBytes)).isCut) torn += 1;
        }
        killed += 1;
        await rm(join(home, `${round}`), { recursive: true });
        await rm(join(home, `${round}.log`));
      }
    }),
  );
  return { killed, torn, owed };
}

/** In memory where that can be had: how fast a disk is, and who else uses it, is none of the writer's either. */
async function makeFastFolder(): Promise<string> {
  const memory = await statfs('/dev/shm').catch(() => undefined);
  // A cast takes up to twice what it holds; containers often have 64 MB of such memory, and no more.
  const hasRoom = memory !== undefined && memory.bavail * memory.bsize > 4 * LANES * FLOOD_LIMIT_BYTES;
  return mkdtemp(join(hasRoom ? '/dev/shm' : tmpdir(), 'kubereel-crash-'));
}

interface Killing {
  readonly home: string;
  readonly children: Set<ChildProcess>;
  readonly recipient: string | undefined;
}

interface Killed {
  readonly paths: readonly string[];
  readonly given: readonly GivenLine[];
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function floodAndKill({ home, children, recipient }: Killing, round: number): Promise<Killed> {
  const folder = join(home, `${round}`);
  const log = join(home, `${round}.log`);
  const child = spawn(
    process.execPath,
    [FLOOD_WRITER, folder, log, ...(recipient === undefined ? [] : [recipient])],
    {
      // It ends by itself when its input does, as when this process is killed.
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, NODE_COMPILE_CACHE: join(home, 'compiled') },
    },
  );
  children.add(child);
  const [paths] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  // Any moment of its life: what is on its way to the file is another each time.
  await waitUntilRan({ child, log }, Math.random() ** 2 * LONGEST_LIFE_MS);
  expect(child.exitCode).toBe(null);
  await kill(child);
  children.delete(child);
  return { paths: JSON.parse(paths) as string[], given: parseGiven(await readFile(log)) };
}

/** However little of the machine it gets. */
async function waitUntilRan(
  { child, log }: { readonly child: ChildProcess; readonly log: string },
  wantedMs: number,
): Promise<void> {
  for (
    let ranMs = 0;
    ranMs < wantedMs && child.exitCode === null;
    ranMs = (await readLastGiven(log))?.ranMs ?? 0
  ) {
    await new Promise((resolve) => setTimeout(resolve, wantedMs - ranMs));
  }
}

async function readLastGiven(log: string): Promise<GivenLine | undefined> {
  const file = await open(log);
  try {
    const { size } = await file.stat();
    if (size < GIVEN_BYTES) return undefined;
    const position = size - (size % GIVEN_BYTES) - GIVEN_BYTES;
    const { buffer } = await file.read(Buffer.alloc(GIVEN_BYTES), 0, GIVEN_BYTES, position);
    return parseGiven(buffer)[0];
  } finally {
    await file.close();
  }
}

/** Bytes that had been given to a writer `LOST_MS` before the program gave its last line to any. */
function countOwed(given: readonly GivenLine[], writer: number): number {
  const longAgoMs = (given.at(-1)?.ranMs ?? 0) - LOST_MS;
  return floodLength(given.findLast((one) => one.writer === writer && one.ranMs <= longAgoMs)?.line ?? 0);
}
