/** Thirty recorded sessions at once, of which one prints as fast as it is read. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSystemClock } from '../../main/base/clock.ts';
import { createLog } from '../../main/base/log.ts';
import { openExecStream } from '../../main/exec/exec-stream.ts';
import { createCastWriter } from '../../main/recording/writing/cast-writer.ts';
import type { Session } from '../../main/session/session.ts';
import type { SessionRecord } from '../../main/session/session-record.ts';
import { createSessions, type Sessions } from '../../main/session/sessions.ts';
import { type ExecPeer, startExecPeer } from '../fakes/exec-peer-process.ts';
import { openTransport } from '../fakes/kube-access.ts';
import { until } from '../fakes/until.ts';

const ECHOING = 29;
const ROUNDS = 3;
/**
 * What the flood may have before one word is answered: turns and not time, which a busy machine has less of for both. A loop
 * that read a socket for as long as there is something to read would be past it at once.
 */
const FLOODED_BYTES = 16 * 1024 * 1024;
const clock = createSystemClock();
const signal = new AbortController().signal;

let peer: ExecPeer;
let folder: string;
let sessions: Sessions;

beforeEach(async () => {
  peer = await startExecPeer();
  folder = await mkdtemp(join(tmpdir(), 'kubereel-many-'));
  const transport = openTransport(peer.address);
  let lastId = 0;
  sessions = createSessions({
    clock,
    log: createLog({ level: 'silent' }),
    random: () => 0.5,
    newSessionId: () => {
      lastId += 1;
      return `s${lastId}`;
    },
    newCastWriter: (details, size) => createCastWriter({ clock, folder }, { details, size }),
    async openShell({ namespace, pod }, size, options) {
      const command = ['sh'];
      const request = { kind: 'exec', namespace, pod, container: 'app', command } as const;
      const all = { ...request, stdin: true, tty: true };
      const stream = await openExecStream({ transport }, all, { size, signal: options.signal });
      return { stream, container: 'app', command, place: { server: transport.server } };
    },
  });
});

afterEach(async () => {
  // First the server, so that no shell is given its second to end.
  await peer?.stop();
  await sessions?.end();
  await rm(folder, { recursive: true, force: true });
});

function open(pod: string): Session {
  return sessions.open({ context: 'c', namespace: 'shop', pod }, { cols: 80, rows: 24 });
}

/** Resolves when a typed word is on the record and on the screen. */
function watchEcho(session: Session): (word: string) => Promise<void> {
  const waiting = new Map<string, () => void>();
  let text = '';
  const take = async (record: SessionRecord): Promise<void> => {
    if (record.kind !== 'output') return;
    text += Buffer.from(record.bytes).toString();
    for (const [word, resolve] of waiting) if (text.includes(word)) resolve();
  };
  // Ends with the session.
  void session.view({ write: take, end: () => {} }, { signal });
  return async (word) => {
    await new Promise<void>((resolve) => {
      waiting.set(word, resolve);
      // What is refused is never echoed, and the test says so.
      void session.write(Buffer.from(word)).catch(() => {});
    });
    waiting.delete(word);
  };
}

test('rc-many: one of 30 sessions floods, and the others are answered between its pieces', async () => {
  const flooding = open('flood');
  const echoes = Array.from({ length: ECHOING }, () => watchEcho(open('echo')));
  await until(() => sessions.list().every(({ state }) => state.kind === 'live'));
  const recorded = (): number => {
    const { recording } = flooding.snapshot();
    return 'bytes' in recording ? recording.bytes : 0;
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = recorded();
    for (const [index, echo] of echoes.entries()) {
      const passed = recorded();
      await echo(`<${round}.${index}>`);
      expect(recorded() - passed).toBeLessThan(FLOODED_BYTES);
    }
    await until(() => recorded() > before);
  }
});
