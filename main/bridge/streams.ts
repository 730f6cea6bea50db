import type { ByteStream } from '../../preload/byte-stream.ts';
import { encodeOutput, encodeRecord, type TerminalRecord } from '../../preload/terminal-records.ts';
import { AppError } from '../base/errors.ts';
import type { SessionRecord } from '../session/session-record.ts';
import { toProblem } from './problem.ts';
import type { Rooms } from './rooms.ts';

/** One viewer of a session: records down, input up. Ends the stream when the viewer has left. */
export async function viewSession(
  { sessions }: Rooms,
  { sessionId }: { readonly sessionId: string },
  stream: ByteStream,
  { signal }: { signal: AbortSignal },
): Promise<void> {
  const session = sessions.get(sessionId);
  const input = (async () => {
    for await (const bytes of stream.input) await session.write(bytes).catch(passReconnecting);
  })();
  // Input that comes after the shell has ended has nobody to go to; the page is told the end by event.
  input.catch(() => {});
  await session.view(
    {
      write: (record) => writeRecord(stream, record, signal),
      end: (error) => stream.end(error && toProblem(error)),
    },
    { signal },
  );
}

/** The page knows that the shell is away and that input is refused; the next shell takes it again. */
function passReconnecting(error: unknown): void {
  if (!(error instanceof AppError) || error.code !== 'session-reconnecting') throw error;
}

/** Records on their way to a page, several in a frame: one each costs more than a line of output in it. */
export interface RecordBatch {
  /** Waits for the page where there is enough to be sent. */
  add(record: TerminalRecord): Promise<void>;
  /** Sends what has not been sent yet. */
  flush(): Promise<void>;
}

/** What a page parses within a frame or two. */
const BATCH_BYTES = 48 * 1024;

export function createRecordBatch(stream: ByteStream, signal: AbortSignal): RecordBatch {
  let parts: Uint8Array[] = [];
  let bytes = 0;

  async function flush(): Promise<void> {
    const batch = Buffer.concat(parts);
    parts = [];
    bytes = 0;
    if (batch.byteLength > 0) await stream.write(batch, { signal });
  }

  return {
    async add(record) {
      for (const part of encode(record)) {
        parts.push(part);
        bytes += part.byteLength;
        if (bytes >= BATCH_BYTES) await flush();
      }
    },
    flush,
  };
}

function encode(record: TerminalRecord): Iterable<Uint8Array> {
  return record.kind === 'output' ? encodeOutput(record.timeMicros, record.bytes) : [encodeRecord(record)];
}

export async function writeRecord(
  stream: ByteStream,
  record: SessionRecord,
  signal: AbortSignal,
): Promise<void> {
  for (const part of encode(record)) await stream.write(part, { signal });
}
