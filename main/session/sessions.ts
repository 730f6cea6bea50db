import { AppError } from '../base/errors.ts';
import { createEmitter, type Event } from '../base/event.ts';
import type { TerminalSize } from '../base/terminal-size.ts';
import { createSession, type Session, type SessionNeeds } from './session.ts';
import type { SessionSnapshot, ShellTarget } from './session-state.ts';
import { isPauseRefused, type ShellConsent } from './shell-terms.ts';

/** All sessions of this run: live ones, and ended ones until they are forgotten. */
export interface Sessions {
  /** Starts opening at once; how it goes is told by `onChanged`. Throws `bad-input` at the limit. */
  open(target: ShellTarget, size: TerminalSize, consent?: ShellConsent): Session;
  /** Throws `session-not-found`. */
  get(sessionId: string): Session;
  list(): readonly SessionSnapshot[];
  /** Removes an ended session from the list; a live one is closed first. */
  forget(sessionId: string): Promise<void>;
  /** To be called when the policy has changed: ends pauses that it forbids by now. Never rejects. */
  reviewPauses(): Promise<void>;
  /**
   * Closes all live ones, each with its record complete and, as far as that takes seconds, delivered. `failure`: of
   * ours, which their recordings tell as their end.
   */
  end(failure?: AppError): Promise<void>;
  readonly onChanged: Event<SessionSnapshot>;
  readonly onForgotten: Event<string>;
}

/** More live shells than a person can follow; each costs a socket, a file and up to 1 MiB of queues. */
const MAX_LIVE_SESSIONS = 200;
/** Ended sessions are small, but a week has many: the oldest are forgotten. Their recordings stay. */
const MAX_ENDED_SESSIONS = 200;
/** How often the growth of the records is told while output flows. */
const GROWTH_INTERVAL_MS = 1_000;

export type SessionsNeeds = Omit<SessionNeeds, 'onChanged'> & { newSessionId(): string };

export function createSessions(needs: SessionsNeeds): Sessions {
  const sessions = new Map<string, Session>();
  const changed = createEmitter<SessionSnapshot>();
  const forgotten = createEmitter<string>();
  /** What was told of a record's size here and at its recorder. */
  const toldGrowth = new Map<string, string>();
  const growthTimer = setInterval(tellGrowth, GROWTH_INTERVAL_MS);
  growthTimer.unref();

  function tellGrowth(): void {
    for (const snapshot of snapshots()) {
      if (snapshot.recording.kind !== 'recording') continue;
      const { bytes, delivery } = snapshot.recording;
      const growth = `${bytes} ${delivery?.kind === 'live' ? delivery.ackedBytes : ''}`;
      if (toldGrowth.get(snapshot.sessionId) === growth) continue;
      toldGrowth.set(snapshot.sessionId, growth);
      changed.fire(snapshot);
    }
  }

  function tell(sessionId: string): void {
    const session = sessions.get(sessionId);
    if (session) changed.fire(session.snapshot());
  }

  function snapshots(): SessionSnapshot[] {
    return [...sessions.values()].map((session) => session.snapshot());
  }

  function forgetOldest(): void {
    const ended = snapshots().filter((snapshot) => snapshot.state.kind === 'ended');
    for (const { sessionId } of ended.slice(0, -MAX_ENDED_SESSIONS)) remove(sessionId);
  }

  function remove(sessionId: string): void {
    sessions.delete(sessionId);
    toldGrowth.delete(sessionId);
    forgotten.fire(sessionId);
  }

  function get(sessionId: string): Session {
    const session = sessions.get(sessionId);
    if (!session) throw new AppError('session-not-found', `there is no session ${sessionId}`);
    return session;
  }

  return {
    open(target, size, consent = {}) {
      const live = snapshots().filter((snapshot) => snapshot.state.kind !== 'ended').length;
      if (live >= MAX_LIVE_SESSIONS) {
        throw new AppError('bad-input', `${MAX_LIVE_SESSIONS} shells are open already`, {
          hint: 'Close some of them first.',
        });
      }
      forgetOldest();
      const sessionId = needs.newSessionId();
      const session = createSession(
        { ...needs, onChanged: () => tell(sessionId) },
        sessionId,
        target,
        size,
        consent,
      );
      sessions.set(sessionId, session);
      return session;
    },
    get,
    list: snapshots,
    async forget(sessionId) {
      await get(sessionId).close();
      if (sessions.has(sessionId)) remove(sessionId);
    },
    async reviewPauses() {
      await Promise.allSettled([...sessions.values()].map(reviewPause));
    },
    async end(failure) {
      clearInterval(growthTimer);
      const all = [...sessions.values()];
      await Promise.all(all.map((session) => session.close(failure)));
      await Promise.all(all.map((session) => session.delivered()));
    },
    onChanged: changed.event,
    onForgotten: forgotten.event,
  };
}

async function reviewPause(session: Session): Promise<void> {
  const { recording, state } = session.snapshot();
  const isPaused = recording.kind === 'recording' && recording.pausedAtMs !== undefined;
  if (!isPaused || state.kind === 'ended' || !(await isPauseRefused(session.terms))) return;
  await session.decide({ kind: 'pause', on: false });
}
