import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ByteStream, createByteStream, type StreamEnd } from '../../preload/byte-stream.ts';
import { WINDOW_BYTES } from '../../preload/credit.ts';
import type { Frame } from '../../preload/frame-codec.ts';
import { until } from '../fakes/until.ts';

type StreamFrame = Parameters<StreamEnd['receive']>[0];

interface Pair {
  readonly writer: ByteStream;
  readonly reader: ByteStream;
  readonly readerEnd: StreamEnd;
  /** What each side has sent. */
  readonly fromWriter: Frame[];
  readonly fromReader: Frame[];
}

/** Both ends of one stream, with nothing between them. */
function connect(): Pair {
  const fromWriter: Frame[] = [];
  const fromReader: Frame[] = [];
  const writerEnd: StreamEnd = createByteStream(
    1,
    (frame) => {
      fromWriter.push(frame);
      readerEnd.receive(frame as StreamFrame);
    },
    () => {},
  );
  const readerEnd: StreamEnd = createByteStream(
    1,
    (frame) => {
      fromReader.push(frame);
      writerEnd.receive(frame as StreamFrame);
    },
    () => {},
  );
  return { writer: writerEnd.stream, reader: readerEnd.stream, readerEnd, fromWriter, fromReader };
}

function sumCredit(frames: readonly Frame[]): number {
  return frames.reduce((sum, frame) => sum + (frame.kind === 'credit' ? frame.bytes : 0), 0);
}

test('credit goes back in few frames, and a small chunk alone brings none', async () => {
  const { writer, reader, fromReader } = connect();
  const iterator = reader.input[Symbol.asyncIterator]();
  for (let count = 0; count < 64; count += 1) {
    await writer.write(new Uint8Array(1_024));
    await iterator.next();
  }
  expect(fromReader).toEqual([]);
  await writer.write(new Uint8Array(1_024));
  await iterator.next();
  expect(fromReader).toEqual([{ kind: 'credit', id: 1, bytes: 65_536 }]);
});

test('however it is cut, all of it arrives, in order and within the window', async () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(lengths, async (all) => {
      const { writer, reader, fromWriter, fromReader } = connect();
      const writing = (async () => {
        for (const [index, length] of all.entries()) await writer.write(new Uint8Array(length).fill(index));
        writer.end();
      })();
      let read = 0;
      const received: Uint8Array[] = [];
      for await (const chunk of reader.input) {
        received.push(chunk);
        read += chunk.byteLength;
        const sent = fromWriter.reduce(
          (sum, frame) => sum + (frame.kind === 'data' ? frame.bytes.byteLength : 0),
          0,
        );
        expect(sent).toBeLessThanOrEqual(sumCredit(fromReader) + WINDOW_BYTES);
        expect(sumCredit(fromReader)).toBeLessThanOrEqual(read);
      }
      await writing;
      const sent = all.map((length, index) => new Uint8Array(length).fill(index));
      expect(Buffer.concat(received).equals(Buffer.concat(sent))).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('small chunks that wait are joined, and large ones are left alone', async () => {
  const { writer, reader } = connect();
  const bytes = Uint8Array.from({ length: 10_000 }, (_, index) => index % 251);
  for (const byte of bytes) await writer.write(new Uint8Array([byte]));
  await writer.write(new Uint8Array(60_000));
  writer.end();
  const chunks: Uint8Array[] = [];
  for await (const chunk of reader.input) chunks.push(chunk);
  expect(chunks.map((chunk) => chunk.byteLength)).toEqual([4_096, 4_096, 1_808, 60_000]);
  expect(Buffer.concat(chunks).subarray(0, 10_000).equals(bytes)).toBe(true);
});

test('credit for what was never sent is the other side’s mistake', async () => {
  const { readerEnd, reader } = connect();
  expect(() => readerEnd.receive({ kind: 'credit', id: 1, bytes: 1 })).toThrow('more than were taken');
  await reader.write(new Uint8Array(5));
  expect(() => readerEnd.receive({ kind: 'credit', id: 1, bytes: 6 })).toThrow('more than were taken');
  readerEnd.receive({ kind: 'credit', id: 1, bytes: 5 });
});

test('a second write does not mix its bytes into the first', async () => {
  const { writer, reader } = connect();
  const first = writer.write(new Uint8Array(WINDOW_BYTES + 1).fill(1));
  await expect(writer.write(new Uint8Array([2]))).rejects.toThrow('still under way');
  let received = 0;
  for await (const chunk of reader.input) {
    expect(chunk).not.toContain(2);
    received += chunk.byteLength;
    if (received === WINDOW_BYTES + 1) writer.end();
  }
  await first;
});

test('a write that was aborted makes room for the next one', async () => {
  const { writer, reader } = connect();
  await writer.write(new Uint8Array(WINDOW_BYTES));
  const leaving = new AbortController();
  const waiting = writer.write(new Uint8Array(1), { signal: leaving.signal });
  leaving.abort(new Error('had enough'));
  await expect(waiting).rejects.toThrow('had enough');
  const next = writer.write(new Uint8Array([7]));
  const iterator = reader.input[Symbol.asyncIterator]();
  for (let read = 0; read < WINDOW_BYTES; ) read += (await iterator.next()).value?.byteLength ?? 0;
  expect((await iterator.next()).value).toEqual(new Uint8Array([7]));
  await next;
});

test('who leaves early gets nothing more, and the writer is stopped rather than kept', async () => {
  const { writer, reader, fromReader } = connect();
  const leaving = new AbortController();
  let written = 0;
  const writing = (async () => {
    while (true) {
      await writer.write(new Uint8Array(65_536), { signal: leaving.signal });
      written += 65_536;
    }
  })();
  for await (const _chunk of reader.input) break;
  await until(() => written === WINDOW_BYTES);
  expect(fromReader).toEqual([]);
  expect(() => reader.input[Symbol.asyncIterator]()).toThrow('iterated once');
  leaving.abort(new Error('enough'));
  await expect(writing).rejects.toThrow('enough');
});
