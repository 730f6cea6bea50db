import { expect, test } from 'vitest';
import { summarise, summaryWords } from '../../../../main/hosts/electron/live-summary.ts';
import type { SessionInfo } from '../../../../preload/contract.ts';

const RECORDER = { name: 'vault', url: 'http://r' };
let lastId = 0;

function session(changes: Partial<SessionInfo> = {}): SessionInfo {
  lastId += 1;
  return {
    sessionId: `s${lastId}`,
    target: { context: 'prod', namespace: 'shop', pod: 'web-1', container: 'app' },
    size: { cols: 80, rows: 24 },
    state: { kind: 'live', startedAtMs: 0 },
    recording: { kind: 'recording', recordingId: 'r', startedAtMs: 0, bytes: 0, lostBytes: 0 },
    viewers: 1,
    ...changes,
  };
}
const recording = (more: object) =>
  ({ recording: { ...session().recording, ...more } }) as Partial<SessionInfo>;

test('how each shell stands', () => {
  const problem = { code: 'x', message: 'x' };
  const sessions = [
    session(),
    session({ target: { ...session().target, node: { name: 'n1', image: 'i' } } }),
    session({ recording: { kind: 'off', reason: 'policy' } }),
    session(recording({ trouble: problem })),
    session(recording({ pausedAtMs: 1 })),
    session(recording({ delivery: { kind: 'owed', sinceMs: 0, attempts: [] } })),
    session(recording({ delivery: { kind: 'live', recorder: RECORDER } })),
    session({ state: { kind: 'opening' }, recording: { kind: 'none' } }),
    session({
      state: { kind: 'reconnecting', startedAtMs: 0, lostAtMs: 0, attempt: 1, nextTryAtMs: 0, problem },
    }),
    session({ state: { kind: 'ended', endedAtMs: 0, end: { kind: 'closed' } } }),
  ];
  const summary = summarise(sessions);
  expect(summary.shells.map(({ standing }) => standing)).toEqual([
    'recorded',
    'recorded',
    'not recorded',
    'not recorded',
    'paused',
    'owed',
    'recorded',
    'opening',
    'reconnecting',
  ]);
  expect(summary.shells.slice(0, 2).map(({ name }) => name)).toEqual([
    'web-1/app in prod',
    'node n1 in prod',
  ]);
  expect(summary).toMatchObject({ recorded: 4, notRecorded: 3, owed: 1 });
  expect(summaryWords(summary)).toBe(
    '9 shells live, 4 recorded, 1 not on record at a recorder, 3 not recorded',
  );
});

test('one shell, and none', () => {
  expect(summaryWords(summarise([session()]))).toBe('1 shell live, 1 recorded');
  expect(summaryWords(summarise([]))).toBe('');
});
