import { isIPv4 } from 'node:net';
import { isSameSecret } from '../base/loopback.ts';
import type { Exchange } from './exchange.ts';
import { Refusal } from './refusal.ts';

/** Who may ask at all. A client's certificate is asked for before, by TLS. */
export type Access =
  /** Whoever has it sends it with each request. */
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'certificate' }
  /** Every program on this machine. */
  | { readonly kind: 'loopback' };

/** Throws `unauthorized` or `forbidden`. */
export function checkDoor(access: Access, { headers, host }: Pick<Exchange, 'headers' | 'host'>): void {
  // No page is ours: what a browser sends for one is an attack on whoever sits before it.
  const site = headers['sec-fetch-site'];
  if (headers.origin !== undefined || site === 'cross-site' || site === 'same-site') {
    throw new Refusal('forbidden', 'web pages may not ask a recorder');
  }
  if (access.kind === 'loopback' && !isLoopbackHost(host)) {
    // Somebody's DNS may lead a name here; a browser would think that it asks that name.
    throw new Refusal('forbidden', 'ask this recorder by its address, as 127.0.0.1, or as localhost');
  }
  if (access.kind === 'token' && !isSameSecret(headers.authorization ?? '', `Bearer ${access.token}`)) {
    throw new Refusal('unauthorized', 'the token is missing or not the right one');
  }
}

function isLoopbackHost(host: string | undefined): boolean {
  const url = URL.parse(`http://${host}`);
  return url !== null && isLoopback(url.hostname);
}

/** Of an address or a host's name: whether only this machine can reach it. */
export function isLoopback(name: string): boolean {
  const host = name.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
