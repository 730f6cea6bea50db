/** A core that has something to show in every view and state of the page: for walks through all of it. */
import type { PolicyAnswer, RecordingTimeline, TranscriptLine } from '../../preload/contract.ts';
import type { PageCore } from './page-core.ts';
import { elsewhereNamed, proxyWith } from './page-elsewhere.ts';
import { recordingNamed, sessionNamed } from './page-things.ts';
import { findIn, pageOf } from './page-transcript.ts';
import { timelineOf } from './recording-timeline.ts';

const POLICY_PATH = '/etc/kubereel/policy.yaml';

export function everything(core: PageCore): PageCore {
  addSessions(core);
  addRecordings(core);
  addPolicy(core);
  addElsewhere(core);
  const { recordings } = core.state;
  Object.assign(core.answers, {
    'library.timeline': ({ recordingId }: { readonly recordingId: string }) => timeline(recordingId),
    'library.transcript': (input: unknown) => pageOf({ reading: 'whole', lines: LINES }, input),
    'library.find': (input: unknown) => findIn({ reading: 'whole', lines: LINES }, input),
    'library.search': ({ text }: { readonly text: string }) => ({
      recordings: [...recordings.keys()].slice(0, 2).map((recordingId) => ({
        recordingId,
        lineCount: 2,
        lines: findIn({ reading: 'whole', lines: LINES }, { text }).hits.slice(0, 2),
      })),
      hasMore: false,
      unsearched: { encrypted: 1, waiting: 0, unreadable: 0 },
    }),
  });
  return core;
}

const LINES: readonly TranscriptLine[] = Array.from({ length: 60 }, (_, index) => ({
  timeMicros: index * 2_000_000,
  text:
    index % 7 === 0 ? `app@web:/srv$ cat config-${index}.yaml` : `  key-${index}: the value of line ${index}`,
}));

function timeline(recordingId: string): RecordingTimeline {
  return timelineOf(recordingId, [], {
    lastMicros: 133_000_000,
    bucketMicros: 1_000_000,
    activity: Array.from({ length: 133 }, (_, index) => (index * 37) % 400),
    markers: [
      { timeMicros: 12_000_000, label: 'before the restart' },
      { timeMicros: 80_000_000, label: 'after the restart' },
    ],
    resizes: [{ timeMicros: 40_000_000, size: { cols: 80, rows: 24 } }],
    silences: [{ fromMicros: 50_000_000, toMicros: 70_000_000 }],
    damages: [{ fromMicros: 100_000_000, toMicros: 102_000_000 }],
  });
}

function addSessions({ state }: PageCore): void {
  const now = Date.now();
  const problem = { code: 'connection-lost', message: 'the connection was cut' };
  const sessions = [
    sessionNamed('reconnecting', {
      target: { context: 'kind-dev', namespace: 'default', pod: 'cache-0', container: 'redis' },
      state: {
        kind: 'reconnecting',
        startedAtMs: now - 60_000,
        lostAtMs: now,
        attempt: 2,
        nextTryAtMs: now + 3_600_000,
        problem,
      },
    }),
    sessionNamed('unrecorded', {
      target: { context: 'kind-dev', namespace: 'default', pod: 'queue-0', container: 'nats' },
      recording: { kind: 'failed', problem: { code: 'disk-full', message: 'the disk is full' } },
    }),
  ];
  for (const session of sessions) state.sessions.set(session.sessionId, session);
}

function addElsewhere({ state }: PageCore): void {
  state.elsewhere.sessions = [
    elsewhereNamed('k1', {
      recording: {
        kind: 'recording',
        recordingId: 'whole',
        startedAtMs: Date.now() - 133_000,
        bytes: 48_213,
        lostBytes: 0,
      },
    }),
    elsewhereNamed('k2', {
      context: 'prod-eu',
      pod: 'checkout-worker-6d5f7c9b8-x2v4q',
      container: '',
      kind: 'attach',
      command: [],
      client: 'k9s/0.50.6 (linux/amd64)',
      recording: { kind: 'failed', problem: { code: 'disk-full', message: 'the disk is full' } },
    }),
    elsewhereNamed('b1', {
      door: 'browser',
      client: 'https://console.example.com',
      context: 'kind-dev',
      namespace: 'default',
      pod: 'cache-0',
      container: 'redis',
      command: ['redis-cli', 'monitor'],
    }),
  ];
  state.elsewhere.origins = {
    allowed: [{ origin: 'https://console.example.com', allowedAtMs: Date.now() - 86_400_000 }],
    refused: [{ origin: 'http://localhost:5174', why: 'not-allowed', atMs: Date.now() - 60_000, tries: 3 }],
  };
  state.elsewhere.proxy = proxyWith({
    contexts: ['prod-eu', 'staging', 'retired'],
    run: { kind: 'running', port: 23_456 },
  });
}

function addRecordings({ state }: PageCore): void {
  const HOUR_MS = 3_600_000;
  const put = (recordingId: string, changes: Parameters<typeof recordingNamed>[1]): void => {
    state.recordings.set(recordingId, recordingNamed(recordingId, changes));
  };
  put('whole', { tags: ['incident', 'INC-4711'], comment: 'how the cart came back', isPinned: true });
  put('locked', {
    pod: 'vault-0',
    encryptedTo: ['age1abc'],
    isLocked: true,
    startedAtMs: Date.now() - HOUR_MS,
  });
  put('damaged', { pod: 'search-0', state: 'damaged', startedAtMs: Date.now() - 60 * HOUR_MS });
  put('cut', {
    pod: 'search-1',
    state: 'recovered',
    lostBytes: 2_000,
    startedAtMs: Date.now() - 70 * HOUR_MS,
  });
  put('unreadable', { pod: 'search-2', state: 'unreadable', note: 'its first line is no header' });
}

const BECAUSE: PolicyAnswer['because'] = ['recording', 'reason', 'confirm'].map((setting, index) => ({
  setting,
  value: setting === 'confirm' ? 'typed' : 'required',
  file: POLICY_PATH,
  line: 8 + index,
  rule: 'production',
}));

function addPolicy({ state }: PageCore): void {
  const free = state.policyAnswer;
  state.policyAnswer = (place) =>
    place.context === 'prod-eu'
      ? {
          ...free(place),
          recording: 'required',
          reason: 'required',
          confirm: 'typed',
          colour: 'red',
          because: BECAUSE,
        }
      : free(place);
  state.policy = {
    files: [
      {
        path: POLICY_PATH,
        isLocked: true,
        state: 'followed',
        problems: [],
        rules: [
          {
            name: 'production',
            line: 8,
            match: { cluster: ['*.prod.example.com'] },
            except: { namespace: ['sandbox'] },
            says: [
              { setting: 'recording', value: 'required' },
              { setting: 'retentionDays', value: '365' },
            ],
            recorders: [{ kind: 'tsrecorder', url: 'http://vault.example.com', name: 'vault' }],
          },
        ],
      },
      {
        path: '/home/ada/.local/share/kubereel/policy.yaml',
        isLocked: false,
        state: 'failed',
        problems: [{ line: 3, column: 5, message: 'a rule has no name', hint: 'Give it one' }],
        rules: [],
      },
    ],
  };
  state.untold = [
    { context: 'prod-eu', count: 12, sinceMs: 0, reasons: ['recorder vault takes no events (/v2/event)'] },
  ];
}
