import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  IncomingHttpHeaders,
  IncomingHttpStatusHeader,
  OutgoingHttpHeaders,
} from 'node:http2';
import { MAX_ANSWER_BYTES } from '../recorder/recorder-answer.ts';

/** The head of an answer, whose body is still to come. */
export interface Http2Answer {
  readonly stream: ClientHttp2Stream;
  readonly status: number;
  readonly header: (name: string) => string | undefined;
}

/** A client's session, and why it ended where it did: the stream's own error seldom says. */
export interface Http2Client {
  readonly session: ClientHttp2Session;
  /** The session's error; undefined while it has none. */
  readonly failure: () => Error | undefined;
}

/** Listens from the start: an error that nobody hears would end the program. */
export function watchSession(session: ClientHttp2Session): Http2Client {
  let failure: Error | undefined;
  session.on('error', (error) => {
    failure ??= error;
  });
  return { session, failure: () => failure };
}

/**
 * Sends a request's head and resolves with the answer's. Rejects with the session's error where there is one, also
 * where the connection is closed without a word, which is no error to Node.
 */
export async function askHttp2(
  { session, failure }: Http2Client,
  headers: OutgoingHttpHeaders,
  { isWhole }: { readonly isWhole: boolean },
): Promise<Http2Answer> {
  if (session.destroyed) throw failure() ?? new Error(CLOSED);
  const stream = session.request(headers, { endStream: isWhole });
  return new Promise((resolve, reject) => {
    const fail = (error?: Error): void => reject(failure() ?? error ?? new Error(CLOSED));
    // Stays: what comes after the answer is told by `close`.
    stream.on('error', fail);
    stream.once('close', fail);
    stream.once('response', (head) => {
      stream.off('close', fail);
      resolve({ stream, status: readStatus(head), header: (name) => readHeader(head, name) });
    });
  });
}

/** The beginning of a body, up to `MAX_ANSWER_BYTES`; what breaks off ends it. */
export async function readHttp2Text(stream: ClientHttp2Stream): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const bytes of stream as AsyncIterable<Buffer>) {
      pieces.push(bytes);
      length += bytes.length;
      if (length >= MAX_ANSWER_BYTES) break;
    }
  } catch {
    // What came is all that there is to be shown.
  }
  return Buffer.concat(pieces).toString('utf8', 0, Math.min(length, MAX_ANSWER_BYTES));
}

const CLOSED = 'the connection was closed without an answer';

function readStatus(head: IncomingHttpStatusHeader): number {
  return head[':status'] ?? 0;
}

function readHeader(head: IncomingHttpHeaders, name: string): string | undefined {
  const value = head[name];
  return typeof value === 'string' ? value : undefined;
}
