import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createSystemClock } from '../../../main/base/clock.ts';
import { type CastEvent, parseEvent, parseHeader } from '../../../main/recording/cast.ts';
import { recoverOrphan } from '../../../main/recording/recovery.ts';
import { readSidecar } from '../../fakes/cast-folder.ts';
import { FLOOD_LIMIT_BYTES, floodLine, floodStart, type GivenLine, parseGiven } from '../../fakes/flood.ts';

const KILLS = 200;
/** Killed side by side, so that starting one takes no time from another. */
const LANES = 4;
/** What the settings promise. */
const LOST_MS = 250;
/**
 * Two lines are given within less, unless the program did not run: time in which the machine did other things is
 * none of the writer's.
 */
const LONGEST_STEP_MS = 20;
const LONGEST_LIFE_MS = 400;
const FLOOD_WRITER = fileURLToPath(new URL('../../fakes/flood-writer.ts', import.meta.url));

/** In memory where that can be had: how fast a disk is, and who else uses it, is none of the writer's either. */
async function makeFastFolder(): Promise<string> {
  const memory = await statfs('/dev/shm').catch(() => undefined);
  // A cast takes up to twice what it holds; containers often have 64 MB of such memory, and no more.
  const hasRoom = memory !== undefined && memory.bavail * memory.bsize > 4 * LANES * FLOOD_LIMIT_BYTES;
  return mkdtemp(join(hasRoom ? '/dev/shm' : tmpdir(), 'kubereel-crash-'));
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

async function floodAndKill(home: string, round: number, children: Set<ChildProcess>): Promise<Killed> {
  const folder = join(home, `${round}`);
  const log = join(home, `${round}.log`);
  const child = spawn(process.execPath, [FLOOD_WRITER, folder, log], {
    // It ends by itself when its input does, as when this process is killed.
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(home, 'compiled') },
  });
  children.add(child);
  const [paths] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  // Any moment of its life: what is on its way to the file is another each time.
  await new Promise((resolve) => setTimeout(resolve, Math.random() ** 2 * LONGEST_LIFE_MS));
  expect(child.exitCode).toBe(null);
  await kill(child);
  children.delete(child);
  return { paths: JSON.parse(paths) as string[], given: parseGiven(await readFile(log)) };
}

/** Bytes that had been given to a writer `LOST_MS` before the program gave its last line to any. */
function countOwed(given: readonly GivenLine[], writer: number): number {
  let ranMs = 0;
  const steps = given.map((line, index) => {
    ranMs += Math.min(line.atMs - (given[index - 1]?.atMs ?? line.atMs), LONGEST_STEP_MS);
    return { ...line, ranMs };
  });
  const last = steps.findLast((step) => step.writer === writer && step.ranMs <= ranMs - LOST_MS);
  let bytes = 0;
  for (let line = 0; line < (last?.line ?? 0); line += 1) bytes += floodLine(line).length;
  return bytes;
}

/** Every line must be one. */
function readWhole(text: string): CastEvent[] {
  expect(text.endsWith('\n')).toBe(true);
  const [header = '', ...lines] = text.split('\n').slice(0, -1);
  expect(parseHeader(header).pod?.name).toBe('flood');
  return lines.map(parseEvent);
}

async function checkRecovered(path: string, owedBytes: number): Promise<{ readonly isCut: boolean }> {
  const before = await stat(path);
  const recovery = await recoverOrphan(
    { clock: createSystemClock(), isOwnerAlive: () => false, hostName: (await readOwner(path)) ?? '' },
    path,
    { signal: AbortSignal.timeout(20_000) },
  );
  expect(recovery?.kind).toBe('recovered');
  const cutBytes = recovery?.kind === 'recovered' ? recovery.cutBytes : 0;
  const sidecar = await readSidecar(path);
  const kept = Buffer.from(sidecar.cut?.base64 ?? '', 'base64').length + (sidecar.cut?.zeros ?? 0);
  expect(kept).toBe(cutBytes);
  const events = readWhole(await readFile(path, 'utf8'));
  const times = events.map(({ timeMicros }) => timeMicros);
  expect(times).toEqual(times.toSorted((left, right) => left - right));
  const text = events.map((event) => (event.kind === 'output' ? event.text : '')).join('');
  const bytes = Buffer.from(text);
  // Exactly what was given, from its first byte on: none missing, doubled, changed or out of order.
  expect(bytes.equals(floodStart(bytes.length))).toBe(true);
  expect(bytes.length).toBeGreaterThanOrEqual(owedBytes);
  expect(sidecar.state).toMatchObject({ kind: 'recovered', bytes: before.size - cutBytes });
  return { isCut: cutBytes > 0 };
}

async function readOwner(path: string): Promise<string | undefined> {
  const { state } = await readSidecar(path);
  return state.kind === 'live' ? state.owner.hostName : undefined;
}

test(`of ${KILLS} programs killed in a flood each leaves whole lines, and all but the last ${LOST_MS} ms`, async () => {
  const home = await makeFastFolder();
  const children = new Set<ChildProcess>();
  onTestFinished(async () => {
    await Promise.all([...children].map(kill));
    await rm(home, { recursive: true, force: true });
  });
  const rounds = Array.from({ length: KILLS }, (_, round) => round).values();
  let killed = 0;
  let owed = 0;
  let torn = 0;
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      for (const round of rounds) {
        const { paths, given } = await floodAndKill(home, round, children);
        for (const [writer, path] of paths.entries()) {
          const owedBytes = countOwed(given, writer);
          if (owedBytes > 0) owed += 1;
          if ((await checkRecovered(path, owedBytes)).isCut) torn += 1;
        }
        killed += 1;
        await rm(join(home, `${round}`), { recursive: true });
        await rm(join(home, `${round}.log`));
      }
    }),
  );
  expect(killed).toBe(KILLS);
  // The moments were such that the bound meant something.
  expect(owed).toBeGreaterThan(0);
  process.stdout.write(`${killed} killed, ${torn} torn tails, ${owed} casts with something owed\n`);
}, 300_000);
