import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_LINE_BYTES, splitJsonLines } from '../../../main/kube/json-lines.ts';

const onTooLong = (): Error => new Error('too long');

async function* deliver(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function split(chunks: Iterable<Uint8Array>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of splitJsonLines(deliver(chunks), onTooLong)) lines.push(line);
  return lines;
}

test('lines are the same wherever the stream is cut', async () => {
  const anyLines = fc.array(fc.json(), { maxLength: 8 });
  const anyCuts = fc.array(fc.nat({ max: 200 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(anyLines, anyCuts, async (lines, cuts) => {
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const edges = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort(
        (a, b) => a - b,
      );
      const chunks = edges.slice(1).map((edge, i) => bytes.subarray(edges[i], edge));
      expect(await split(chunks)).toEqual(lines.map((line) => line.trim()));
    }),
  );
});

test('a character cut between two chunks is one character', async () => {
  const bytes = Buffer.from('{"name":"żółć"}\n');
  const chunks = [...bytes].map((byte) => Uint8Array.of(byte));
  expect(await split(chunks)).toEqual(['{"name":"żółć"}']);
});

test('empty lines and an unfinished last one are left out', async () => {
  expect(await split([Buffer.from('\n1\r\n\n2\n{"cut":')])).toEqual(['1', '2']);
});

test('a line of 8 MiB passes, and one without an end is given up', async () => {
  const part = Buffer.alloc(64 * 1024, 'x');
  const count = MAX_LINE_BYTES / part.byteLength;
  const whole = await split([...Array<Buffer>(count).fill(part), Buffer.from('\n')]);
  expect(whole[0]).toHaveLength(MAX_LINE_BYTES);
  let taken = 0;
  function* endless(): Generator<Uint8Array> {
    for (;;) {
      taken += 1;
      yield part;
    }
  }
  await expect(split(endless())).rejects.toThrow('too long');
  expect(taken).toBe(count + 1);
});
