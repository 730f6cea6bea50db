import { expect, test } from 'vitest';
import { createTurns } from '../../../main/base/turns.ts';

test('tasks run one at a time, in order, and a failure stays with its own task', async () => {
  const turns = createTurns();
  const steps: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = turns.take(async () => {
    steps.push('first starts');
    await gate.promise;
    steps.push('first ends');
  });
  const second = turns.take(() => {
    steps.push('second');
    throw new Error('second failed');
  });
  const third = turns.take(() => {
    steps.push('third');
    return 3;
  });
  gate.resolve();
  await first;
  await expect(second).rejects.toThrow('second failed');
  expect(await third).toBe(3);
  expect(steps).toEqual(['first starts', 'first ends', 'second', 'third']);
});
