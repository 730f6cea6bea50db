import { expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import {
  createTappedRegister,
  type TappedSession,
  type TappedSnapshot,
} from '../../../main/session/elsewhere.ts';
import type { RecordingState } from '../../../main/session/recording-state.ts';
import { until } from '../../fakes/until.ts';

interface Scripted extends TappedSession {
  readonly closedFor: readonly unknown[];
  open(): void;
  record(bytes: number): void;
  end(): void;
  deliver(): void;
}

function script(sessionId: string): Scripted {
  const ended = Promise.withResolvers<void>();
  const delivered = Promise.withResolvers<void>();
  const closedFor: unknown[] = [];
  let isOpen = false;
  let recording: RecordingState = { kind: 'none' };
  const about: Omit<TappedSnapshot, 'recording'> = {
    sessionId,
    door: 'kubectl',
    client: 'kubectl/v1.32.0',
    context: 'demo',
    namespace: 'shop',
    pod: 'web-1',
    container: '',
    command: ['sh'],
    kind: 'exec',
    startedAtMs: 1,
  };
  return {
    sessionId,
    closedFor,
    snapshot: () => (isOpen ? { ...about, recording } : undefined),
    async close(failure) {
      closedFor.push(failure);
      ended.resolve();
      await ended.promise;
    },
    ended: ended.promise,
    delivered: () => delivered.promise,
    open() {
      isOpen = true;
    },
    record(bytes) {
      recording = { kind: 'recording', recordingId: 'r1', startedAtMs: 1, bytes, lostBytes: 0 };
    },
    end: () => ended.resolve(),
    deliver: () => delivered.resolve(),
  };
}

test('a command stands in the list from its opening to its end, and each is told', async () => {
  const register = createTappedRegister();
  let told = 0;
  register.onChanged(() => {
    told += 1;
  });
  const session = script('s1');
  register.add(session);
  expect(register.list()).toEqual([]);
  session.open();
  register.changed();
  expect(register.list().map(({ sessionId }) => sessionId)).toEqual(['s1']);
  expect(told).toBe(1);
  session.end();
  await until(() => told === 2);
  expect(register.list()).toEqual([]);
});

test('the growth of its record is told once a step', async () => {
  const register = createTappedRegister({ growthMs: 5 });
  const session = script('s1');
  session.open();
  register.add(session);
  const told: unknown[] = [];
  register.onChanged(() => told.push(register.list()[0]?.recording));
  await until(() => told.length === 1);
  session.record(10);
  await until(() => told.length === 2);
  session.record(20);
  await until(() => told.length === 3);
  expect(told.map((recording) => (recording as { bytes?: number }).bytes)).toEqual([undefined, 10, 20]);
  await register.end('s1');
});

test('the user ends one by its id, and only one that is there', async () => {
  const register = createTappedRegister();
  const [first, second] = [script('s1'), script('s2')];
  for (const session of [first, second]) register.add(session);
  await register.end('s2');
  expect([first.closedFor, second.closedFor]).toEqual([[], [undefined]]);
  await expect(register.end('s2')).rejects.toMatchObject({ code: 'session-not-found' });
  await expect(register.end('other')).rejects.toMatchObject({ code: 'session-not-found' });
});

test('at its limit nothing more is let in until something has ended', async () => {
  const register = createTappedRegister({ most: 2 });
  const first = script('s1');
  register.add(first);
  register.add(script('s2'));
  expect(() => register.add(script('s3'))).toThrow(expect.objectContaining({ code: 'too-many' }));
  let ends = 0;
  register.onChanged(() => {
    ends += 1;
  });
  first.end();
  await until(() => ends === 1);
  expect(() => register.add(script('s3'))).not.toThrow();
});

test('the end of all waits for what is on its way to a recorder, and lets nothing in', async () => {
  const register = createTappedRegister();
  const [delivering, live] = [script('s1'), script('s2')];
  register.add(delivering);
  register.add(live);
  delivering.end();
  const failure = new AppError('internal', 'crash');
  let isOver = false;
  const over = register.endAll(failure).then(() => {
    isOver = true;
  });
  await until(() => live.closedFor.length === 1);
  expect(live.closedFor).toEqual([failure]);
  expect(() => register.add(script('s3'))).toThrow(expect.objectContaining({ code: 'cancelled' }));
  live.deliver();
  await new Promise((resolve) => setImmediate(resolve));
  expect(isOver).toBe(false);
  delivering.deliver();
  await over;
});
