import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createInputQueue, INPUT_QUEUE_BYTES } from '../../../renderer/terminal/input-queue.ts';

const failed = (error: unknown): never => {
  throw error;
};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('everything arrives in order, one write at a time, whatever its pieces', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 100_000 }), { maxLength: 12 }), async (lengths) => {
      const queue = createInputQueue(failed);
      const received: Uint8Array[] = [];
      let writing = 0;
      queue.connect(async (bytes) => {
        writing += 1;
        expect(writing).toBe(1);
        await Promise.resolve();
        received.push(bytes.slice());
        writing -= 1;
      });
      const sent = Buffer.concat(lengths.map((length, index) => Buffer.alloc(length, index + 1)));
      for (const [index, length] of lengths.entries()) queue.push(new Uint8Array(length).fill(index + 1));
      await turn();
      expect(Buffer.compare(Buffer.concat(received), sent)).toBe(0);
      expect(received.every((bytes) => bytes.length > 0 && bytes.length <= 32 * 1024)).toBe(true);
    }),
  );
});

test('keys that wait together go together', async () => {
  const queue = createInputQueue(failed);
  const writes: string[] = [];
  const gate = Promise.withResolvers<void>();
  queue.connect(async (bytes) => {
    writes.push(new TextDecoder().decode(bytes));
    await gate.promise;
  });
  for (const key of 'hello') queue.push(new TextEncoder().encode(key));
  gate.resolve();
  await turn();
  expect(writes).toEqual(['h', 'ello']);
});

test('over its limit nothing of a piece is taken, and there is room again later', async () => {
  const queue = createInputQueue(failed);
  const gate = Promise.withResolvers<void>();
  queue.connect(() => gate.promise);
  expect(queue.push(new Uint8Array(INPUT_QUEUE_BYTES))).toBe(true);
  expect(queue.push(new Uint8Array(INPUT_QUEUE_BYTES))).toBe(false);
  gate.resolve();
  await turn();
  expect(queue.push(new Uint8Array(INPUT_QUEUE_BYTES))).toBe(true);
});

test('with nobody to send to, nothing is taken', () => {
  const queue = createInputQueue(failed);
  expect(queue.push(Uint8Array.of(1))).toBe(false);
  queue.connect(async () => {});
  queue.disconnect();
  expect(queue.push(Uint8Array.of(1))).toBe(false);
});

test('a failed write is told once, and a new connection starts clean', async () => {
  const errors: unknown[] = [];
  const queue = createInputQueue((error) => errors.push(error));
  queue.connect(async () => {
    throw new Error('gone');
  });
  queue.push(Uint8Array.of(1));
  queue.push(Uint8Array.of(2));
  await turn();
  expect(errors).toEqual([new Error('gone')]);
  const received: number[] = [];
  queue.connect(async (bytes) => {
    received.push(...bytes);
  });
  queue.push(Uint8Array.of(3));
  await turn();
  expect(received).toEqual([3]);
});

test('a write that never ends holds up its own connection only', async () => {
  const queue = createInputQueue(failed);
  queue.connect(() => new Promise(() => {}));
  queue.push(Uint8Array.of(1));
  const received: number[] = [];
  queue.connect(async (bytes) => {
    received.push(...bytes);
  });
  queue.push(Uint8Array.of(2));
  await turn();
  expect(received).toEqual([2]);
});
