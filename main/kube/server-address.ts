import { AppError } from '../base/errors.ts';

export interface ServerAddress {
  /** Origin and path prefix, no trailing slash. */
  readonly address: string;
  /** What stands before the `@`, percent-decoded. */
  readonly login?: { readonly username: string; readonly password: string };
}

/**
 * A cluster's `server`. Without a scheme it is an http one, and may have no path then (client-go,
 * rest/url_utils.go). Throws `context-unusable`.
 */
export function parseServer(server: string): ServerAddress {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]/i.test(server);
  const url = URL.parse(hasScheme ? server : `http://${server}`);
  if (!url || url.host === '' || (!hasScheme && url.pathname !== '/')) {
    throw createUnusable(`host must be a URL or a host:port pair: ${JSON.stringify(withoutLogin(server))}`);
  }
  if (!/^https?:$/.test(url.protocol)) {
    throw createUnusable(`unsupported protocol scheme "${url.protocol.slice(0, -1)}"`);
  }
  const address = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  if (url.username === '' && url.password === '') return { address };
  return { address, login: { username: decode(url.username), password: decode(url.password) } };
}

/** For people to see. Also of what is no address: whatever stands before the last `@` may be a password. */
export function withoutLogin(server: string): string {
  return server.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A % that begins no code is one.
    return text;
  }
}

function createUnusable(message: string): AppError {
  return new AppError('context-unusable', message, {
    hint: 'The cluster’s `server` in the kubeconfig must be an address such as https://host:6443.',
  });
}
