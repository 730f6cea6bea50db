import { createHash } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createImportReport, type ImportReport } from '../../../main/exchange/import-part.ts';
import { unpack } from '../../../main/exchange/import-source.ts';
import { collect } from '../../fakes/cast-parts.ts';

const { signal } = new AbortController();

async function read(...chunks: readonly Uint8Array[]): Promise<{ bytes: Buffer; report: ImportReport }> {
  const report = createImportReport();
  async function* source(): AsyncGenerator<Uint8Array> {
    yield* chunks;
  }
  const pieces = await collect(unpack({ name: 'a.cast', bytes: source() }, report, { signal }));
  return { bytes: Buffer.concat(pieces), report };
}

test.each([
  ['none', (bytes: Uint8Array): Uint8Array => bytes],
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const)(
  'what is packed with %s comes out whole however it is cut, and its file is hashed',
  async (packing, pack) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat(), async (data, place) => {
        const content = Buffer.concat([Buffer.from('{'), data]);
        const packed = Buffer.from(pack(content));
        const cut = place % packed.length;
        const { bytes, report } = await read(packed.subarray(0, cut), packed.subarray(cut));
        expect(bytes).toEqual(content);
        expect(report).toMatchObject({
          packing,
          isTorn: false,
          sha256: createHash('sha256').update(packed).digest('hex'),
        });
      }),
      { numRuns: 30 },
    );
  },
);

test.each([
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const)('of a %s file that broke off, what came before is given', async (_packing, pack) => {
  const content = Buffer.from(Array.from({ length: 60_000 }, (_, index) => `${index * 7919} `).join(''));
  const packed = Buffer.from(pack(content));
  const { bytes, report } = await read(packed.subarray(0, packed.length - 2_000));
  expect(report.isTorn).toBe(true);
  expect(bytes.length).toBeGreaterThan(1_000);
  expect(content.subarray(0, bytes.length).equals(bytes)).toBe(true);
});

test('damage within is told', async () => {
  const packed = gzipSync(Buffer.from('x'.repeat(10_000)));
  packed.fill(0xff, 12, 20);
  await expect(read(packed)).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('a.cast cannot be unpacked: Z_'),
  });
});

test('a bomb is refused when it has gone off a little', async () => {
  const bomb = zstdCompressSync(Buffer.alloc(300 * 1024 * 1024));
  await expect(read(bomb)).rejects.toMatchObject({
    code: 'bad-input',
    message: 'a.cast unpacks to more than 500 times its size',
  });
});

test('what reading the file fails with is what is told', async () => {
  const packed = gzipSync(Buffer.from('x'.repeat(10_000)));
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield packed.subarray(0, 10);
    throw new Error('the disk is gone');
  }
  const file = { name: 'a', bytes: failing() };
  await expect(collect(unpack(file, createImportReport(), { signal }))).rejects.toThrow('the disk is gone');
});
