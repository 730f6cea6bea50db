import { expect, test } from 'vitest';
import { createSharedTask, type Waiting } from '../../../main/credentials/shared-task.ts';

const never = new AbortController().signal;

function start() {
  const done = Promise.withResolvers<string>();
  const state = { runs: 0, closed: 0, counts: [] as number[], signal: never };
  const task = createSharedTask(
    ({ signal, waiting }: { signal: AbortSignal; waiting: Waiting }) => {
      state.runs += 1;
      state.signal = signal;
      state.counts.push(waiting.count);
      waiting.onChanged((count) => state.counts.push(count));
      return done.promise;
    },
    () => {
      state.closed += 1;
    },
  );
  return { task, state, done };
}

test('it runs once for all, and tells how many wait', async () => {
  const { task, state, done } = start();
  const both = Promise.all([task.join({ signal: never }), task.join({ signal: never })]);
  done.resolve('x');
  expect(await both).toEqual(['x', 'x']);
  expect(state.runs).toBe(1);
  expect(state.counts).toEqual([1, 2, 1, 0]);
  expect(state.closed).toBeGreaterThan(0);
});

test('one who leaves does not take it with them; the last one does', async () => {
  const { task, state } = start();
  const [first, second] = [new AbortController(), new AbortController()];
  const settled = Promise.allSettled([
    task.join({ signal: first.signal }),
    task.join({ signal: second.signal }),
  ]);
  first.abort(new Error('first left'));
  await Promise.resolve();
  expect(state.signal.aborted).toBe(false);
  second.abort(new Error('second left'));
  expect(await settled).toMatchObject([
    { reason: { message: 'first left' } },
    { reason: { message: 'second left' } },
  ]);
  expect(state.signal.aborted).toBe(true);
  expect(state.closed).toBe(1);
});

test('one who has left before does not start it', async () => {
  const { task, state } = start();
  await expect(task.join({ signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
  expect(state.runs).toBe(0);
});
