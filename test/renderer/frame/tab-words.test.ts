import { expect, test } from 'vitest';
import type { SessionInfo } from '../../../preload/contract.ts';
import { describeTab, type TabSources } from '../../../renderer/frame/tab-words.ts';
import { recordingNamed, sessionNamed } from '../../fakes/page-things.ts';

const sources: TabSources = {
  sessions: new Map(),
  recordings: new Map([['r1', recordingNamed('r1')]]),
  nowMs: Date.now(),
};
function wordsOf(changes: Partial<SessionInfo>) {
  const session = sessionNamed('s1', changes);
  const tab = { id: 'session-s1', content: { kind: 'session', sessionId: 's1' } } as const;
  return describeTab(tab, { ...sources, sessions: new Map([['s1', session]]) });
}
const ended = (end: (SessionInfo['state'] & { kind: 'ended' })['end']) =>
  wordsOf({ state: { kind: 'ended', endedAtMs: 1, end } });

test('a session is named by pod and container, its context beside it', () => {
  expect(wordsOf({})).toMatchObject({
    name: 'web-7f9c5d8b4-x2x9z / app',
    place: 'staging',
    context: 'staging',
  });
});

test('each state has its own sign and its own words', () => {
  const problem = { code: 'x', message: 'gone' };
  const states = [
    wordsOf({ state: { kind: 'opening' }, recording: { kind: 'none' } }),
    wordsOf({}),
    ended({ kind: 'exited', exitCode: 0 }),
    ended({ kind: 'failed', problem }),
    wordsOf({
      state: { kind: 'reconnecting', startedAtMs: 1, lostAtMs: 2, attempt: 1, nextTryAtMs: 3, problem },
    }),
  ];
  expect(states.map((words) => words.sign?.shape)).toEqual(['half', 'full', 'ring', 'cross', 'half']);
  expect(new Set(states.map((words) => words.heard)).size).toBe(5);
  expect(states.map((words) => words.news)).toEqual([...Array(4).fill(undefined), 'Reconnecting']);
});

test('a live shell that is not recorded is told from one that is, and not by colour alone', () => {
  const words = wordsOf({ recording: { kind: 'none' } });
  expect(words.sign?.tone).toBe('lost');
  expect(words.heard).toContain('not recorded');
});

test('a paused recording is told from one that goes on, and input from none', () => {
  const recording = { kind: 'recording', recordingId: 'r', startedAtMs: 1, bytes: 1, lostBytes: 0 } as const;
  expect(wordsOf({ recording: { ...recording, pausedAtMs: 2 } })).toMatchObject({
    sign: { shape: 'ring', tone: 'owed' },
    heard: expect.stringContaining('recording paused'),
  });
  expect(wordsOf({ recording: { ...recording, inputOn: true } }).heard).toContain('with what is typed');
});

test('an exit other than zero is told', () => {
  expect(ended({ kind: 'exited', exitCode: 137 })).toMatchObject({ sign: { tone: 'owed' } });
  expect(ended({ kind: 'exited', exitCode: 137 }).heard).toContain('exit code 137');
});

test('a replay says when, and one whose recording was removed still has a name', () => {
  const tab = (recordingId: string) =>
    describeTab({ id: 'x', content: { kind: 'replay', recordingId } }, sources);
  expect(tab('r1').heard).toMatch(/^Replay of web-7f9c5d8b4-x2x9z \/ app, staging, /);
  expect(tab('gone').name).toBe('Removed recording');
});

test('a checked connection carries its context, and says all of its place', () => {
  const question = { context: 'staging', namespace: 'shop', pod: 'web-0' };
  expect(describeTab({ id: 'x', content: { kind: 'doctor', question } }, sources)).toMatchObject({
    name: 'Connection',
    place: 'staging',
    context: 'staging',
    heard: 'Connection, staging, namespace shop, pod web-0',
  });
});

test('a live shell that no recorder has is told as such, and one that ends for it in the window’s title too', () => {
  const vault = { kind: 'tsrecorder', url: 'http://vault', name: 'vault' } as const;
  const attempts = [{ recorder: vault, problem: { code: 'recorder-lost', message: 'vault cut it' } }];
  const running = { kind: 'recording', recordingId: 'r1', startedAtMs: 1, bytes: 1, lostBytes: 0 } as const;
  const owed = { kind: 'owed', sinceMs: sources.nowMs, attempts } as const;
  const open = wordsOf({ recording: { ...running, delivery: owed } });
  expect(open.sign).toEqual({ shape: 'half', tone: 'owed' });
  expect(open.heard).toMatch(/live, not on record at vault since \d/);
  expect(open.news).toBeUndefined();
  const closed = wordsOf({
    recording: { ...running, delivery: { ...owed, endsAtMs: sources.nowMs + 5_000 } },
  });
  expect(closed).toMatchObject({ sign: { tone: 'lost' }, news: 'Ends soon' });
  const taken = wordsOf({ recording: { ...running, delivery: { kind: 'live', recorder: vault } } });
  expect(taken.sign).toEqual({ shape: 'full', tone: 'live' });
});
