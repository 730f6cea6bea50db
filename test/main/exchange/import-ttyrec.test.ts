import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createImportReport,
  type ImportPart,
  type ImportReport,
} from '../../../main/exchange/import-part.ts';
import { isTtyrecHeader, readTtyrec } from '../../../main/exchange/import-ttyrec.ts';
import { collect } from '../../fakes/cast-parts.ts';

/** As ttyrec writes it. */
function makeRecord(seconds: number, micros: number, data: Uint8Array): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt32LE(seconds, 0);
  header.writeUInt32LE(micros, 4);
  header.writeUInt32LE(data.length, 8);
  return Buffer.concat([header, data]);
}

async function read(
  ...chunks: readonly Uint8Array[]
): Promise<{ parts: ImportPart[]; report: ImportReport }> {
  const report = createImportReport();
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield* chunks;
  }
  return { parts: await collect(readTtyrec(bytes(), report)), report };
}

const WHOLE = Buffer.concat([
  makeRecord(1_700_000_000, 900_000, Buffer.from('\u001b[8;30;100tgr\u00fc')),
  makeRecord(1_700_000_001, 100_000, Buffer.from([0xe6, 0xbc])),
  makeRecord(1_700_000_002, 0, Buffer.from([0xa2, 0x21])),
]);

test('times count from the first record, characters over two of them are one, the size is as it says', async () => {
  const { parts, report } = await read(WHOLE);
  expect(parts).toEqual([
    { kind: 'header', header: { size: { cols: 100, rows: 30 }, startedAtSeconds: 1_700_000_000 } },
    { kind: 'event', event: { kind: 'output', timeMicros: 0, text: '\u001b[8;30;100tgr\u00fc' } },
    { kind: 'event', event: { kind: 'output', timeMicros: 1_100_000, text: '漢!' } },
  ]);
  expect(report).toMatchObject({ format: 'ttyrec', isTorn: false, invalidBytes: 0 });
});

test('cut anywhere it is the same', async () => {
  const { parts } = await read(WHOLE);
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: WHOLE.length }), fc.nat({ max: WHOLE.length }), async (a, b) => {
      const [first, second] = [Math.min(a, b), Math.max(a, b)];
      const cut = await read(WHOLE.subarray(0, first), WHOLE.subarray(first, second), WHOLE.subarray(second));
      expect(cut.parts).toEqual(parts);
    }),
  );
});

test('a torn end is told, and so is a record that cannot be', async () => {
  expect((await read(WHOLE.subarray(0, -1))).report.isTorn).toBe(true);
  const { parts, report } = await read(WHOLE, makeRecord(1, 5_000_000, Buffer.alloc(3)), WHOLE);
  expect(report.isTorn).toBe(true);
  expect(parts).toHaveLength(3);
});

test('bytes that are no text are counted', async () => {
  const { report } = await read(makeRecord(1, 0, Buffer.from([0x41, 0xff, 0xe6])));
  expect(report.invalidBytes).toBe(2);
});

test('a clock that was set back does not turn times back', async () => {
  const { parts } = await read(makeRecord(100, 0, Buffer.from('a')), makeRecord(50, 0, Buffer.from('b')));
  expect(parts[2]).toMatchObject({ event: { timeMicros: 0 } });
});

test('another format’s file is none', async () => {
  const elf = Buffer.from('7f454c4602010100000000000000000003003e00', 'hex');
  expect(isTtyrecHeader(elf.subarray(0, 12))).toBe(false);
  expect(isTtyrecHeader(WHOLE.subarray(0, 12))).toBe(true);
  const noise = Buffer.concat([makeRecord(1, 0, Buffer.from('a')), Buffer.alloc(40, 0xee)]);
  await expect(read(noise)).rejects.toMatchObject({ code: 'recording-unreadable' });
  await expect(read(WHOLE.subarray(0, 15))).rejects.toMatchObject({ code: 'recording-unreadable' });
});
