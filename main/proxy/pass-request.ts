import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ForwardRequest, flattenLines } from '../kube/forward.ts';
import type { KubeTransport } from '../kube/transport.ts';
import { cleanAnswerHeaders } from './request-head.ts';

/**
 * Passes a request and its answer, both bodies as they come and no faster than they are taken. Rejects before anything is
 * written to the client; what breaks later breaks the answer.
 */
export async function passRequest(
  { transport }: { readonly transport: KubeTransport },
  request: ForwardRequest,
  { message, response }: { readonly message: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  // Leaving it would otherwise end the client's connection, on which the answer is still to come.
  const body = message.iterator({ destroyOnReturn: false });
  // What nobody wanted of it stands before the client's next request. Not awaited: it may take its time.
  response.once('finish', () => void leave(body));
  const answer = await transport.forward(hasBody(message) ? { ...request, body } : request);
  response.sendDate = false;
  response.writeHead(answer.status, answer.statusText, flattenLines(cleanAnswerHeaders(answer.headers)));
  // A watch has nothing to say yet, and its client waits for that.
  response.flushHeaders();
  await pipeline(Readable.from(answer.body), response).catch(() => response.destroy());
}

/** Reads it to its end. Never rejects. */
async function leave(body: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const _ of body);
  } catch {
    // Its client is gone.
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
