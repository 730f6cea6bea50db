/** Thirty recorded sessions at once, of which one prints as fast as it is read. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystemClock } from '../../main/base/clock.ts';
import { createLog } from '../../main/base/log.ts';
import { openExecStream } from '../../main/exec/exec-stream.ts';
import { createCastWriter } from '../../main/recording/writing/cast-writer.ts';
import type { Session } from '../../main/session/session.ts';
import type { SessionRecord } from '../../main/session/session-record.ts';
import { createSessions } from '../../main/session/sessions.ts';
import { startExecPeer } from './exec-peer-process.ts';
import { openTransport } from './kube-access.ts';
import { until } from './until.ts';

const ECHOING = 29;
const signal = new AbortController().signal;

export interface ManySessions {
  /** One a shell beside the flood: resolves when the word that is typed there is on the record and on the screen. */
  readonly echoes: readonly ((word: string) => Promise<void>)[];
  /** Of the flood's recording. */
  floodedBytes(): number;
  end(): Promise<void>;
}

/** Resolves when all of them are live. */
export async function openManySessions(): Promise<ManySessions> {
  const clock = createSystemClock();
  const peer = await startExecPeer();
  const folder = await mkdtemp(join(tmpdir(), 'kubereel-many-'));
  const transport = openTransport(peer.address);
  let lastId = 0;
  const sessions = createSessions({
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
  const open = (pod: string): Session =>
    sessions.open({ context: 'c', namespace: 'shop', pod }, { cols: 80, rows: 24 });
  const flooding = open('flood');
  const echoes = Array.from({ length: ECHOING }, () => watchEcho(open('echo')));
  await until(() => sessions.list().every(({ state }) => state.kind === 'live'));

  return {
    echoes,
    floodedBytes() {
      const { recording } = flooding.snapshot();
      return 'bytes' in recording ? recording.bytes : 0;
    },
    async end() {
      // First the server, so that no shell is given its second to end.
      await peer.stop();
      await sessions.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

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
