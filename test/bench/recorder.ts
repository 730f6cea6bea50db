import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createSystemClock } from '../../main/base/clock.ts';
import { makeIdentity } from '../../main/recording/encryption/age.ts';
import { createCastWriter } from '../../main/recording/writing/cast-writer.ts';
import { openManySessions } from '../fakes/many-sessions.ts';
import { measureStalledDiskEcho } from '../fakes/stalled-disk-echo.ts';
import { median } from './statistics.ts';

/**
 * What recording costs, beside the least that could be done (decoding and `JSON.stringify`, no disk) and beside
 * `asciinema rec` where it is installed. Nothing is asserted.
 */
const MIB = 1024 * 1024;
const ROUNDS = 3;
const STALLED_MS = 5_000;
const FLOOD_BYTES_PER_SECOND = 20_000_000;
const ECHO_ROUNDS = 10;

interface Cost {
  readonly cpuMs: number;
  readonly wallMs: number;
}

interface Work {
  readonly name: string;
  readonly bytes: Buffer;
  readonly chunkBytes: number;
}

async function measureManyEchoes(): Promise<number[]> {
  const many = await openManySessions();
  const echoMs: number[] = [];
  for (let round = 0; round < ECHO_ROUNDS; round += 1) {
    for (const [index, echo] of many.echoes.entries()) {
      const startedAtMs = performance.now();
      await echo(`<${round}.${index}>`);
      echoMs.push(performance.now() - startedAtMs);
    }
  }
  await many.end();
  return echoMs.toSorted((left, right) => left - right);
}

