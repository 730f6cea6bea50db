import type { ByteStream } from '../../preload/byte-stream.ts';
import { encodeOutput, encodeRecord } from '../../preload/terminal-records.ts';
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

export async function writeRecord(
  stream: ByteStream,
  record: SessionRecord,
  signal: AbortSignal,
): Promise<void> {
  const parts =
    record.kind === 'output' ? encodeOutput(record.timeMicros, record.bytes) : [encodeRecord(record)];
  for (const part of parts) await stream.write(part, { signal });
}
