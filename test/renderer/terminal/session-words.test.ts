import { describe, expect, test } from 'vitest';
import type { RecordingState, SessionEnd, SessionInfo } from '../../../preload/contract.ts';
import { describeEnd, describeRecording, describeTry } from '../../../renderer/terminal/session-words.ts';

const START_MS = 1_700_000_000_000;
const problem = { code: 'pod-gone', message: 'pod web-0 was deleted', hint: 'open its successor' };

function session(changes: Partial<SessionInfo>): SessionInfo {
  return {
    sessionId: 's1',
    target: { context: 'prod', namespace: 'shop', pod: 'web-0', container: 'app' },
    size: { cols: 80, rows: 24 },
    state: { kind: 'live', startedAtMs: START_MS },
    recording: { kind: 'none' },
    viewers: 1,
    ...changes,
  };
}

function ended(end: SessionEnd, wasLive = true): SessionInfo {
  const started = wasLive ? { startedAtMs: START_MS } : {};
  return session({ state: { kind: 'ended', ...started, endedAtMs: START_MS + 133_000, end } });
}

describe('how a session ended', () => {
  test('is not said while it goes on', () => {
    expect(describeEnd(session({}))).toBeUndefined();
  });

  test('by itself: with its exit code and how long it lasted', () => {
    expect(describeEnd(ended({ kind: 'exited', exitCode: 0 }))?.title).toBe(
      'The shell ended after 2 m 13 s, exit code 0',
    );
    expect(describeEnd(ended({ kind: 'exited', exitCode: 1 }))?.line).toBeUndefined();
  });

  test('by a signal: with what the code means', () => {
    expect(describeEnd(ended({ kind: 'exited', exitCode: 137 }))?.line).toContain('SIGKILL');
  });

  test('by the user', () => {
    expect(describeEnd(ended({ kind: 'closed' }))?.title).toBe('Closed after 2 m 13 s');
  });

  test('a shell that was killed with its pod says so rather than how shells report kills', () => {
    expect(
      describeEnd(ended({ kind: 'exited', exitCode: 137, note: 'pod shop/web was deleted' })),
    ).toMatchObject({
      line: 'Pod shop/web was deleted.',
    });
  });

  test('lost or never opened: with all that is known of the problem', () => {
    const lost = describeEnd(ended({ kind: 'failed', problem: { ...problem, detail: 'status 404' } }));
    expect(lost).toMatchObject({
      title: 'The shell was lost after 2 m 13 s',
      problem: { ...problem, detail: 'status 404' },
      tone: 'lost',
    });
    expect(describeEnd(ended({ kind: 'failed', problem }, false))?.title).toBe('The shell did not open');
  });
});

test('a try to connect again counts down, and never to 0 s', () => {
  const words = (aheadMs: number): string =>
    describeTry(
      {
        kind: 'reconnecting',
        startedAtMs: START_MS,
        lostAtMs: START_MS,
        attempt: 3,
        nextTryAtMs: START_MS + aheadMs,
        problem,
      },
      START_MS,
    );
  expect([words(8_000), words(7_001), words(1), words(0), words(-5_000)]).toEqual([
    'Attempt 3 in 8 s',
    'Attempt 3 in 8 s',
    'Attempt 3 in 1 s',
    'Attempt 3, now',
    'Attempt 3, now',
  ]);
  expect(words(95_000)).toBe('Attempt 3 in 1 m 35 s');
});

describe('a session`s recording', () => {
  const words = (recording: RecordingState, changes: Partial<SessionInfo> = {}) =>
    describeRecording(session({ recording, ...changes }), START_MS + 761_000);

  test('that runs shows time and size', () => {
    expect(
      words({ kind: 'recording', recordingId: 'r', startedAtMs: START_MS, bytes: 1_234_567, lostBytes: 0 }),
    ).toMatchObject({
      tone: 'live',
      word: 'REC',
      figures: '00:12:41 1.2 MB',
    });
  });

  test('that is stored shows its size', () => {
    expect(words({ kind: 'stored', recordingId: 'r', bytes: 812, lostBytes: 0 })).toMatchObject({
      word: 'Recorded',
      figures: '812 B',
    });
  });

  test('that failed says so in words, and why', () => {
    expect(words({ kind: 'failed', problem })).toMatchObject({
      tone: 'lost',
      word: 'Not recorded',
      sentence: 'Not recorded. Pod web-0 was deleted. Open its successor.',
    });
  });

  test('that is missing is said as soon as there is a shell, not before', () => {
    expect(words({ kind: 'none' })?.word).toBe('Not recorded');
    expect(words({ kind: 'none' }, { state: { kind: 'opening' } })).toBeUndefined();
    expect(words({ kind: 'none' }, { state: ended({ kind: 'closed' }, false).state })).toBeUndefined();
  });
});

describe('what is decided about its recording', () => {
  const recording = {
    kind: 'recording',
    recordingId: 'r1',
    startedAtMs: START_MS,
    bytes: 1_200,
    lostBytes: 0,
  } as const;

  test('input that is recorded is said', () => {
    expect(
      describeRecording(session({ recording: { ...recording, inputOn: true } }), START_MS),
    ).toMatchObject({
      word: 'REC + input',
      tone: 'live',
      sentence: expect.stringContaining('with what is typed'),
    });
  });

  test('a pause is said, with how long it is', () => {
    const paused = { ...recording, inputOn: true, pausedAtMs: START_MS } as const;
    expect(describeRecording(session({ recording: paused }), START_MS + 42_000)).toMatchObject({
      word: 'Paused',
      tone: 'owed',
      figures: '00:00:42',
    });
  });

  test('a disk that refuses comes before a pause', () => {
    const both = { ...recording, pausedAtMs: START_MS, trouble: problem };
    expect(describeRecording(session({ recording: both }), START_MS)?.word).toBe('REC held up');
  });

  test('a recording that is required says what it waits for, and not that something is missing', () => {
    const trouble = {
      code: 'recording-required',
      message: 'waiting for the disk: nothing is shown that is not on record',
      hint: 'The shell goes on by itself when the disk does.',
    } as const;
    expect(describeRecording(session({ recording: { ...recording, trouble } }), START_MS)).toMatchObject({
      word: 'Waiting for the disk',
      tone: 'lost',
      sentence:
        'Waiting for the disk: nothing is shown that is not on record. The shell goes on by itself when the disk does.',
    });
  });
});
