import { createRecordDecoder, type TerminalRecord } from '../../preload/terminal-records.ts';

/**
 * Terminal records out of a stream's chunks, one at a time. The next chunk is asked for, and so its
 * sender given credit, only when every record of the last one has been taken.
 */
export async function* readRecords(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TerminalRecord> {
  const decoder = createRecordDecoder();
  for await (const chunk of chunks) yield* decoder.push(chunk);
  decoder.finish();
}
