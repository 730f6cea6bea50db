import { AppError } from '../base/errors.ts';
import { createEmitter, type Event } from '../base/event.ts';
import type { RecordingState } from './recording-state.ts';

/** A command whose terminal is in another program on this machine, and which goes through us. */
export interface TappedSnapshot {
  readonly sessionId: string;
  readonly door: 'kubectl' | 'browser';
  /** The program as it names itself, or the page's origin: one line that no terminal obeys. */
  readonly client: string;
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  /** Empty where the client left it to the server. */
  readonly container: string;
  /** Empty of what is attached to. */
  readonly command: readonly string[];
  readonly kind: 'exec' | 'attach';
  /** Unix milliseconds. */
  readonly startedAtMs: number;
  readonly recording: RecordingState;
}

/** One of them, as its door has it. */
export interface TappedSession {
  readonly sessionId: string;
  /** Undefined until the cluster has opened it. */
  snapshot(): TappedSnapshot | undefined;
  /** Ends it, and tells its client why; resolves when its recording is closed. `failure`: of ours, which it ends for. */
  close(failure?: AppError): Promise<void>;
  /** Its recording is closed. Never rejects. */
  readonly ended: Promise<void>;
  /** After that: resolves within a few seconds, when a recorder has its recording or it is owed. Never rejects. */
  delivered(): Promise<void>;
}

/** What is live at one door, for those who show it. */
export interface TappedSessions {
  list(): readonly TappedSnapshot[];
  /** Something in `list()` is new. */
  readonly onChanged: Event<void>;
  /** By the user. Rejects with `session-not-found`. */
  end(sessionId: string): Promise<void>;
}

/** The same, for the door itself. */
export interface TappedRegister extends TappedSessions {
  /** To be called before a cluster is asked; it leaves the list when it has ended. Throws `too-many` at the limit. */
  add(session: TappedSession): void;
  /** One of them is new in its snapshot. */
  changed(): void;
  /** Nothing is let in any more. Ends all, each with its record complete and, as far as that takes seconds, delivered. */
  endAll(failure?: AppError): Promise<void>;
}

/** As many as the app has of its own: each costs two sockets, a file and up to 1 MiB of queues. */
const MAX_TAPPED_SESSIONS = 200;
/** How often the growth of their records is told while output flows. */
const GROWTH_INTERVAL_MS = 1_000;

export function createTappedRegister({
  most = MAX_TAPPED_SESSIONS,
  growthMs = GROWTH_INTERVAL_MS,
}: {
  readonly most?: number;
  readonly growthMs?: number;
} = {}): TappedRegister {
  const live = new Map<string, TappedSession>();
  /** Live, or with a recording that is on its way to a recorder. */
  const busy = new Set<Promise<void>>();
  const changed = createEmitter<void>();
  let growthTimer: NodeJS.Timeout | undefined;
  let toldGrowth = '';
  let isEnding = false;

  function list(): readonly TappedSnapshot[] {
    return [...live.values()].flatMap((session) => session.snapshot() ?? []);
  }

  function tellGrowth(): void {
    const growth = list().map(describeGrowth).join(' ');
    if (growth === toldGrowth) return;
    toldGrowth = growth;
    changed.fire();
  }

  async function follow(session: TappedSession): Promise<void> {
    await session.ended;
    live.delete(session.sessionId);
    if (live.size === 0) {
      clearInterval(growthTimer);
      growthTimer = undefined;
    }
    changed.fire();
    await session.delivered();
  }

  return {
    list,
    onChanged: changed.event,
    changed: () => changed.fire(),
    add(session) {
      if (isEnding) throw new AppError('cancelled', 'Kubereel is ending, and opens nothing any more');
      if (live.size >= most) {
        throw new AppError('too-many', `${most} commands of other programs are open already`, {
          hint: 'End some of them first.',
        });
      }
      live.set(session.sessionId, session);
      growthTimer ??= setInterval(tellGrowth, growthMs).unref();
      const over = follow(session).finally(() => busy.delete(over));
      busy.add(over);
    },
    async end(sessionId) {
      const session = live.get(sessionId);
      if (!session) throw new AppError('session-not-found', `there is no session ${sessionId}`);
      await session.close();
    },
    async endAll(failure) {
      isEnding = true;
      await Promise.all([...live.values()].map((session) => session.close(failure)));
      await Promise.all(busy);
    },
  };
}

function describeGrowth({ sessionId, recording }: TappedSnapshot): string {
  if (recording.kind !== 'recording') return sessionId;
  const { bytes, delivery } = recording;
  return `${sessionId}:${bytes}:${delivery?.kind === 'live' ? delivery.ackedBytes : ''}`;
}
