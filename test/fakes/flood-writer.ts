/**
 * A program of its own that records a flood and a trickle until it is killed: `node flood-writer.ts FOLDER LOG
 * [RECIPIENT]`.
 * Prints both casts' paths, as JSON, once they have begun. LOG gets what it gives to them, before it does.
 */
import { openSync, writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { createSystemClock } from '../../main/base/clock.ts';
import { type CastWriter, createCastWriter } from '../../main/recording/writing/cast-writer.ts';
import { FLOOD_LIMIT_BYTES, floodLine, formatGiven } from './flood.ts';

const [, , folder = '', logPath = '', recipient] = process.argv;
const encryptTo = recipient === undefined ? [] : [recipient];
const clock = createSystemClock();
const log = openSync(logPath, 'a');
const never = new AbortController().signal;
/** A trickle sleeps 1 ms between two lines: who waits longer without working waits for a processor. */
const LONGEST_IDLE_MS = 3;

/** Time in which the machine did other things is none of the writer's. */
function countRanMs(): number {
  const now = { atMs: performance.now(), cpu: process.cpuUsage() };
  const workedMs = (now.cpu.user + now.cpu.system - last.cpu.user - last.cpu.system) / 1_000;
  ranMs += Math.min(now.atMs - last.atMs, workedMs + LONGEST_IDLE_MS);
  last = now;
  return ranMs;
}

function begin(): Promise<CastWriter> {
  return createCastWriter(
    { clock, folder, encryptTo },
    {
      details: { context: 'kind', namespace: 'shop', pod: 'flood', container: 'app', command: ['yes'] },
      size: { cols: 80, rows: 24 },
    },
  );
}

/** Cut within characters and escape sequences, as a network does. */
async function give(writer: CastWriter, index: number, line: number): Promise<void> {
  const bytes = floodLine(line);
  const cut = (line * 7) % bytes.length;
  writeSync(log, formatGiven({ writer: index, line, ranMs: countRanMs() }));
  await writer.output(bytes.subarray(0, cut), clock.nowMicros());
  await writer.output(bytes.subarray(cut), clock.nowMicros());
}

async function flood(writer: CastWriter): Promise<void> {
  for (let line = 0; writer.bytes < FLOOD_LIMIT_BYTES; line += 1) {
    await give(writer, 0, line);
    // Timers, and with them what a quiet shell relies on, get their turn too.
    if (line % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

async function trickle(writer: CastWriter): Promise<void> {
  for (let line = 0; ; line += 1) {
    await give(writer, 1, line);
    await clock.sleep(1, { signal: never });
  }
}

const [flooded, trickled] = [await begin(), await begin()];
process.stdin.resume().on('end', () => process.exit());
// The next one starts faster; this one is killed before it could do so by itself.
flushCompileCache();
process.stdout.write(`${JSON.stringify([flooded.path, trickled.path])}\n`);
let ranMs = 0;
let last = { atMs: performance.now(), cpu: process.cpuUsage() };
await Promise.all([flood(flooded), trickle(trickled)]);
