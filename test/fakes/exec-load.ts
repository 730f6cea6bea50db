/**
 * A program of its own that opens 30 commands whose output it does not read (down) or whose peers read no input
 * (up): `node --expose-gc exec-load.ts down|up ADDRESS`. Prints by how many bytes its memory has grown.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ExecStream, openExecStream } from '../../main/exec/exec-stream.ts';
import { openTransport } from './kube-access.ts';

const SESSIONS = 30;
/** Offered to each session; what is taken of it is what is measured. */
const OFFERED_BYTES = 200_000_000;
const CHUNK = new Uint8Array(64 * 1024).fill(0x78);
const SETTLED_MS = 500;
/** In which a client that does not hold back takes gigabytes. */
const FLOOD_MS = 3_000;

const [direction = '', address = ''] = process.argv.slice(2);
const transport = openTransport(address);

function open(pod: string): Promise<ExecStream> {
  const request = { kind: 'exec', namespace: 'shop', pod, container: 'app', command: ['cat'] } as const;
  const signal = new AbortController().signal;
  return openExecStream({ transport }, { ...request, stdin: true, tty: false }, { signal });
}

interface Memory {
  readonly residentBytes: number;
  readonly heldBytes: number;
}

async function measure(): Promise<Memory> {
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc?.();
    // What was collected is given back behind our back.
    await sleep(100);
  }
  const { rss, external, heapUsed } = process.memoryUsage();
  return { residentBytes: rss, heldBytes: external + heapUsed };
}

/** Until nothing is taken any more. */
async function settle(readTaken: () => number): Promise<void> {
  for (let before = -1, now = readTaken(); now !== before; now = readTaken()) {
    before = now;
    await sleep(SETTLED_MS);
  }
}

/** Nobody reads the output: not one chunk is asked for. */
async function loadDown(): Promise<readonly ExecStream[]> {
  const streams = await Promise.all(Array.from({ length: SESSIONS }, () => open('flood')));
  await sleep(FLOOD_MS);
  return streams;
}

async function loadUp(): Promise<readonly ExecStream[]> {
  const streams = await Promise.all(Array.from({ length: SESSIONS }, () => open('deaf')));
  let written = 0;
  for (const stream of streams) {
    const write = async (): Promise<void> => {
      for (let sent = 0; sent < OFFERED_BYTES; sent += CHUNK.byteLength) {
        await stream.write(CHUNK);
        written += CHUNK.byteLength;
      }
    };
    // Ends when the streams do, at the latest.
    write().catch(() => {});
  }
  await settle(() => written);
  return streams;
}

// What is loaded and compiled at the first use is not what a session costs.
const warm = await open('echo');
await warm.write(CHUNK);
await warm.output[Symbol.asyncIterator]().next();
await warm.close();

const before = await measure();
const streams = await (direction === 'up' ? loadUp() : loadDown());
const after = await measure();
process.stdout.write(
  `${JSON.stringify({
    open: streams.length,
    residentBytes: after.residentBytes - before.residentBytes,
    heldBytes: after.heldBytes - before.heldBytes,
  })}\n`,
);
process.exit(0);