/** `echoMs` from the shortest to the longest. */
function formatEcho(echoMs: readonly number[]): string {
  const at = (share: number): string =>
    (echoMs[Math.ceil(echoMs.length * share) - 1] ?? Number.NaN).toFixed(0);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`;
}

function repeat(text: string, bytes: number): Buffer {
  return Buffer.alloc(bytes, text);
}

/** The same in each run. */
function makeNoise(bytes: number): Buffer {
  const parts: Buffer[] = [];
  for (let made = 0; made < bytes; made += 64) {
    parts.push(createHash('sha512').update(`${made}`).digest());
  }
  return Buffer.concat(parts).subarray(0, bytes);
}

function makeAnsi(): string {
  const cells = Array.from({ length: 80 }, (_, column) => {
    const shade = (column * 3) % 256;
    return `\u001b[38;2;${shade};${255 - shade};128m\u001b[48;2;0;0;${shade}m${String.fromCharCode(33 + column)}`;
  });
  return Array.from({ length: 24 }, (_, row) => `\u001b[${row + 1};1H${cells.join('')}\u001b[0m`).join('');
}

const LOG_LINE = '2026-11-21T07:14:14Z INFO request served path=/cart status=200 duration=12ms\r\n';
const WORKS: readonly Work[] = [
  { name: 'ASCII', bytes: repeat(LOG_LINE, 64 * MIB), chunkBytes: 32 * 1024 },
  { name: 'heavy ANSI', bytes: repeat(makeAnsi(), 32 * MIB), chunkBytes: 32 * 1024 },
  { name: 'invalid UTF-8', bytes: makeNoise(16 * MIB), chunkBytes: 32 * 1024 },
  { name: 'ASCII, 64-byte chunks', bytes: repeat(LOG_LINE, 16 * MIB), chunkBytes: 64 },
];

function* chunksOf({ bytes, chunkBytes }: Work): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

/** Of this process, with the threads that write and hash for it. */
async function measure(run: () => Promise<void> | void): Promise<Cost> {
  globalThis.gc?.();
  const startedAt = performance.now();
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1_000, wallMs: performance.now() - startedAt };
}

function record(work: Work, folder: string, encryptTo: readonly string[] = []): Promise<Cost> {
  const clock = createSystemClock();
  return measure(async () => {
    const details = { context: 'bench', namespace: 'shop', pod: 'web', container: 'app', command: ['sh'] };
    const writer = await createCastWriter(
      { clock, folder, encryptTo },
      { details, size: { cols: 80, rows: 24 } },
    );
    for (const chunk of chunksOf(work)) await writer.output(chunk, clock.nowMicros());
    await writer.close({ kind: 'exited', exitCode: 0 }, clock.nowMicros());
    await rm(writer.path);
  });
}

let keepsAlive = 0;

function stringify(work: Work): Promise<Cost> {
  return measure(() => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    for (const chunk of chunksOf(work)) {
      keepsAlive += JSON.stringify(decoder.decode(chunk, { stream: true })).length;
    }
  });
}

const runFile = promisify(execFile);

/** Through a terminal of its own, which hands out 4 KiB at a time; with the program that prints. */
async function recordWithAsciinema(work: Work, folder: string): Promise<Cost | undefined> {
  const input = join(folder, 'input');
  await writeFile(input, work.bytes);
  const script = `TIMEFORMAT='%U %S %R'; time asciinema rec -q --overwrite -c "cat '${input}'" '${join(folder, 'peer.cast')}' >/dev/null`;
  try {
    const { stderr } = await runFile('bash', ['-c', script], {
      env: { ...process.env, ASCIINEMA_CONFIG_HOME: folder, TERM: 'xterm-256color' },
      maxBuffer: 16 * MIB,
    });
    const [user = 0, system = 0, wall = 0] = stderr.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
    return { cpuMs: (user + system) * 1_000, wallMs: wall * 1_000 };
  } catch {
    return undefined;
  }
}

async function hasAsciinema(): Promise<boolean> {
  return runFile('asciinema', ['--version']).then(
    () => true,
    () => false,
  );
}

function format(name: string, { bytes }: Work, costs: readonly Cost[]): string {
  const megabytes = bytes.length / 1_000_000;
  const cpu = median(costs.map(({ cpuMs }) => cpuMs)) / megabytes;
  const speed = megabytes / (median(costs.map(({ wallMs }) => wallMs)) / 1_000);
  return `  ${name.padEnd(16)} ${cpu.toFixed(1).padStart(6)} CPU-ms/MB ${speed.toFixed(0).padStart(6)} MB/s`;
}

async function repeatRounds(run: () => Promise<Cost | undefined>): Promise<Cost[]> {
  const costs: Cost[] = [];
  // The first one warms caches and is not counted.
  for (let round = -1; round < ROUNDS; round += 1) {
    const cost = await run();
    if (cost && round >= 0) costs.push(cost);
  }
  return costs;
}

const folder = await mkdtemp(join(tmpdir(), 'kubereel-bench-recorder-'));
// The clock's own timers keep no process alive, and an encrypting writer waits for one of them.
const alive = setInterval(() => {}, 60_000);
try {
  const withPeer = await hasAsciinema();
  const { recipient } = await makeIdentity();
  for (const work of WORKS) {
    process.stdout.write(`Recording ${work.name}, ${work.bytes.length / MIB} MiB\n`);
    const contenders: readonly [string, () => Promise<Cost | undefined>][] = [
      ['kubereel', () => record(work, folder)],
      ['encrypted', () => record(work, folder, [recipient])],
      ['JSON.stringify', () => stringify(work)],
      // How its terminal cuts what is printed is not ours to choose.
      ...(withPeer && work.chunkBytes > 64
        ? [
            ['asciinema rec', () => recordWithAsciinema(work, folder)] as const satisfies [
              string,
              () => Promise<Cost | undefined>,
            ],
          ]
        : []),
    ];
    for (const [name, run] of contenders) {
      const costs = await repeatRounds(run);
      if (costs.length > 0) process.stdout.write(`${format(name, work, costs)}\n`);
    }
  }
  const { echoMs, keptBytes } = await measureStalledDiskEcho(folder, {
    stalledMs: STALLED_MS,
    bytesPerSecond: FLOOD_BYTES_PER_SECOND,
  });
  process.stdout.write(
    `Echo of a key, disk stalled for ${STALLED_MS / 1_000} s under ${FLOOD_BYTES_PER_SECOND / 1e6} MB/s: ` +
      `${formatEcho(echoMs)}; ${(keptBytes / MIB).toFixed(1)} MiB kept\n`,
  );
  process.stdout.write(
    `Echo of a word in 29 shells beside one that floods, all recorded: ${formatEcho(await measureManyEchoes())}\n`,
  );
  if (keepsAlive === 0) throw new Error('nothing was measured');
} finally {
  clearInterval(alive);
  await rm(folder, { recursive: true, force: true });
}
