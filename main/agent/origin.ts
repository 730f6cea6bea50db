import { AppError } from '../base/errors.ts';

const MAX_ORIGIN_CHARACTERS = 253 + 'https://:65535'.length;

/**
 * An origin as browsers write it into their requests, `https://console.example` or `http://localhost:5174`; undefined
 * for anything else, `null` and names with capitals or a path among it.
 */
export function parseOrigin(text: string | undefined): string | undefined {
  if (text === undefined || text.length > MAX_ORIGIN_CHARACTERS) return undefined;
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  return url.origin === text ? text : undefined;
}

/**
 * The origin of an address that a person typed. Throws `bad-input` for what has none, and for one that whoever is on the
 * way could pretend to be.
 */
export function readOrigin(typed: string): string {
  const origin = parseOrigin(URL.parse(typed.trim())?.origin);
  if (origin === undefined) {
    throw new AppError('bad-input', 'this is not the address of a page', {
      hint: 'As https://console.example, or http://localhost:5174.',
    });
  }
  if (!isTrustworthy(origin)) {
    throw new AppError('bad-input', `${origin} comes over the network without TLS`, {
      hint: 'Anybody on its way could put a page of their own in its place, and have your shells. Serve it by https.',
    });
  }
  return origin;
}

/** As browsers have it: what is encrypted, or does not leave this machine. */
function isTrustworthy(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  if (protocol === 'https:') return true;
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    isLoopbackAddress(hostname)
  );
}

function isLoopbackAddress(hostname: string): boolean {
  return /^127(\.\d{1,3}){3}$/.test(hostname);
}
