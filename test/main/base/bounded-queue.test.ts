import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBoundedQueue } from '../../../main/base/bounded-queue.ts';
import { eventually } from '../../fakes/until.ts';

function createTracedQueue(marks: { highBytes: number; lowBytes: number }) {
  const calls: string[] = [];
  const queue = createBoundedQueue<string>({
    ...marks,
    onFull: () => calls.push('full'),
    onDrained: () => calls.push('drained'),
  });
  return { queue, calls };
}

test('asks for a pause once at the high mark and for more once at the low one', async () => {
  const { queue, calls } = createTracedQueue({ highBytes: 10, lowBytes: 4 });
  queue.push('a', 6);
  expect(calls).toEqual([]);
  queue.push('b', 6);
  queue.push('c', 1);
  expect(calls).toEqual(['full']);
  const reader = queue.items[Symbol.asyncIterator]();
  await reader.next();
  expect(calls).toEqual(['full']);
  await reader.next();
  expect(calls).toEqual(['full', 'drained']);
  expect(queue.queuedBytes).toBe(1);
});

test('a reader that waits gets what is pushed later', async () => {
  const { queue } = createTracedQueue({ highBytes: 10, lowBytes: 4 });
  const reader = queue.items[Symbol.asyncIterator]();
  const next = reader.next();
  queue.push('late', 1);
  expect((await next).value).toBe('late');
});

test('what is queued is delivered before the end and before a failure', async () => {
  const ended = createTracedQueue({ highBytes: 10, lowBytes: 4 }).queue;
  ended.push('a', 1);
  ended.end();
  ended.push('ignored', 1);
  expect(await Array.fromAsync(ended.items)).toEqual(['a']);

  const failed = createTracedQueue({ highBytes: 10, lowBytes: 4 }).queue;
  failed.push('a', 1);
  failed.fail(new Error('gone'));
  const seen: string[] = [];
  await expect(
    (async () => {
      for await (const item of failed.items) seen.push(item);
    })(),
  ).rejects.toThrow('gone');
  expect(seen).toEqual(['a']);
});

test('leaving early drops the rest and takes nothing more', async () => {
  const { queue } = createTracedQueue({ highBytes: 100, lowBytes: 4 });
  queue.push('a', 1);
  queue.push('b', 1);
  for await (const _ of queue.items) break;
  queue.push('c', 1);
  expect(queue.queuedBytes).toBe(0);
});

test('any order of pushes and reads keeps order and count', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 3_000 }), fc.nat(50), async (sizes, readAhead) => {
      const { queue } = createTracedQueue({ highBytes: 64, lowBytes: 16 });
      const reader = queue.items[Symbol.asyncIterator]();
      const seen: string[] = [];
      for (const [index, bytes] of sizes.entries()) {
        queue.push(String(index), bytes);
        if (index % (readAhead + 1) === 0) seen.push((await reader.next()).value as string);
      }
      queue.end();
      for (let item = await reader.next(); !item.done; item = await reader.next()) seen.push(item.value);
      expect(seen).toEqual(sizes.map((_, index) => String(index)));
      expect(queue.queuedBytes).toBe(0);
    }),
    { numRuns: 30 },
  );
});

test('what was read is not kept', async () => {
  const queue = createBoundedQueue<object>({ highBytes: 10, lowBytes: 1, onFull() {}, onDrained() {} });
  const collected = new Set<number>();
  const registry = new FinalizationRegistry<number>((index) => collected.add(index));
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const items = queue.items[Symbol.asyncIterator]();
  for (let index = 0; index < 3; index += 1) {
    const item = {};
    registry.register(item, index);
    queue.push(item, 1);
  }
  await items.next();
  await items.next();
  await eventually(() => {
    gc();
    expect(collected.has(0)).toBe(true);
  });
  expect(collected.has(2)).toBe(false);
});
