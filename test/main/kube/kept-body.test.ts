import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keepBody } from '../../../main/kube/kept-body.ts';

async function* chunksOf(...lengths: number[]): AsyncGenerator<Uint8Array> {
  for (const [index, length] of lengths.entries()) {
    await turn();
    yield Buffer.alloc(length, index);
  }
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('a body is the same when it is read again, wherever the first reader was left', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 10 }), fc.nat(10), async (lengths, leaveAfter) => {
      const kept = keepBody(chunksOf(...lengths), 1_000);
      const first = kept.read();
      for (let read = 0; read < leaveAfter; read += 1) await first.next();
      expect(await collect(kept.read())).toEqual(await collect(chunksOf(...lengths)));
      expect(kept.isWhole).toBe(true);
    }),
  );
});

test('a chunk that the first reader still waits for is the second one’s', async () => {
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  const kept = keepBody(
    (async function* () {
      yield Buffer.from('a');
      yield await promise;
    })(),
    10,
  );
  const first = kept.read();
  await first.next();
  const waiting = first.next();
  const second = collect(kept.read());
  resolve(Buffer.from('b'));
  expect(String(await second)).toBe('ab');
  expect(await waiting).toMatchObject({ done: true });
});

test('of a longer body no more is held than one chunk beyond the limit', async () => {
  const kept = keepBody(chunksOf(6, 6, 6, 6), 10);
  const reader = kept.read();
  await reader.next();
  expect(kept.isWhole).toBe(true);
  await reader.next();
  expect(kept.isWhole).toBe(false);
  expect((await collect(reader)).length).toBe(12);
});

test('a body that is read for the second time passes to its end, however long it is', async () => {
  const kept = keepBody(chunksOf(6, 6, 6, 6), 10);
  await kept.read().next();
  expect((await collect(kept.read())).length).toBe(24);
});

test('what breaks in the source breaks the reader', async () => {
  const broken = (async function* () {
    yield Buffer.from('a');
    throw new Error('gone');
  })();
  await expect(collect(keepBody(broken, 10).read())).rejects.toThrow('gone');
});
