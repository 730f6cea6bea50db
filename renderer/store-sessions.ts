/** Sessions and recordings as the core tells them, and what is done with them. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Events, RecordingInfo, SessionInfo, ShellTarget, TerminalSize } from '../preload/contract.ts';
import type { CoreClient } from './core-client.ts';

export interface SessionStore {
  /** In order of their opening. A forgotten session stays while its tab does: the caller lets it go. */
  readonly sessions: ReadonlySignal<ReadonlyMap<string, SessionInfo>>;
  readonly live: ReadonlySignal<readonly SessionInfo[]>;
  /** Undefined until the core has answered. */
  readonly recordings: ReadonlySignal<ReadonlyMap<string, RecordingInfo> | undefined>;
  open(target: ShellTarget, size: TerminalSize, confirmation?: string): Promise<SessionInfo>;
  /** Ends the shell where it lives and takes the session off the list. */
  close(sessionId: string): Promise<void>;
  /** The page has no more use for it. */
  drop(sessionId: string): void;
  load(): Promise<void>;
  end(): void;
}

type LibraryChange = Events['library.changed'];

export function createSessionStore(client: CoreClient): SessionStore {
  const sessions = signal<ReadonlyMap<string, SessionInfo>>(new Map());
  const recordings = signal<ReadonlyMap<string, RecordingInfo> | undefined>(undefined);
  const live = computed(() => [...sessions.value.values()].filter((one) => one.state.kind !== 'ended'));
  /** Told before the list had come. */
  const early: LibraryChange[] = [];

  const stops = [
    client.on('sessions.changed', put),
    client.on('library.changed', (change) => {
      if (recordings.value) recordings.value = withChanges(recordings.value, [change]);
      else early.push(change);
    }),
  ];

  function put(session: SessionInfo): void {
    sessions.value = new Map(sessions.value).set(session.sessionId, session);
  }

  function drop(sessionId: string): void {
    const rest = new Map(sessions.value);
    rest.delete(sessionId);
    sessions.value = rest;
  }

  return {
    sessions,
    live,
    recordings,
    async open(target, size, confirmation) {
      const typed = confirmation === undefined ? {} : { confirmation };
      const session = await client.call('sessions.open', { target, size, ...typed });
      // The event that says more may have come first.
      if (!sessions.value.has(session.sessionId)) put(session);
      return session;
    },
    async close(sessionId) {
      if (sessions.value.get(sessionId)?.state.kind !== 'ended') {
        await client.call('sessions.close', { sessionId });
      }
      // Another window may have closed it at the same moment.
      await client.call('sessions.forget', { sessionId }).catch(() => undefined);
      drop(sessionId);
    },
    drop,
    async load() {
      const [open, stored] = await Promise.all([
        client.call('sessions.list', {}),
        client.call('library.list', {}),
      ]);
      const told = sessions.value;
      sessions.value = new Map([...open.map((one) => [one.sessionId, one] as const), ...told]);
      const listed = new Map(stored.map((one) => [one.recordingId, one] as const));
      recordings.value = withChanges(listed, early.splice(0));
    },
    end() {
      for (const stop of stops) stop();
    },
  };
}

function withChanges(
  recordings: ReadonlyMap<string, RecordingInfo>,
  changes: readonly LibraryChange[],
): ReadonlyMap<string, RecordingInfo> {
  const next = new Map(recordings);
  for (const change of changes) {
    if (change.kind === 'put') next.set(change.recording.recordingId, change.recording);
    else next.delete(change.recordingId);
  }
  return next;
}
