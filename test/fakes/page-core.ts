/**
 * A core for the page alone: it answers the contract from canned state and can be told what happens next.
 * It knows no rules of the real one beyond the contract's own words; both in Node and in a browser.
 */
import type { ByteStream } from '../../preload/byte-stream.ts';
import type {
  AppInfo,
  CallName,
  Calls,
  ContainerInfo,
  ContextInfo,
  ContextList,
  EventName,
  Events,
  NamespaceList,
  PodInfo,
  ProblemInfo,
  RecordingInfo,
  SessionInfo,
  Settings,
  SettingsState,
  StreamName,
} from '../../preload/contract.ts';
import { encodeRecord } from '../../preload/terminal-records.ts';
import type { PageClient } from '../../renderer/core-client.ts';

export interface PageCoreState {
  info: AppInfo;
  contexts: ContextList;
  /** By context. A context that is not here never answers. */
  pods: Map<string, readonly PodInfo[]>;
  /** By context: its watch fails with this. */
  watchProblems: Map<string, ProblemInfo>;
  namespaces: NamespaceList;
  sessions: Map<string, SessionInfo>;
  recordings: Map<string, RecordingInfo>;
  settings: SettingsState;
  /** Calls that fail, with what. */
  failing: Map<CallName, ProblemInfo>;
  /** What a shell prints when it opens. */
  screen: string;
}

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

export type PageAnswers = {
  readonly [Name in CallName]: (input: Calls[Name]['input']) => Calls[Name]['output'];
};

export class CoreFailure extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly detail: string | undefined;

  constructor(problem: ProblemInfo) {
    super(problem.message);
    this.code = problem.code;
    this.hint = problem.hint;
    this.detail = problem.detail;
  }
}

