import { expect, test } from 'vitest';
import type { RecordingState, SessionInfo } from '../../../preload/contract.ts';
import type { describeDelivery } from '../../../renderer/terminal/delivery-words.ts';
import { describeEnd, describeRecording } from '../../../renderer/terminal/session-words.ts';

type Delivery = Parameters<typeof describeDelivery>[0];

const NOW_MS = Date.UTC(2026, 0, 2, 12, 30, 0);
const vault = { kind: 'tsrecorder', url: 'recorder.example.com:80', name: 'vault' } as const;
const attempts = [
  { recorder: vault, problem: { code: 'recorder-lost', message: 'recorder vault cut the connection' } },
];

function recordingWith(delivery: Delivery): RecordingState {
  return {
    kind: 'recording',
    recordingId: 'r1',
    startedAtMs: NOW_MS - 60_000,
    bytes: 812,
    lostBytes: 0,
    delivery,
  };
}

function sessionWith(changes: Partial<SessionInfo>): SessionInfo {
  return {
    sessionId: 's1',
    target: { context: 'prod', namespace: 'shop', pod: 'web-0', container: 'app' },
    size: { cols: 80, rows: 24 },
    state: { kind: 'live', startedAtMs: NOW_MS },
    recording: { kind: 'none' },
    viewers: 1,
    ...changes,
  };
}

const words = (recording: RecordingState) => describeRecording(sessionWith({ recording }), NOW_MS);

test('a recorder that has it takes nothing from REC, and its name is in the tooltip', () => {
  expect(words(recordingWith({ kind: 'live', recorder: vault, ackedBytes: 640 }))).toMatchObject({
    word: 'REC',
    tone: 'live',
    sentence: expect.stringContaining('Recorder vault has 640 B of it'),
  });
  expect(words(recordingWith({ kind: 'live', recorder: vault }))?.sentence).toContain('takes it as it grows');
  expect(words(recordingWith({ kind: 'waiting', recorder: vault }))?.sentence).toContain(
    'Recorder vault gets it when the shell ends',
  );
});

test('one that is lost stands in the badge for good, with the time', () => {
  const told = words(recordingWith({ kind: 'owed', sinceMs: NOW_MS, attempts }));
  expect(told).toMatchObject({ shape: 'half', tone: 'owed' });
  expect(told?.word).toMatch(/^Not on record at vault since \d/);
  expect(told?.sentence).toContain('Recorder vault cut the connection.');
});

test('what has to end for it counts down', () => {
  const told = words(recordingWith({ kind: 'owed', sinceMs: NOW_MS, attempts, endsAtMs: NOW_MS + 27_400 }));
  expect(told).toMatchObject({ tone: 'lost', word: expect.stringMatching(/: ends in 28 s$/) });
});

test('when it has ended: delivered, being confirmed, or owed', () => {
  const stored = (delivery: Delivery) =>
    words({ kind: 'stored', recordingId: 'r1', bytes: 812, lostBytes: 0, delivery });
  expect(stored({ kind: 'delivered', recorder: vault, atMs: NOW_MS })).toMatchObject({
    word: 'Recorded',
    tone: 'quiet',
    sentence: 'Recorded, 812 B. On record at vault',
  });
  expect(stored({ kind: 'live', recorder: vault })?.sentence).toContain('vault is confirming it');
  expect(stored({ kind: 'waiting', recorder: vault })?.sentence).toContain('vault gets it now');
  expect(stored({ kind: 'owed', sinceMs: NOW_MS, attempts: [] })).toMatchObject({
    word: 'Recorded, not delivered',
    tone: 'owed',
  });
});

test('a shell that the policy ended was not lost', () => {
  const problem = { code: 'delivery-required', message: 'the shell was ended' };
  const state = { kind: 'ended', startedAtMs: NOW_MS - 60_000, endedAtMs: NOW_MS } as const;
  const end = describeEnd(sessionWith({ state: { ...state, end: { kind: 'failed', problem } } }));
  expect(end?.title).toBe('The shell was ended after 1 m');
});
