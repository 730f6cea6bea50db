import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const SECRET_BYTES = 32;

/** Starts a server on 127.0.0.1 only and tells the port; port 0 takes a free one. */
export function listenOnLoopback(
  server: Pick<Server, 'listen' | 'once' | 'off' | 'address'>,
  port: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** A secret of 256 bits that is safe in headers and fragments. */
export function makeSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** Compares without telling by its duration how much was right. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Whether a request names this loopback server; refuses names that a foreign DNS server may point at 127.0.0.1. */
export function isOwnHost(headers: IncomingHttpHeaders, port: number): boolean {
  return headers.host === `127.0.0.1:${port}` || headers.host === `localhost:${port}`;
}

/** Whether a browser says that our own page asked. A request without an Origin is no page's and passes only where allowed. */
export function isOwnOrigin(headers: IncomingHttpHeaders, port: number): boolean {
  return headers.origin === `http://127.0.0.1:${port}` || headers.origin === `http://localhost:${port}`;
}
