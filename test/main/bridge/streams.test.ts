import { expect, test } from 'vitest';
import { createRecordBatch } from '../../../main/bridge/streams.ts';
import type { ByteStream } from '../../../preload/byte-stream.ts';
import { createRecordDecoder, type TerminalRecord } from '../../../preload/terminal-records.ts';

const { signal } = new AbortController();

function recordingStream(): { readonly stream: ByteStream; readonly writes: Uint8Array[] } {
  const writes: Uint8Array[] = [];
  const stream = { write: async (bytes: Uint8Array) => void writes.push(bytes) } as unknown as ByteStream;
  return { stream, writes };
}

function output(timeMicros: number, length: number): TerminalRecord & { readonly kind: 'output' } {
  return { kind: 'output', timeMicros, bytes: new Uint8Array(length).fill(timeMicros) };
}

test('records go together, in their order, and the last of them when they are asked for', async () => {
  const { stream, writes } = recordingStream();
  const batch = createRecordBatch(stream, signal);
  const records = Array.from({ length: 100 }, (_, index) => output(index, 2_000));
  for (const record of records) await batch.add(record);
  expect(writes.length).toBeGreaterThan(1);
  expect(writes.length).toBeLessThan(10);
  await batch.flush();
  await batch.flush();
  const decoder = createRecordDecoder();
  expect(writes.flatMap((bytes) => decoder.push(new Uint8Array(bytes)))).toEqual(records);
  decoder.finish();
});

test('a record of any length waits for no other', async () => {
  const { stream, writes } = recordingStream();
  const batch = createRecordBatch(stream, signal);
  await batch.add(output(1, 3_000_000));
  expect(writes.length).toBeGreaterThan(0);
  await batch.flush();
  const decoder = createRecordDecoder();
  const bytes = writes
    .flatMap((written) => decoder.push(written))
    .flatMap((record) => (record.kind === 'output' ? [record.bytes.length] : []));
  expect(bytes.reduce((sum, length) => sum + length, 0)).toBe(3_000_000);
});
