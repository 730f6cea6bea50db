import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BLOCK_BYTES, createBlockChain } from '../../../../main/recording/integrity/block-chain.ts';

/** The definition, by another implementation of SHA-256's interface and in one piece. */
function chainOf(id: string, bytes: Uint8Array): string[] {
  let last = createHash('sha256').update(`kubereel cast v1\n${id}`).digest();
  const hashes: string[] = [];
  for (let start = 0; start < bytes.length; start += BLOCK_BYTES) {
    last = createHash('sha256')
      .update(last)
      .update(bytes.subarray(start, start + BLOCK_BYTES))
      .digest();
    hashes.push(last.toString('hex'));
  }
  return hashes;
}

test('the chain is that of its definition, however the bytes are cut', async () => {
  const cuts = fc.array(fc.nat({ max: 300_000 }), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 300_000 }), fc.string(), cuts, async (length, id, positions) => {
      const bytes = Buffer.alloc(length, 'some output\r\n');
      const chain = createBlockChain(id);
      const ends = [...positions.filter((at) => at < length), length].sort((a, b) => a - b);
      for (const [index, end] of ends.entries()) chain.push(bytes.subarray(ends[index - 1] ?? 0, end));
      const head = chain.head();
      const expected = chainOf(id, bytes);
      expect(chain.takeBlocks()).toEqual(expected.slice(0, Math.floor(length / BLOCK_BYTES)));
      if (length > 0) expect(head).toBe(expected.at(-1));
      expect(chain.bytes).toBe(length);
    }),
    { numRuns: 40 },
  );
});

test('the same bytes under another id are another chain', async () => {
  const [one, other] = [createBlockChain('a'), createBlockChain('b')];
  one.push(Buffer.from('x'));
  other.push(Buffer.from('x'));
  expect(one.head()).not.toBe(other.head());
});

test('asking for the head changes nothing, and what is pushed may be overwritten after', async () => {
  const chain = createBlockChain('a');
  const buffer = Buffer.alloc(BLOCK_BYTES, 'x');
  chain.push(buffer);
  buffer.fill('y');
  chain.head();
  chain.push(Buffer.from('z'));
  expect(chain.head()).toBe(chainOf('a', Buffer.from(`${'x'.repeat(BLOCK_BYTES)}z`)).at(-1));
});