export function createPageCore(changes: Partial<PageCoreState> = {}): PageCore {
  const state: PageCoreState = { ...emptyState(), ...changes };
  const listeners = new Map<EventName, Set<(event: never) => void>>();
  const watches = new Map<string, Calls['pods.watch']['input']>();
  const calls: { name: CallName; input: unknown }[] = [];
  let lastId = 0;
  const closed = Promise.withResolvers<ProblemInfo>();

  const emit: PageCore['emit'] = (name, event) => {
    for (const listener of [...(listeners.get(name) ?? [])]) (listener as (event: unknown) => void)(event);
  };

  function putSession(session: SessionInfo): void {
    state.sessions.set(session.sessionId, session);
    emit('sessions.changed', session);
  }

  function tellPods(watchId: string): void {
    const watch = watches.get(watchId);
    if (!watch) return;
    const problem = state.watchProblems.get(watch.context);
    const none = { watchId, reset: false, upserted: [], removed: [] };
    if (problem) emit('pods.changed', { ...none, state: { kind: 'failed', problem } });
    const pods = state.pods.get(watch.context);
    if (problem || !pods) return;
    const upserted = pods.filter((pod) => watch.namespace === null || pod.namespace === watch.namespace);
    emit('pods.changed', { watchId, state: { kind: 'live' }, reset: true, upserted, removed: [] });
  }

  const answers: PageAnswers = {
    'app.info': () => state.info,
    'app.newWindow': () => ({}),
    'contexts.list': () => state.contexts,
    'demo.start': () => {
      const demo = contextNamed('kubereel-demo', { isDemo: true, server: 'https://127.0.0.1:41234' });
      state.contexts = { ...state.contexts, contexts: [...state.contexts.contexts, demo], demo: 'running' };
      emit('contexts.changed', state.contexts);
      return { context: demo.name };
    },
    'namespaces.list': () => state.namespaces,
    'pods.watch': (input) => {
      lastId += 1;
      const watchId = `watch-${lastId}`;
      watches.set(watchId, input);
      queueMicrotask(() => tellPods(watchId));
      return { watchId };
    },
    'pods.unwatch': ({ watchId }) => {
      watches.delete(watchId);
      return {};
    },
    'sessions.open': ({ target, size }) => {
      lastId += 1;
      const now = Date.now();
      const recordingId = `recording-${lastId}`;
      const session = sessionNamed(`session-${lastId}`, {
        target: { container: 'app', ...target },
        size,
        state: { kind: 'live', startedAtMs: now },
        recording: { kind: 'recording', recordingId, startedAtMs: now, bytes: 812 },
      });
      queueMicrotask(() => putSession(session));
      return { ...session, state: { kind: 'opening' }, recording: { kind: 'none' } };
    },
    'sessions.list': () => [...state.sessions.values()],
    'sessions.resize': ({ sessionId, size }) => {
      const session = state.sessions.get(sessionId);
      if (session) putSession({ ...session, size });
      return {};
    },
    'sessions.close': ({ sessionId }) => {
      const session = state.sessions.get(sessionId);
      if (session) {
        const endedAtMs = Date.now();
        putSession({ ...session, state: { kind: 'ended', endedAtMs, end: { kind: 'closed' } } });
      }
      return {};
    },
    'sessions.forget': ({ sessionId }) => {
      state.sessions.delete(sessionId);
      emit('sessions.forgotten', { sessionId });
      return {};
    },
    'library.list': () => [...state.recordings.values()],
    'library.get': ({ recordingId }) => {
      const recording = state.recordings.get(recordingId);
      if (!recording) throw new CoreFailure({ code: 'not-found', message: `no recording ${recordingId}` });
      return recording;
    },
    'library.remove': ({ recordingId }) => {
      state.recordings.delete(recordingId);
      emit('library.changed', { kind: 'removed', recordingId });
      return {};
    },
    'settings.get': () => state.settings,
    'settings.set': ({ changes: changed }) => {
      state.settings = { ...state.settings, settings: { ...state.settings.settings, ...changed } };
      emit('settings.changed', state.settings);
      return state.settings;
    },
  };

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

export const FIRST_SETTINGS: Settings = {
  theme: 'system',
  fontFamily: '"JetBrains Mono", Cascadia, Menlo, "DejaVu Sans Mono", monospace',
  fontSize: 13,
  scrollback: 10_000,
  copyOnSelect: false,
  rightClick: 'menu',
  pasteGuard: true,
  cursorBlink: false,
  screenReader: false,
  replayIdleSeconds: 2,
  recentTargets: [],
};

function emptyState(): PageCoreState {
  return {
    info: {
      version: '0.1.0',
      platform: 'linux',
      host: 'electron',
      home: '/home/ada/.local/share/kubereel',
      recordingsFolder: '/home/ada/.local/share/kubereel/recordings',
    },
    contexts: { contexts: [], current: null, sources: [], demo: 'off' },
    pods: new Map(),
    watchProblems: new Map(),
    namespaces: { namespaces: ['default', 'kube-system', 'shop'] },
    sessions: new Map(),
    recordings: new Map(),
    settings: { settings: FIRST_SETTINGS, problems: [] },
    failing: new Map(),
    screen: '\u001b[32mapp@web-7f9c5d8b4-x2x9z\u001b[0m:\u001b[34m/srv\u001b[0m$ ',
  };
}

export function contextNamed(name: string, changes: Partial<ContextInfo> = {}): ContextInfo {
  return {
    name,
    cluster: name,
    user: 'ada@example.com',
    namespace: 'shop',
    server: `https://${name}.example.com:6443`,
    kubeconfigPath: '/home/ada/.kube/config',
    isDemo: false,
    ...changes,
  };
}

export function podNamed(name: string, changes: Partial<PodInfo> = {}): PodInfo {
  return {
    uid: `uid-${name}`,
    name,
    namespace: 'shop',
    phase: 'Running',
    status: 'Running',
    readyContainers: 1,
    totalContainers: 1,
    restarts: 0,
    createdAtMs: Date.now() - 3 * 86_400_000,
    node: 'node-1',
    containers: [containerNamed('app')],
    defaultContainer: 'app',
    ...changes,
  };
}

export function containerNamed(name: string, changes: Partial<ContainerInfo> = {}): ContainerInfo {
  return {
    name,
    kind: 'container',
    image: `registry.example.com/shop/${name}:2.4.1`,
    state: 'running',
    ...changes,
  };
}

export function sessionNamed(sessionId: string, changes: Partial<SessionInfo> = {}): SessionInfo {
  const startedAtMs = Date.now() - 761_000;
  return {
    sessionId,
    target: { context: 'staging', namespace: 'shop', pod: 'web-7f9c5d8b4-x2x9z', container: 'app' },
    size: { cols: 120, rows: 40 },
    state: { kind: 'live', startedAtMs },
    recording: { kind: 'recording', recordingId: `recording-of-${sessionId}`, startedAtMs, bytes: 1_234_567 },
    viewers: 1,
    ...changes,
  };
}

export function recordingNamed(recordingId: string, changes: Partial<RecordingInfo> = {}): RecordingInfo {
  return {
    recordingId,
    context: 'staging',
    namespace: 'shop',
    pod: 'web-7f9c5d8b4-x2x9z',
    container: 'app',
    command: ['/bin/bash'],
    startedAtMs: Date.now() - 86_400_000,
    durationMicros: 133_000_000,
    bytes: 48_213,
    size: { cols: 120, rows: 40 },
    state: 'closed',
    exitCode: 0,
    path: `/home/ada/.local/share/kubereel/recordings/${recordingId}.cast`,
    ...changes,
  };
}
