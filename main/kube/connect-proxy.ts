import { type IncomingMessage, request as sendRequest } from 'node:http';
import type { Socket } from 'node:net';
import { readStart } from './answer-body.ts';
import { type StepOptions, takeStep } from './dial-step.ts';
import { formatAddress, type ProxyAddress } from './proxy.ts';
import { ProxyRefusal } from './proxy-error.ts';

export interface TunnelTarget {
  readonly host: string;
  readonly port: number;
}

/** Of a refusal's page: what a person needs to recognise it. */
const MAX_REFUSAL_BYTES = 4 * 1024;

/** Asks an http or https proxy for a tunnel, on a socket to it. Throws `ProxyRefusal` on any answer but 2xx. */
export async function openTunnel(
  needs: { readonly userAgent: string },
  socket: Socket,
  proxy: ProxyAddress,
  { host, port }: TunnelTarget,
  options: StepOptions & { readonly pageMs: number },
): Promise<void> {
  const authority = formatAddress(host, port);
  await takeStep(socket, options, async () => {
    const { response, head } = await sendConnect(socket, {
      authority,
      headers: { host: authority, 'user-agent': needs.userAgent, ...formatProxyLogin(proxy) },
    });
    const { statusCode = 0, statusMessage = '' } = response;
    if (statusCode >= 200 && statusCode < 300) {
      // What the server had to say at once.
      if (head.byteLength > 0) socket.unshift(head);
      return;
    }
    const body = await readRefusal(socket, response, head, options);
    throw new ProxyRefusal(`answered ${statusCode} ${statusMessage}`.trim(), {
      body,
      isLogin: statusCode === 407,
    });
  });
}

/** The header by which a proxy knows us; none where it is named without a login. */
export function formatProxyLogin({ login }: ProxyAddress): Record<string, string> {
  if (!login) return {};
  const token = Buffer.from(`${login.username}:${login.password}`).toString('base64');
  return { 'proxy-authorization': `Basic ${token}` };
}

function sendConnect(
  socket: Socket,
  { authority, headers }: { readonly authority: string; readonly headers: Record<string, string> },
): Promise<{ response: IncomingMessage; head: Buffer }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ response: IncomingMessage; head: Buffer }>();
  const request = sendRequest({
    method: 'CONNECT',
    path: authority,
    headers,
    createConnection: () => socket,
  });
  request.once('connect', (response, _socket, head) => resolve({ response, head }));
  // Stays: what breaks after the answer is told by whoever uses the socket.
  request.on('error', reject);
  request.end();
  return promise;
}

/** What follows a refusal's head, as far as it comes in time. */
async function readRefusal(
  socket: Socket,
  { headers }: IncomingMessage,
  head: Buffer,
  { pageMs }: { readonly pageMs: number },
): Promise<string> {
  const announced = Number(headers['content-length'] ?? MAX_REFUSAL_BYTES);
  const timer = setTimeout(() => socket.destroy(), pageMs);
  socket.unshift(head);
  const text = await readStart(socket, Math.min(announced, MAX_REFUSAL_BYTES));
  clearTimeout(timer);
  // Lengths of chunks stand between them.
  return headers['transfer-encoding'] === undefined ? text : text.replaceAll(/(^|\r\n)[0-9a-f]+\r\n/gi, '');
}
