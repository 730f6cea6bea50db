import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { AppError, systemCode } from '../base/errors.ts';
import { toConnectError } from './connect-error.ts';
import type { ResolvedContext } from './kubeconfig.ts';
import type { TlsSettings } from './tls-settings.ts';

export interface UpgradeRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly protocols: readonly string[];
  readonly signal: AbortSignal;
}

/** The server answered an upgrade with something else than 101. */
export class UpgradeRefusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** At most 64 KiB of it. */
  readonly body: string;

  constructor(
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
    body: string,
  ) {
    super(`the server answered ${status} to a WebSocket upgrade`);
    this.name = 'UpgradeRefusal';
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/** For dial, TLS handshake and answer together, each; kubectl gives dialling as much. */
const HANDSHAKE_TIMEOUT_MS = 30_000;
/** Largest message that is taken: API servers send 32 KiB, and ws' default of 100 MiB would all be held at once. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
/** Of the body of a refusal: a Status is below 4 KiB, a proxy's page below this. */
const MAX_REFUSAL_BYTES = 64 * 1024;

/** Opens a WebSocket that is paused: nothing is read from it until the caller resumes it. */
export function upgrade(
  context: ResolvedContext,
  { path, query, protocols, signal }: UpgradeRequest,
  options: TlsSettings & { readonly headers: Readonly<Record<string, string>> },
): Promise<WebSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
  if (signal.aborted) return Promise.reject(signal.reason);
  let socket: WebSocket;
  try {
    socket = new WebSocket(
      `${context.cluster.server.replace(/^http/, 'ws')}${path}?${query}`,
      [...protocols],
      {
        ...options,
        perMessageDeflate: false,
        maxPayload: MAX_MESSAGE_BYTES,
        handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      },
    );
  } catch (error) {
    // A certificate or key that OpenSSL cannot read is told before anything is sent.
    return Promise.reject(toConnectError(context, error));
  }
  const cancel = (): void => {
    reject(signal.reason);
    socket.terminate();
  };
  signal.addEventListener('abort', cancel, { once: true });
  socket.once('open', () => {
    socket.pause();
    resolve(socket);
  });
  socket.once('unexpected-response', async (_request, response: IncomingMessage) => {
    reject(await readRefusal(response));
    socket.terminate();
  });
  // Stays for the socket's life: an error without a listener would end the process.
  socket.on('error', (error) => reject(toUpgradeFailure(context, error)));
  return promise.finally(() => signal.removeEventListener('abort', cancel));
}

/** An answer of 101 that is none has no code of its own (ws, lib/websocket.js: subprotocol, Sec-WebSocket-Accept). */
function toUpgradeFailure(context: ResolvedContext, error: Error): AppError {
  if (systemCode(error) !== undefined || !/subprotocol|Invalid /.test(error.message)) {
    return toConnectError(context, error);
  }
  return new AppError(
    'protocol-error',
    `${context.cluster.server} did not open a WebSocket as it should: ${error.message}`,
    { hint: 'A proxy in between may take WebSockets apart.', cause: error },
  );
}

/** Never rejects: of a body that breaks off, what had come is told. */
async function readRefusal(response: IncomingMessage): Promise<UpgradeRefusal> {
  const chunks: Buffer[] = [];
  let length = 0;
  response.setTimeout(HANDSHAKE_TIMEOUT_MS, () => response.destroy());
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.byteLength;
      if (length >= MAX_REFUSAL_BYTES) break;
    }
  } catch {
    // The status is what matters.
  }
  const body = Buffer.concat(chunks).subarray(0, MAX_REFUSAL_BYTES).toString('utf8');
  return new UpgradeRefusal(response.statusCode ?? 0, response.headers, body);
}
