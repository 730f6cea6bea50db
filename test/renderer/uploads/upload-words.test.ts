import { expect, test } from 'vitest';
import type { UploadJobInfo } from '../../../preload/contract-uploads.ts';
import type { OwedRecording } from '../../../renderer/store-uploads.ts';
import {
  describeAnswer,
  describeArrived,
  describeDelivery,
  describeLastAnswer,
  describeOwed,
  describeOwing,
  describeQueue,
  describeRecorders,
} from '../../../renderer/uploads/upload-words.ts';
import { answerOf, jobOf, VAULT } from '../../fakes/page-uploads.ts';

const NOW = new Date(2026, 10, 20, 14, 10, 0).getTime();
const SINCE = new Date(2026, 10, 20, 14, 3, 0).getTime();
const casts = { kind: 'asciinema', url: 'https://casts.example.com/' } as const;

function owed(changes: Partial<UploadJobInfo> = {}): OwedRecording {
  return { kind: 'job', recordingId: 'r1', job: jobOf('r1', { owedSinceMs: SINCE, ...changes }) };
}
const torn: OwedRecording = { kind: 'unreadable', recordingId: 'r1', path: '/u', reason: 'it is no JSON' };

test('a try that is to come is counted down, and is never 0 s away', () => {
  const at = (nextTryAtMs: number) => describeOwed(owed({ state: { kind: 'waiting', nextTryAtMs } }), NOW);
  expect(at(NOW + 133_000)).toEqual({
    shape: 'half',
    tone: 'owed',
    word: 'next try in 2 m 13 s',
    line: 'Tried 2 times. Next try in 2 m 13 s.',
  });
  expect([at(NOW + 1).word, at(NOW).word, at(NOW - 5_000).word]).toEqual([
    'next try in 1 s',
    'next try now',
    'next try now',
  ]);
  const tries = (failures: number) =>
    describeOwed(owed({ failures, state: { kind: 'waiting', nextTryAtMs: NOW } }), NOW).line;
  expect([tries(0), tries(1)]).toEqual(['Next try now.', 'Tried once. Next try now.']);
});

test('what is not tried again says so and what to do; what is on its way tells how far', () => {
  expect(describeOwed(owed({ state: { kind: 'stopped' } }), NOW)).toMatchObject({
    tone: 'lost',
    word: 'not tried again',
    line: expect.stringContaining('then retry'),
  });
  expect(describeOwed(torn, NOW)).toMatchObject({
    tone: 'lost',
    line: expect.stringContaining('begins anew'),
  });
  const state = {
    kind: 'delivering',
    recorder: casts,
    sentBytes: 4_560_000,
    totalBytes: 10_000_000,
  } as const;
  expect(describeOwed(owed({ state }), NOW)).toMatchObject({
    tone: 'live',
    word: 'delivering, 45 %',
    line: 'On its way to casts.example.com: 4.6 MB of 10.0 MB.',
  });
  expect(describeOwed(owed({ state: { ...state, sentBytes: 0, totalBytes: 0 } }), NOW).word).toBe(
    'delivering, 0 %',
  );
  expect(describeRecorders(owed({ state, recorders: [VAULT, casts] }))).toBe('casts.example.com');
  expect(describeRecorders(owed({ recorders: [VAULT, casts] }))).toBe('vault, casts.example.com');
  expect(describeRecorders(torn)).toBe('');
});

test('answers are sentences with what to do; the last one is that of the last recorder', () => {
  const refused = answerOf(casts, NOW, {
    code: 'recorder-refused',
    message: 'casts.example.com refused the token',
    hint: 'put a valid one into its tokenFile',
  });
  expect(describeAnswer(refused)).toBe(
    'Casts.example.com refused the token. Put a valid one into its tokenFile.',
  );
  expect(describeLastAnswer(owed({ answers: [answerOf(VAULT, NOW), refused] }))).toBe(
    'Casts.example.com refused the token.',
  );
  expect(describeLastAnswer(owed({ answers: [] }))).toBe('');
  expect(describeLastAnswer(torn)).toBe('It is no JSON.');
});

test('what may have arrived already is told', () => {
  expect(describeArrived(owed())).toBe('');
  expect(describeArrived(torn)).toBe('');
  expect(describeArrived(owed({ mayHaveArrivedAt: [VAULT.url, casts.url] }))).toContain(
    'at http://vault.example.com and https://casts.example.com/',
  );
});

test('the queue is counted, with since when', () => {
  expect(describeQueue([owed()], NOW)).toBe('1 recording is owed to recorders since 14:03');
  expect(describeQueue([torn, owed()], NOW)).toBe(
    '2 recordings are owed to recorders, the longest since 14:03',
  );
  expect(describeQueue([torn], NOW)).toBe('1 recording is owed to recorders');
});

test('a delivery is told with recorder, time and link, a second one as such', () => {
  const delivered = { kind: 'delivered', recorder: VAULT, atMs: SINCE, bytes: 48_213 } as const;
  expect(describeDelivery(delivered, NOW)).toEqual({
    tone: 'quiet',
    text: 'Delivered to vault, 14:03',
    title: '48.2 kB at http://vault.example.com',
  });
  const url = 'https://casts.example.com/a/1';
  expect(
    describeDelivery({ ...delivered, url, message: 'View it there', isRepeated: true }, NOW),
  ).toMatchObject({
    text: 'Delivered to vault, 14:03, as a second delivery',
    title: expect.stringContaining('View it there'),
    url,
  });
  expect(describeDelivery({ kind: 'none' }, NOW)).toBeUndefined();
});

test('what is owed is told with since when, why and what comes next', () => {
  const waiting = owed({ state: { kind: 'waiting', nextTryAtMs: NOW + 60_000 } });
  expect(describeOwing(waiting, NOW)).toEqual({
    tone: 'owed',
    text: 'Not delivered since 14:03; next try in 1 m',
    title: 'Recorder vault cannot be reached: nothing listens there.',
  });
  expect(describeOwing(owed({ state: { kind: 'stopped' } }), NOW)).toMatchObject({
    tone: 'lost',
    text: 'Not delivered since 14:03; not tried again',
  });
  expect(describeOwing(owed({ state: { kind: 'recording' } }), NOW).text).toBe(
    'Not delivered yet: it is being recorded',
  );
  const state = { kind: 'delivering', recorder: VAULT, sentBytes: 1, totalBytes: 4 } as const;
  expect(describeOwing(owed({ state }), NOW).text).toBe('Delivering to vault, 25 %');
  expect(describeOwing(torn, NOW)).toMatchObject({ tone: 'lost', title: 'It is no JSON.' });
  expect(describeDelivery({ kind: 'owed', job: jobOf('r1', { state }) }, NOW)?.text).toBe(
    'Delivering to vault, 25 %',
  );
  expect(describeDelivery({ kind: 'unreadable', reason: 'it is no JSON' }, NOW)).toMatchObject({
    tone: 'lost',
  });
});
