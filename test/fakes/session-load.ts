/**
 * A program of its own that opens 30 recorded sessions, as the app has them, of which nobody takes the output (down)
 * or whose peers read no input (up): `node --expose-gc session-load.ts down|up ADDRESS FOLDER`. Prints by how many
 * bytes its memory has grown.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createSystemClock } from '../../main/base/clock.ts';
import { createLog } from '../../main/base/log.ts';
import { openExecStream } from '../../main/exec/exec-stream.ts';
import { createCastWriter } from '../../main/recording/writing/cast-writer.ts';
import type { Session } from '../../main/session/session.ts';
import { createSessions } from '../../main/session/sessions.ts';
import type { ViewerSink } from '../../main/session/viewers.ts';
import { openTransport } from './kube-access.ts';

const SESSIONS = 30;
/** Offered to each session; what is taken of it is what is measured. */
const OFFERED_BYTES = 200_000_000;
const CHUNK = new Uint8Array(64 * 1024).fill(0x78);
const SETTLED_MS = 500;
/** In which a client that does not hold back takes gigabytes; below the 30 s after which a window is let go. */
const FLOOD_MS = 3_000;

const [direction = '', address = '', folder = ''] = process.argv.slice(2);
const clock = createSystemClock();
const transport = openTransport(address);
const signal = new AbortController().signal;
let lastId = 0;
const sessions = createSessions({
  clock,
  log: createLog({ level: 'silent' }),
  random: Math.random,
  newSessionId: () => {
    lastId += 1;
    return String(lastId);
  },
  newCastWriter: (details, size) => createCastWriter({ clock, folder }, { details, size }),
  async openShell({ namespace, pod }, size, options) {
    const command = ['sh'];
    const request = {
      kind: 'exec',
      namespace,
      pod,
      container: 'app',
      command,
      stdin: true,
      tty: true,
    } as const;
    const stream = await openExecStream({ transport }, request, { size, signal: options.signal });
    return { stream, container: 'app', command, place: { server: transport.server } };
  },
});

/** A window that freezes when it has caught up. */
function createFrozen(): ViewerSink {
  let isFrozen = false;
  return {
    write(record) {
      if (isFrozen) return new Promise(() => {});
      isFrozen = record.kind === 'caught-up';
      return Promise.resolve();
    },
    end: () => {},
  };
}

async function open(pod: string): Promise<Session> {
  const session = sessions.open({ context: 'c', namespace: 'shop', pod }, { cols: 80, rows: 24 });
  // Ends with the process.
  void session.view(createFrozen(), { signal });
  while (session.snapshot().state.kind === 'opening') await sleep(20);
  return session;
}

/** What is in use: what the allocator keeps beside it depends on what was collected when. */
async function measureHeldBytes(): Promise<number> {
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc?.();
    // What was collected is given back behind our back.
    await sleep(100);
  }
  const { external, heapUsed } = process.memoryUsage();
  return external + heapUsed;
}

async function loadDown(): Promise<void> {
  await Promise.all(Array.from({ length: SESSIONS }, () => open('flood')));
  await sleep(FLOOD_MS);
}

async function loadUp(): Promise<void> {
  const opened = await Promise.all(Array.from({ length: SESSIONS }, () => open('deaf')));
  let written = 0;
  for (const session of opened) {
    const write = async (): Promise<void> => {
      for (let sent = 0; sent < OFFERED_BYTES; sent += CHUNK.byteLength) {
        await session.write(CHUNK);
        written += CHUNK.byteLength;
      }
    };
    // Ends with the process.
    void write().catch(() => {});
  }
  // Until nothing is taken any more.
  for (let before = -1; written !== before; await sleep(SETTLED_MS)) before = written;
}

// What is loaded and compiled at the first use is not what a session costs.
const warm = await open('echo');
await warm.write(CHUNK);
await sleep(SETTLED_MS);

const before = await measureHeldBytes();
await (direction === 'up' ? loadUp() : loadDown());
const after = await measureHeldBytes();
const live = sessions.list().filter(({ state }) => state.kind === 'live');
process.stdout.write(`${JSON.stringify({ live: live.length - 1, heldBytes: after - before })}\n`);
process.exit(0);
