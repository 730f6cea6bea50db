import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readBody, readStart } from '../../../main/kube/answer-body.ts';
import { createContext } from '../../fakes/kube-access.ts';

const signal = new AbortController().signal;
const context = createContext('https://h');

async function read(body: Readable, isPacked: boolean): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readBody(context, { body, isPacked }, { signal })) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** In pieces, as a socket has them. */
function pieces(bytes: Buffer, size = 7): Readable {
  const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  return Readable.from(parts);
}

test('a packed answer is unpacked, a plain one passed on', async () => {
  const text = 'pods '.repeat(1_000);
  expect(await read(pieces(gzipSync(text)), true)).toBe(text);
  expect(await read(pieces(Buffer.from(text)), false)).toBe(text);
});

test('an empty answer is empty, packed or not', async () => {
  expect(await read(Readable.from([]), true)).toBe('');
  expect(await read(Readable.from([]), false)).toBe('');
});

test('one that breaks off is told as such', async () => {
  const packed = gzipSync('pods '.repeat(1_000));
  await expect(read(pieces(packed.subarray(0, 20)), true)).rejects.toMatchObject({
    code: 'cluster-unreachable',
    message: expect.stringContaining('it stopped in the middle of its answer'),
  });
});

test('one that is not packed as it says is told as such', async () => {
  await expect(read(pieces(Buffer.from('<html>')), true)).rejects.toMatchObject({
    code: 'cluster-refused',
    hint: expect.stringContaining('disable-compression'),
  });
});

test('it is unpacked as it is read: 1 GiB of nothing costs its reader what it takes', async () => {
  let sent = 0;
  const bomb = gzipSync(Buffer.alloc(16 * 1024 * 1024));
  const body = Readable.from(
    (function* () {
      for (let i = 0; i < 64; i += 1) {
        sent += bomb.length;
        yield bomb;
      }
    })(),
  );
  let taken = 0;
  for await (const { byteLength } of readBody(context, { body, isPacked: true }, { signal })) {
    taken += byteLength;
    if (taken >= 1024 * 1024) break;
  }
  expect(taken).toBeLessThan(2 * 1024 * 1024);
  if (!body.closed) await new Promise((resolve) => body.once('close', resolve));
  expect(sent).toBeLessThan(64 * bomb.length);
});

test('the start is as much as was asked for, or as had come', async () => {
  expect(await readStart(Readable.from([Buffer.from('abc'), Buffer.from('def')]), 4)).toBe('abcd');
  const breaking = Readable.from(
    (async function* () {
      yield Buffer.from('half');
      throw new Error('cut');
    })(),
  );
  expect(await readStart(breaking, 100)).toBe('half');
});
