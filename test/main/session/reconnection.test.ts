import { expect, test } from 'vitest';
import { AppError } from '../../../main/base/errors.ts';
import { type ReconnectWait, reconnect } from '../../../main/session/reconnection.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const LOST = new AppError('connection-lost', 'the connection to shop/web was lost', { detail: 'it was cut' });
const UNREACHABLE = new AppError('cluster-unreachable', 'no route to the cluster');

/** Tries that fail until the test says what they do. */
function start() {
  const clock = createManualClock();
  const startMs = clock.nowMs();
  const ending = new AbortController();
  const tries: { readonly atMs: number; readonly isUnattended: boolean; readonly signal: AbortSignal }[] = [];
  const waits: ReconnectWait[] = [];
  let answer: (signal: AbortSignal) => Promise<string> = () => Promise.reject(UNREACHABLE);
  const reconnection = reconnect(
    {
      clock,
      random: () => 0.5,
      open({ isUnattended, signal }) {
        tries.push({ atMs: clock.nowMs() - startMs, isUnattended, signal });
        return answer(signal);
      },
      onWait: (wait) => waits.push(wait),
    },
    LOST,
    { signal: ending.signal },
  );
  const outcome = reconnection.result.then(
    (value) => ({ value }),
    (error: AppError) => ({ error }),
  );
  return {
    clock,
    startMs,
    tries,
    waits,
    outcome,
    reconnection,
    end: () => ending.abort(new AppError('cancelled', 'closed')),
    nowAnswers(next: (signal: AbortSignal) => Promise<string>) {
      answer = next;
    },
  };
}

function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('it tries after growing waits, unattended, and tells each of them', async () => {
  const { clock, startMs, tries, waits, outcome, nowAnswers } = start();
  expect(waits).toEqual([{ attempt: 1, nextTryAtMs: startMs + 1_000, problem: LOST }]);
  await clock.advance(7_000);
  expect(tries.map(({ atMs }) => atMs)).toEqual([1_000, 3_000, 7_000]);
  expect(tries.every(({ isUnattended }) => isUnattended)).toBe(true);
  expect(waits.at(-1)).toEqual({ attempt: 4, nextTryAtMs: startMs + 15_000, problem: UNREACHABLE });
  nowAnswers(async () => 'open');
  await clock.advance(8_000);
  expect(await outcome).toEqual({ value: 'open' });
});

test('somebody who asks does not wait, is there for a login, and starts the waits anew', async () => {
  const { clock, startMs, tries, waits, reconnection, end, outcome } = start();
  await clock.advance(20_000);
  const before = tries.length;
  reconnection.tryNow();
  await settle();
  expect(tries.slice(before)).toMatchObject([{ atMs: 20_000, isUnattended: false }]);
  expect(waits.at(-1)).toEqual({ attempt: 2, nextTryAtMs: startMs + 22_000, problem: UNREACHABLE });
  end();
  await outcome;
});

test('a try that hangs gives way to one that was asked for', async () => {
  const { clock, tries, reconnection, outcome, nowAnswers } = start();
  nowAnswers(hang);
  await clock.advance(1_000);
  expect(tries).toHaveLength(1);
  nowAnswers(async () => 'open');
  reconnection.tryNow();
  expect(await outcome).toEqual({ value: 'open' });
  expect(tries[0]?.signal.aborted).toBe(true);
  expect(tries[1]).toMatchObject({ atMs: 1_000, isUnattended: false });
});

test('a pod that is gone is not asked for again', async () => {
  const { clock, tries, outcome, nowAnswers } = start();
  const gone = new AppError('pod-gone', 'pod web was deleted');
  nowAnswers(() => Promise.reject(gone));
  await clock.advance(1_000);
  expect(await outcome).toEqual({ error: gone });
  expect(tries).toHaveLength(1);
});

test('after ten minutes it is given up, with how it was lost and what the last try failed with', async () => {
  const { clock, tries, outcome } = start();
  await clock.advance(20 * 60_000);
  const { error } = (await outcome) as { error: AppError };
  expect(error).toMatchObject({
    code: 'connection-lost',
    message: LOST.message,
    detail: 'no route to the cluster',
  });
  expect(error.hint).toMatch(/ten minutes/);
  expect(tries).toHaveLength(24);
  expect(tries.at(-1)?.atMs).toBe(10 * 60_000);
});

test('closing ends a wait and a try', async () => {
  const waiting = start();
  waiting.end();
  expect(await waiting.outcome).toMatchObject({ error: { code: 'cancelled' } });
  expect(waiting.clock.sleepers).toBe(0);

  const trying = start();
  trying.nowAnswers(hang);
  await trying.clock.advance(1_000);
  trying.end();
  expect(await trying.outcome).toMatchObject({ error: { code: 'cancelled' } });
});
