import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface LoopbackAsk {
  /** `UPGRADE` asks for a WebSocket. */
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** PEM; without it no TLS is spoken. */
  readonly authority?: string;
}

const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
};

/** One request to a port of this machine, by Node's own client, which says what it is told. Resolves with the status. */
export function askLoopback(
  port: number,
  { method, path, headers, body, authority }: LoopbackAsk,
): Promise<number> {
  const isUpgrade = method === 'UPGRADE';
  const options: RequestOptions & { readonly ca?: string; readonly servername?: string } = {
    host: '127.0.0.1',
    port,
    path,
    method: isUpgrade ? 'GET' : method,
    headers: { ...(isUpgrade && UPGRADE), ...headers },
    agent: false,
    // Else Node checks the certificate for the name in the Host header.
    ...(authority !== undefined && { ca: authority, servername: 'localhost' }),
  };
  return new Promise((resolve, reject) => {
    const asked = authority === undefined ? requestHttp(options) : requestHttps(options);
    const answer = (response: IncomingMessage): void => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    };
    asked.on('response', answer);
    asked.on('upgrade', answer);
    asked.on('error', reject);
    asked.end(body);
  });
}
