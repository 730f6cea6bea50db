/**
 * A core for the page alone: it answers the contract from canned state and can be told what happens next.
 * It knows no rules of the real one beyond the contract's own words; both in Node and in a browser.
 */
import type {
  CallName,
  Calls,
  CredentialRequest,
  EventName,
  Events,
  ProblemInfo,
  SessionInfo,
  StreamName,
} from '../../preload/contract.ts';
import type { TerminalRecord } from '../../preload/terminal-records.ts';
import type { PageClient } from '../../renderer/core-client.ts';
import {
  CoreFailure,
  createAnswers,
  emptyState,
  type PageAnswers,
  type PageCoreState,
} from './page-answers.ts';
import { createPageStream, type PageStream, shown } from './page-streams.ts';

export interface PageCore {
  readonly client: PageClient;
  readonly state: PageCoreState;
  readonly answers: PageAnswers;
  /** Every call so far, in order. */
  readonly calls: { readonly name: CallName; readonly input: unknown }[];
  /** What came up the streams, in order. */
  readonly typed: readonly { readonly name: StreamName; readonly text: string }[];
  /** One more record on the stream of that name that was opened last. */
  show(name: StreamName, record: TerminalRecord): void;
  /** Ends it. */
  finish(name: StreamName): void;
  /** All open requests of plugins from now on. */
  request(requests: readonly CredentialRequest[]): void;
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
  const typed: { name: StreamName; text: string }[] = [];
  const streams: { name: StreamName; stream: PageStream }[] = [];
  const closed = Promise.withResolvers<ProblemInfo>();

  const emit: PageCore['emit'] = (name, event) => {
    for (const listener of [...(listeners.get(name) ?? [])]) (listener as (event: unknown) => void)(event);
  };

  function putSession(session: SessionInfo): void {
    state.sessions.set(session.sessionId, session);
    emit('sessions.changed', session);
  }

  const last = (name: StreamName): PageStream | undefined =>
    streams.findLast((one) => one.name === name)?.stream;

  const answers = createAnswers({
    state,
    watches,
    emit,
    putSession,
    // A terminal tells its size in its records, to all of its windows.
    onLoginResized: (size) => last('credentials.login')?.push({ kind: 'resize', timeMicros: 0, size }),
  });

  function firstRecords(name: StreamName): readonly TerminalRecord[] {
    const text = name === 'credentials.login' ? state.loginScreen : state.screen;
    return name === 'library.play'
      ? [shown(text), { kind: 'exit', timeMicros: 133_000_000, exitCode: 0 }]
      : [shown(text), { kind: 'caught-up', timeMicros: 0 }];
  }

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
    open(name) {
      const stream = createPageStream(firstRecords(name), {
        isOver: name === 'library.play',
        onTyped: (text) => typed.push({ name, text }),
      });
      streams.push({ name, stream });
      return stream;
    },
    closed: closed.promise,
  };

  return {
    client,
    state,
    answers,
    calls,
    typed,
    emit,
    show: (name, record) => last(name)?.push(record),
    finish: (name) => last(name)?.finish(),
    request(requests) {
      state.credentialRequests = requests;
      emit('credentials.changed', requests);
    },
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
