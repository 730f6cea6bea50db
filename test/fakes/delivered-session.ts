import { type Clock, createSystemClock } from '../../main/base/clock.ts';
import { createLog } from '../../main/base/log.ts';
import type { PolicyAnswer } from '../../main/policy/policy.ts';
import { DEFAULT_ANSWER } from '../../main/policy/strictest-answer.ts';
import { planRecording } from '../../main/recording/planned-recording.ts';
import { createCastWriter } from '../../main/recording/writing/cast-writer.ts';
import { createSession, type Session } from '../../main/session/session.ts';
import type { Uploader } from '../../main/upload/uploader.ts';
import { createScriptedShell, type ScriptedShell } from './scripted-shell.ts';

export interface DeliveredSession {
  readonly session: Session;
  readonly shell: ScriptedShell;
  /** Shells that were asked for. */
  readonly opens: number;
  /** The cast; empty while there is none. */
  readonly path: string;
  readonly recordingId: string;
}

const SIZE = { cols: 80, rows: 24 };

/** A session under that answer of the policy, whose recorders are real and whose shell does what a test tells it to. */
export function openDeliveredSession(
  {
    folder,
    uploader,
    encryptTo = [],
    sessionClock = createSystemClock(),
  }: {
    readonly folder: string;
    readonly uploader: Uploader;
    readonly encryptTo?: readonly string[];
    /** The session's; what it records is written by the system's. */
    readonly sessionClock?: Clock;
  },
  said: Partial<PolicyAnswer>,
): DeliveredSession {
  const clock = createSystemClock();
  const shell = createScriptedShell();
  const known = { opens: 0, path: '', recordingId: '' };
  const session = createSession(
    {
      clock: sessionClock,
      log: createLog({ level: 'silent' }),
      random: () => 0.5,
      onChanged: () => {},
      async openShell() {
        known.opens += 1;
        return { stream: shell.stream, container: 'app', command: ['sh'], place: { server: '' } };
      },
      async newCastWriter(details, size, { planned, isRequired }) {
        const recordingId = planned && { recordingId: planned.recordingId };
        const source = planned?.source && { source: planned.source };
        const writer = await createCastWriter(
          { clock, folder, encryptTo, isRequired },
          { details: { ...details, ...source }, size, ...recordingId },
        );
        known.path = writer.path;
        known.recordingId = writer.recordingId;
        return writer;
      },
      terms: {
        answerPolicy: async () => ({ ...DEFAULT_ANSWER, ...said }),
        rehearseRecording: async () => {},
        async connectRecorders(recorders, { size }, options) {
          const startedAtMs = clock.nowMs();
          const source = { node: 'laptop', nodeId: 'laptop', userId: 1_000, user: 'ann' };
          const planned = planRecording(folder, { nowMs: startedAtMs, encryptTo, source });
          const recording = { ...planned, title: 'shop/web-1', startedAtMs, size };
          return { planned, ...(await uploader.connect(recorders, recording, options)) };
        },
      },
    },
    's1',
    { context: 'prod', namespace: 'shop', pod: 'web-1' },
    SIZE,
  );
  return {
    session,
    shell,
    get opens() {
      return known.opens;
    },
    get path() {
      return known.path;
    },
    get recordingId() {
      return known.recordingId;
    },
  };
}
