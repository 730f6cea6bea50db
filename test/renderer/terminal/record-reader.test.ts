import { expect, test } from 'vitest';
import { encodeRecord, RecordFormatError } from '../../../preload/terminal-records.ts';
import { readRecords } from '../../../renderer/terminal/record-reader.ts';
import { createRecordSource, output } from '../../fakes/record-source.ts';

test('the next chunk is asked for when every record of the last was taken', async () => {
  const source = createRecordSource([output(0, 'a'), output(1, 'b')]);
  const reader = readRecords(source.input);
  await reader.next();
  expect(source.taken).toBe(1);
  await reader.next();
  expect(source.taken).toBe(2);
  expect((await reader.next()).done).toBe(true);
});

test('leaving early lets the stream go', async () => {
  const source = createRecordSource([output(0, 'a'), output(1, 'b')]);
  for await (const record of readRecords(source.input)) if (record.kind === 'output') break;
  expect(source.isClosed).toBe(true);
});

test('a stream that ends inside a record is not taken for whole', async () => {
  async function* cut(): AsyncGenerator<Uint8Array> {
    yield encodeRecord(output(0, 'abc')).subarray(0, -1);
  }
  await expect(readRecords(cut()).next()).rejects.toThrow(RecordFormatError);
});
