/**
 * A core for the page alone: it answers the contract from canned state and can be told what happens next.
 * It knows no rules of the real one beyond the contract's own words; both in Node and in a browser.
 */
import type { ByteStream } from '../../preload/byte-stream.ts';
import type {
  CallName,
  Calls,
  EventName,
  Events,
  ProblemInfo,
  SessionInfo,
  StreamName,
} from '../../preload/contract.ts';
import { encodeRecord } from '../../preload/terminal-records.ts';
import type { PageClient } from '../../renderer/core-client.ts';
import {
  CoreFailure,
  createAnswers,
  emptyState,
  type PageAnswers,
  type PageCoreState,
} from './page-answers.ts';

export interface PageCore {
  readonly client: PageClient;
  readonly state: PageCoreState;
  readonly answers: PageAnswers;
  /** Every call so far, in order. */
  readonly calls: { readonly name: CallName; readonly input: unknown }[];
  emit<Name extends EventName>(name: Name, event: Events[Name]): void;
  /** Watches that are open: by id, what they follow. */
  readonly watches: ReadonlyMap<string, Calls['pods.watch']['input']>;
  podsChanged(context: string, change: Partial<Events['pods.changed']>): void;
  putSession(session: SessionInfo): void;
  /** As when its process has ended. */
  lose(problem: ProblemInfo): void;
}

export function createPageCore(changes: Partial<PageCoreState> = {}): PageCore {
  const state: PageCoreState = { ...emptyState(), ...changes };
  const listeners = new Map<EventName, Set<(event: never) => void>>();
  const watches = new Map<string, Calls['pods.watch']['input']>();
  const calls: { name: CallName; input: unknown }[] = [];
  const closed = Promise.withResolvers<ProblemInfo>();

  const emit: PageCore['emit'] = (name, event) => {
    for (const listener of [...(listeners.get(name) ?? [])]) (listener as (event: unknown) => void)(event);
  };

  function putSession(session: SessionInfo): void {
    state.sessions.set(session.sessionId, session);
    emit('sessions.changed', session);
  }

  const answers = createAnswers({ state, watches, emit, putSession });

  const client: PageClient = {
    async call(name, input) {
      calls.push({ name, input });
      const failure = state.failing.get(name);
      if (failure) throw new CoreFailure(failure);
      return answers[name](input);
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(listener as (event: never) => void));
      return () => set.delete(listener as (event: never) => void);
    },
    open: (name) => screenStream(name, state.screen),
    closed: closed.promise,
  };

  return {
    client,
    state,
    answers,
    calls,
    emit,
    watches,
    putSession,
    lose: closed.resolve,
    podsChanged(context, change) {
      const watchId = [...watches].find(([, watch]) => watch.context === context)?.[0] ?? '';
      emit('pods.changed', {
        watchId,
        state: { kind: 'live' },
        reset: false,
        upserted: [],
        removed: [],
        ...change,
      });
    },
  };
}

/** Shows a screen and then waits, as a shell at its prompt does; a recording ends a minute later. */
function screenStream(name: StreamName, screen: string): ByteStream {
  const closed = Promise.withResolvers<Awaited<ByteStream['closed']>>();
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield encodeRecord({ kind: 'output', timeMicros: 0, bytes: new TextEncoder().encode(screen) });
    if (name === 'library.play') {
      yield encodeRecord({ kind: 'exit', timeMicros: 133_000_000, exitCode: 0 });
      return;
    }
    yield encodeRecord({ kind: 'caught-up', timeMicros: 0 });
    await closed.promise;
  }
  return {
    input: chunks(),
    write: async () => {},
    end: () => closed.resolve({}),
    closed: closed.promise,
  };
}
