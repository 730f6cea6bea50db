import type { ByteStream } from '../../preload/byte-stream.ts';
import type { CallsOf, Rooms } from './rooms.ts';
import { writeRecord } from './streams.ts';

export function answerCredentials({
  userRequests,
}: Rooms): CallsOf<'credentials.requests' | 'credentials.answer' | 'credentials.resize'> {
  return {
    'credentials.requests': async () => userRequests.list(),
    'credentials.answer': async ({ requestId, answer }) => {
      userRequests.answer(requestId, answer);
      return {};
    },
    'credentials.resize': async ({ requestId, size }) => {
      userRequests.terminal(requestId).resize(size);
      return {};
    },
  };
}

/** A window on a login: records down, keys up. Ends when the plugin has ended. */
export async function viewLogin(
  { userRequests }: Rooms,
  { requestId }: { readonly requestId: string },
  stream: ByteStream,
  { signal }: { signal: AbortSignal },
): Promise<void> {
  const terminal = userRequests.terminal(requestId);
  const input = (async () => {
    for await (const bytes of stream.input) await terminal.write(bytes, { signal });
  })();
  // Keys that come after the plugin has ended have nobody to go to; the stream's end tells the page.
  input.catch(() => {});
  await terminal.view((record) => writeRecord(stream, record, signal), { signal });
  stream.end();
}
