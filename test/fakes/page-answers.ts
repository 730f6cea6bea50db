/** How a core of canned state answers each call of the contract. */
import type {
  AppInfo,
  CallName,
  Calls,
  ContextList,
  CredentialRequest,
  DoctorCheck,
  EventName,
  Events,
  NamespaceList,
  PodInfo,
  PolicyAnswer,
  PolicyState,
  ProblemInfo,
  RecordingInfo,
  SessionInfo,
  SettingsState,
  TerminalSize,
  UntoldRequests,
} from '../../preload/contract.ts';
import type { RecoveryInfo } from '../../preload/contract-recovery.ts';
import type { UpdatesInfo } from '../../preload/contract-updates.ts';
import { checksWith, reportOf } from './doctor-checks.ts';
import { answerElsewhere, noElsewhere, type PageElsewhere } from './page-elsewhere.ts';
import { answerRetention } from './page-retention.ts';
import { contextNamed, FIRST_SETTINGS, sessionNamed } from './page-things.ts';
import { answerUpdates, noUpdates } from './page-updates.ts';
import { answerUploads, noUploads, type PageUploads } from './page-uploads.ts';
import { timelineOf } from './recording-timeline.ts';

export interface PageCoreState {
  info: AppInfo;
  contexts: ContextList;
  /** By context. A context that is not here never answers. */
  pods: Map<string, readonly PodInfo[]>;
  /** By context: its watch fails with this. */
  watchProblems: Map<string, ProblemInfo>;
  namespaces: NamespaceList;
  sessions: Map<string, SessionInfo>;
  credentialRequests: readonly CredentialRequest[];
  /** What a run of the doctor says; it is finished where none of them waits or runs. */
  doctorChecks: readonly DoctorCheck[];
  recordings: Map<string, RecordingInfo>;
  recoveries: readonly RecoveryInfo[];
  settings: SettingsState;
  policy: PolicyState;
  untold: readonly UntoldRequests[];
  updates: UpdatesInfo;
  uploads: PageUploads;
  elsewhere: PageElsewhere;
  policyAnswer(place: Calls['policy.explain']['input']): PolicyAnswer;
  /** Of the disk. */
  freeBytes: number;
  /** Public halves of the keys that are here. */
  encryptionKeys: readonly string[];
  /** Calls that fail, with what. */
  failing: Map<CallName, ProblemInfo>;
  /** What a shell prints when it opens. */
  screen: string;
  /** What a plugin prints when it asks to log in. */
  loginScreen: string;
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

export interface AnswerNeeds {
  readonly state: PageCoreState;
  readonly watches: Map<string, Calls['pods.watch']['input']>;
  emit<Name extends EventName>(name: Name, event: Events[Name]): void;
  putSession(session: SessionInfo): void;
  onLoginResized(size: TerminalSize): void;
}

export function createAnswers(needs: AnswerNeeds): PageAnswers {
  const { state, watches, emit, putSession, onLoginResized } = needs;
  let lastId = 0;

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

  type Running = SessionInfo['recording'] & { kind: 'recording' };
  function decide(sessionId: string, change: (recording: Running) => Running): void {
    const session = state.sessions.get(sessionId);
    if (session?.recording.kind !== 'recording') return;
    putSession({ ...session, recording: change(session.recording) });
  }

  return {
    'app.info': () => state.info,
    'app.newWindow': () => ({}),
    ...answerUpdates(state, emit),
    'desktop.attend': () => ({}),
    'desktop.import': ({ fileId }) => ({ recordingId: fileId }),
    'desktop.leave': () => ({}),
    ...answerUploads(state.uploads, emit),
    ...answerElsewhere(state.elsewhere, emit),
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
        recording: { kind: 'recording', recordingId, startedAtMs: now, bytes: 812, lostBytes: 0 },
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
    'sessions.mark': () => ({}),
    'sessions.recordInput': ({ sessionId, on }) => {
      decide(sessionId, ({ inputOn: _was, ...recording }) => ({ ...recording, ...(on && { inputOn: on }) }));
      return {};
    },
    'sessions.pauseRecording': ({ sessionId, on }) => {
      decide(sessionId, ({ pausedAtMs: _was, ...recording }) => ({
        ...recording,
        ...(on && { pausedAtMs: Date.now() }),
      }));
      return {};
    },
    'sessions.reconnect': ({ sessionId }) => {
      const session = state.sessions.get(sessionId);
      if (session?.state.kind === 'reconnecting') {
        const { startedAtMs } = session.state;
        putSession({ ...session, state: { kind: 'live', startedAtMs } });
      }
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
    'doctor.run': ({ context }) => {
      lastId += 1;
      const runId = `run-${lastId}`;
      const report = reportOf(state.doctorChecks, { runId, context });
      queueMicrotask(() => emit('doctor.changed', report));
      return { runId };
    },
    'doctor.stop': () => ({}),
    'credentials.requests': () => state.credentialRequests,
    'credentials.answer': ({ requestId }) => {
      state.credentialRequests = state.credentialRequests.filter(
        (request) => request.requestId !== requestId,
      );
      emit('credentials.changed', state.credentialRequests);
      return {};
    },
    'credentials.resize': ({ size }) => {
      onLoginResized(size);
      return {};
    },
    'library.recoveries': () => state.recoveries,
    'library.list': () => [...state.recordings.values()],
    'library.get': ({ recordingId }) => {
      const recording = state.recordings.get(recordingId);
      if (!recording) throw new CoreFailure({ code: 'not-found', message: `no recording ${recordingId}` });
      return recording;
    },
    'library.verify': ({ recordingId }) => ({
      recordingId,
      verdict: 'intact',
      reason: 'it is what was recorded',
    }),
    'library.timeline': ({ recordingId }) => timelineOf(recordingId, []),
    'library.transcript': () => ({ reading: 'whole', lineCount: 0, fromLine: 0, lines: [] }),
    'library.find': () => ({ reading: 'whole', hits: [], hasMore: false }),
    'library.thumbnail': () => ({ kind: 'none', why: 'empty' }),
    'library.review': () => ({
      maskedSpans: 0,
      maskedRules: [],
      maskedPlaces: [],
      leftOutInputs: 0,
      gaps: 0,
    }),
    'library.remove': ({ recordingId }) => {
      state.recordings.delete(recordingId);
      emit('library.changed', { kind: 'removed', recordingId });
      return {};
    },
    ...answerRetention(state, emit),
    'library.search': ({ text }) => ({
      recordings: [...state.recordings.values()].slice(0, 1).map(({ recordingId }) => ({
        recordingId,
        lineCount: 1,
        lines: [{ timeMicros: 1_000_000, text, place: { from: 0, to: text.length } }],
      })),
      hasMore: false,
      unsearched: { encrypted: 0, waiting: 0, unreadable: 0 },
    }),
    'redaction.builtIn': () => ['GitHub tokens', 'JSON web tokens', 'Private keys (PEM)'],
    'redaction.try': ({ text, patterns }) => ({
      masked: text.replaceAll('hunter2', '•••••••'),
      spans: text.split('hunter2').length - 1,
      problems: patterns.flatMap(({ pattern }, index) => {
        const position = pattern.indexOf('[');
        return position < 0 ? [] : [{ index, message: 'missing closing ]', position }];
      }),
    }),
    'encryption.keys': () => state.encryptionKeys,
    'encryption.newKey': () => {
      const recipient = `age1${String(state.encryptionKeys.length).padEnd(58, 'q')}`;
      state.encryptionKeys = [...state.encryptionKeys, recipient];
      return { recipient, secret: `AGE-SECRET-KEY-1${'Q'.repeat(58)}` };
    },
    'encryption.addKeys': ({ text }) => {
      if (!text.includes('AGE-SECRET-KEY-1')) {
        throw new CoreFailure({ code: 'bad-input', message: 'line 1: this is no age identity' });
      }
      const recipient = `age1${'added'.padEnd(58, 'z')}`;
      state.encryptionKeys = [...state.encryptionKeys, recipient];
      return { added: [recipient] };
    },
    'policy.explain': (place) => state.policyAnswer(place),
    'policy.state': () => state.policy,
    'policy.untold': () => state.untold,
    'settings.get': () => state.settings,
    'settings.set': ({ changes: changed }) => {
      state.settings = { ...state.settings, settings: { ...state.settings.settings, ...changed } };
      emit('settings.changed', state.settings);
      return state.settings;
    },
  };
}

/** What holds where no rule says anything. */
export const FREE_ANSWER: PolicyAnswer = {
  recording: 'best-effort',
  recorders: [],
  atStart: 'open',
  midway: 'open',
  graceSeconds: 30,
  apiRequests: 'untold',
  reason: 'not-asked',
  confirm: 'none',
  input: 'allowed',
  redaction: 'user',
  pause: 'allowed',
  because: [],
};

export function emptyState(): PageCoreState {
  return {
    info: {
      version: '0.1.0',
      platform: 'linux',
      host: 'electron',
      home: '/home/ada/.local/share/kubereel',
      recordingsFolder: '/home/ada/.local/share/kubereel/recordings',
      keyPlace: 'files',
    },
    contexts: { contexts: [], current: null, sources: [], demo: 'off' },
    pods: new Map(),
    watchProblems: new Map(),
    namespaces: { namespaces: ['default', 'kube-system', 'shop'] },
    sessions: new Map(),
    credentialRequests: [],
    doctorChecks: checksWith(),
    recordings: new Map(),
    settings: { settings: FIRST_SETTINGS, problems: [] },
    policy: { files: [] },
    untold: [],
    recoveries: [],
    policyAnswer: () => FREE_ANSWER,
    updates: noUpdates,
    uploads: noUploads(),
    elsewhere: noElsewhere(),
    freeBytes: 48_000_000_000,
    encryptionKeys: [],
    failing: new Map(),
    loginScreen: 'Please enter your code: ',
    screen: '\u001b[32mapp@web-7f9c5d8b4-x2x9z\u001b[0m:\u001b[34m/srv\u001b[0m$ ',
  };
}
