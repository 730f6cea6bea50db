import { expect, test } from 'vitest';
import type { RecordingState, SessionInfo } from '../../../preload/contract.ts';
import { describeNews } from '../../../renderer/frame/session-news.ts';
import { sessionNamed } from '../../fakes/page-things.ts';

const live = sessionNamed('s1');
const opening: SessionInfo = { ...live, state: { kind: 'opening' }, recording: { kind: 'none' } };
const problem = { code: 'connection-lost', message: 'the connection was cut' };
const reconnecting: SessionInfo = {
  ...live,
  state: { kind: 'reconnecting', startedAtMs: 0, lostAtMs: 1, attempt: 1, nextTryAtMs: 2, problem },
};
const running = live.recording as RecordingState & { kind: 'recording' };

const recorded = (changes: Partial<typeof running>): SessionInfo => ({
  ...live,
  recording: { ...running, ...changes },
});
const ended = (end: (SessionInfo['state'] & { kind: 'ended' })['end']): SessionInfo => ({
  ...live,
  state: { kind: 'ended', startedAtMs: 0, endedAtMs: 5_000, end },
  recording: { kind: 'stored', recordingId: 'r1', bytes: 1, lostBytes: 0 },
});

test.each<[string, SessionInfo, SessionInfo, readonly string[]]>([
  ['opens', opening, live, ['polite: The shell in web-7f9c5d8b4-x2x9z / app is open. It is recorded.']],
  [
    'opens unrecorded',
    opening,
    { ...live, recording: { kind: 'off', reason: 'the policy has it so' } },
    ['polite: The shell in web-7f9c5d8b4-x2x9z / app is open.'],
  ],
  [
    'is cut off',
    live,
    reconnecting,
    ['polite: The connection to web-7f9c5d8b4-x2x9z / app is lost. Reconnecting.'],
  ],
  ['is back', reconnecting, live, ['polite: web-7f9c5d8b4-x2x9z / app is connected again.']],
  [
    'ends',
    live,
    ended({ kind: 'exited', exitCode: 3 }),
    ['polite: web-7f9c5d8b4-x2x9z / app: The shell ended after 5 s, exit code 3.'],
  ],
  [
    'is lost',
    live,
    ended({ kind: 'failed', problem }),
    ['assertive: web-7f9c5d8b4-x2x9z / app: The shell was lost after 5 s.'],
  ],
  [
    'is not recorded any more',
    live,
    { ...live, recording: { kind: 'failed', problem } },
    ['assertive: web-7f9c5d8b4-x2x9z / app is not recorded any more.'],
  ],
  [
    'is recorded by a disk that takes nothing',
    live,
    recorded({ trouble: problem }),
    ['assertive: The recording of web-7f9c5d8b4-x2x9z / app is held up: the disk takes nothing.'],
  ],
  [
    'has lost its recorder',
    live,
    recorded({ delivery: { kind: 'owed', sinceMs: 0, attempts: [] } }),
    ['assertive: No recorder has the recording of web-7f9c5d8b4-x2x9z / app.'],
  ],
  [
    'is paused',
    live,
    recorded({ pausedAtMs: 1 }),
    ['polite: The recording of web-7f9c5d8b4-x2x9z / app is paused.'],
  ],
  ['goes on', recorded({ pausedAtMs: 1 }), live, ['polite: web-7f9c5d8b4-x2x9z / app is recorded again.']],
  [
    'has its input recorded',
    live,
    recorded({ inputOn: true }),
    ['polite: What you type in web-7f9c5d8b4-x2x9z / app is recorded.'],
  ],
  ['has grown, which nobody wants to be told', live, recorded({ bytes: 9_000_000 }), []],
  [
    'tries again, which the bar counts',
    reconnecting,
    { ...reconnecting, state: { ...reconnecting.state, attempt: 2 } as SessionInfo['state'] },
    [],
  ],
])('a session that %s', (_what, before, after, said) => {
  expect(describeNews(before, after).map(({ text, urgency }) => `${urgency}: ${text}`)).toEqual(said);
});
