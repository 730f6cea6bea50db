import { request as openRequest } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '../base/errors.ts';
import { readBody } from './answer-body.ts';
import { toConnectError } from './connect-error.ts';
import {
  type AnswerHead,
  type ForwardAnswer,
  type ForwardRequest,
  flattenLines,
  type HeaderLines,
  pairLines,
} from './forward.ts';
import type { ResolvedContext } from './kubeconfig.ts';

/** The server speaks another protocol from here on. */
export interface Tunnel extends AnswerHead {
  readonly kind: 'open';
  /** Paused; what came behind the answer's head is still in it. Whoever has it destroys it. */
  readonly socket: Socket;
}

/** The server answered with something else than 101. */
export interface TunnelRefusal extends ForwardAnswer {
  readonly kind: 'refused';
}

/**
 * Asks for an upgrade, to WebSocket or whatever the headers say, on a connection of its own. Nothing is read of the new
 * protocol. `headers` has the identity as well. Rejects with a connection's error or the signal's reason.
 */
export async function requestTunnel(
  context: ResolvedContext,
  { method, target, headers, signal }: ForwardRequest,
  { connection, answerMs }: { readonly connection: Socket; readonly answerMs: number },
): Promise<Tunnel | TunnelRefusal> {
  const { promise, resolve, reject } = Promise.withResolvers<Tunnel | TunnelRefusal>();
  const { host, pathname } = new URL(context.cluster.server);
  // Written as they stand here: Node adds none to header lines that are given as a list.
  const lines = [['Host', host] as const, ...headers, ...sayEmpty(method, headers)];
  const request = openRequest({
    createConnection: () => connection,
    method,
    path: `${pathname.replace(/\/$/, '')}${target}`,
    headers: flattenLines(lines),
  });
  const cancel = (): void => {
    reject(signal.reason);
    connection.destroy();
  };
  const timer = setTimeout(() => {
    reject(createSilent(context, answerMs));
    connection.destroy();
  }, answerMs);
  signal.addEventListener('abort', cancel, { once: true });
  connection.once('close', () => signal.removeEventListener('abort', cancel));
  if (signal.aborted) cancel();
  request.once('upgrade', (response, _socket, head: Buffer) => {
    signal.removeEventListener('abort', cancel);
    connection.pause();
    if (head.length > 0) connection.unshift(head);
    resolve({ kind: 'open', ...toHead(response), socket: connection });
  });
  request.once('response', (response) => {
    // Nothing else is asked on it.
    response.once('close', () => connection.destroy());
    const body = readBody(context, { body: response, isPacked: false }, { signal });
    resolve({ kind: 'refused', ...toHead(response), body });
  });
  // Stays: an error without a listener would end the process.
  request.on('error', (error) => reject(toConnectError(context, error)));
  request.end();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

/** Without it, Node would send an empty body in chunks, which the new protocol would begin with. */
function sayEmpty(method: string, headers: HeaderLines): HeaderLines {
  const isSaid = headers.some(([name]) => name.toLowerCase() === 'content-length');
  return isSaid || method === 'GET' ? [] : [['Content-Length', '0']];
}

function toHead(response: {
  readonly statusCode?: number | undefined;
  readonly statusMessage?: string | undefined;
  readonly rawHeaders: readonly string[];
}): AnswerHead {
  return {
    status: response.statusCode ?? 0,
    statusText: response.statusMessage ?? '',
    headers: pairLines(response.rawHeaders),
  };
}

function createSilent({ cluster }: ResolvedContext, answerMs: number): AppError {
  return new AppError(
    'cluster-unreachable',
    `${cluster.server} took the request for an upgrade and did not answer within ${answerMs / 1_000} s`,
    { hint: 'A proxy in between may not let upgrades through.' },
  );
}
