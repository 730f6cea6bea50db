import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { AppError, systemCode } from '../base/errors.ts';
import { readStart } from './answer-body.ts';
import { toConnectError } from './connect-error.ts';
import type { ResolvedContext } from './kubeconfig.ts';
import type { RequestHeaders } from './request-headers.ts';

export interface UpgradeRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly protocols: readonly string[];
  /** As of a credential. */
  readonly isUnattended?: boolean;
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

/** For the answer, and for a pause within a refusal's body. */
const HANDSHAKE_TIMEOUT_MS = 30_000;
/** Largest message that is taken: API servers send 32 KiB, and ws' default of 100 MiB would all be held at once. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
/** Of the body of a refusal: a Status is below 4 KiB, a proxy's page below this. */
const MAX_REFUSAL_BYTES = 64 * 1024;

/**
 * Opens a WebSocket on a connection of its own; it is paused: nothing is read from it until the caller resumes it.
 * Rejects with `UpgradeRefusal`, a connection's error, `protocol-error`, or the signal's reason.
 */
export async function upgrade(
  context: ResolvedContext,
  { path, query, protocols, signal }: UpgradeRequest,
  { connection, headers }: { readonly connection: Socket; readonly headers: RequestHeaders },
): Promise<WebSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
  const socket = new WebSocket(
    `${context.cluster.server.replace(/^http/, 'ws')}${path}?${query}`,
    [...protocols],
    {
      createConnection: () => connection,
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      finishRequest(request) {
        request.setHeaders(new Map(Object.entries(headers)));
        request.end();
      },
    },
  );
  const cancel = (): void => {
    reject(signal.reason);
    socket.terminate();
  };
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
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

async function readRefusal(response: IncomingMessage): Promise<UpgradeRefusal> {
  response.setTimeout(HANDSHAKE_TIMEOUT_MS, () => response.destroy());
  const body = await readStart(response, MAX_REFUSAL_BYTES);
  return new UpgradeRefusal(response.statusCode ?? 0, response.headers, body);
}
