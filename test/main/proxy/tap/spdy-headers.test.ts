import { constants, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createHeaderReader,
  MAX_HEADER_BLOCKS,
  MAX_HEADER_BYTES,
  MAX_PACKED_BYTES,
  SPDY_DICTIONARY,
} from '../../../../main/proxy/tap/spdy-headers.ts';
import { createHeaderPacker, createHeaderUnpacker, headerBlock, uint32 } from '../../../fakes/spdy-bytes.ts';
import { createDice, spoil } from '../../../fakes/tap-fuzz.ts';

/** One block, the first of its direction. */
function pack(plain: Uint8Array): Buffer {
  return deflateSync(plain, { dictionary: SPDY_DICTIONARY, finishFlush: constants.Z_SYNC_FLUSH });
}

const UNREADABLE = expect.objectContaining({ code: 'protocol-error' });

test('the dictionary is that of SPDY/3, by its length and checksum', () => {
  expect(SPDY_DICTIONARY).toHaveLength(1_423);
  // zlib says which dictionary it was given, in the four bytes behind its head (RFC 1950).
  expect(pack(Buffer.from('x')).subarray(0, 6).toString('hex')).toBe('78bbe3c6a7c2');
});

test('blocks of one direction are read in their order, each with what came before', async () => {
  const name = fc.stringMatching(/^[a-z-]{1,20}$/);
  const value = fc.string({ unit: 'grapheme-ascii', maxLength: 200 });
  const blocks = fc.array(fc.dictionary(name, value, { maxKeys: 6, noNullPrototype: true }), {
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(blocks, async (all) => {
      const packer = createHeaderPacker();
      const reader = createHeaderReader();
      for (const headers of all) {
        expect(Object.fromEntries(reader.read(await packer.pack(headers)))).toEqual(headers);
      }
    }),
    { numRuns: 50 },
  );
});

test('of several values the first is read', () => {
  expect(
    createHeaderReader()
      .read(pack(headerBlock({ streamtype: 'stdin\0stdout' })))
      .get('streamtype'),
  ).toBe('stdin');
});

test.each<[string, Uint8Array]>([
  ['a block that is not zlib', Buffer.from('hello')],
  ['an empty block', Buffer.alloc(0)],
  ['a count without headers', pack(uint32(1))],
  ['a length beyond the end', pack(Buffer.concat([uint32(1, 4_000_000_000), Buffer.from('a')]))],
  ['more than the count says', pack(Buffer.concat([headerBlock({ a: 'b' }), Buffer.from('c')]))],
  [
    'a name that stands twice',
    pack(Buffer.concat([uint32(2), ...[1, 2].map(() => headerBlock({ a: 'b' }).subarray(4))])),
  ],
  ['a block that unpacks to too much', pack(headerBlock({ a: 'x'.repeat(MAX_HEADER_BYTES) }))],
  ['a block that is cut off', pack(headerBlock({ a: 'b' })).subarray(0, -8)],
])('%s is refused', (_, block) => {
  expect(() => createHeaderReader().read(block)).toThrow(UNREADABLE);
});

test('a small block that unpacks to 32 MiB is refused at the limit', () => {
  const bomb = deflateSync(Buffer.alloc(32 * 1024 * 1024), {
    dictionary: SPDY_DICTIONARY,
    finishFlush: constants.Z_SYNC_FLUSH,
  });
  expect(bomb.byteLength).toBeLessThan(MAX_PACKED_BYTES);
  expect(() => createHeaderReader().read(bomb)).toThrow(UNREADABLE);
});

test('behind the end of a zlib stream no block is read', () => {
  const reader = createHeaderReader();
  const last = deflateSync(headerBlock({ a: 'b' }), { dictionary: SPDY_DICTIONARY });
  expect(reader.read(last).get('a')).toBe('b');
  expect(() => reader.read(pack(headerBlock({ c: 'd' })))).toThrow(UNREADABLE);
});

test('a block that ends within what zlib has begun leaves that to the next, as it does at both ends', () => {
  // A stored block of 20 bytes, of which 10 are in the first frame: its end belongs to the next one's headers.
  const [first, second] = [headerBlock({}), headerBlock({ streamtype: 'stdout' })];
  const stored = Buffer.concat([
    Buffer.from([0, 4 + second.byteLength, 0, 0xff - 4 - second.byteLength, 0xff]),
  ]);
  const head = pack(Buffer.alloc(0)).subarray(0, 6);
  const reader = createHeaderReader();
  expect(reader.read(Buffer.concat([head, stored, first])).size).toBe(0);
  expect(reader.read(second).get('streamtype')).toBe('stdout');
});

test('whatever is broken in them: what is read is what the stream of a real peer gives', async () => {
  let readable = 0;
  for (let seed = 1; seed <= 1_500; seed += 1) {
    const dice = createDice(seed);
    const packer = createHeaderPacker();
    const reader = createHeaderReader();
    const peer = createHeaderUnpacker();
    const spoiledAt = dice.roll(4);
    for (const [index, streamtype] of ['error', 'stdin', 'stdout', 'stderr'].entries()) {
      const block = await packer.pack({ streamtype, port: `${dice.roll(65_536)}` });
      const sent = index === spoiledAt ? spoil(block, dice) : block;
      let headers: ReadonlyMap<string, string>;
      try {
        headers = reader.read(sent);
      } catch (thrown) {
        expect(thrown, `seed ${seed}`).toEqual(UNREADABLE);
        break;
      }
      readable += 1;
      const theirs = [...(await peer.unpack(sent))].map(([name, value]) => [name, value.split('\0', 1)[0]]);
      expect([...headers], `seed ${seed}`).toEqual(theirs);
    }
  }
  expect(readable).toBeGreaterThan(1_500);
});

test('more blocks or bytes than a command has are refused', async () => {
  const packer = createHeaderPacker();
  const reader = createHeaderReader();
  for (let index = 0; index < MAX_HEADER_BLOCKS; index += 1)
    reader.read(await packer.pack({ a: `${index}` }));
  const next = await packer.pack({});
  expect(() => reader.read(next)).toThrow(UNREADABLE);
  expect(() => createHeaderReader().read(Buffer.alloc(MAX_PACKED_BYTES + 1))).toThrow(UNREADABLE);
});
