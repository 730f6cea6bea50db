import { AppError } from '../base/errors.ts';

/**
 * A cluster's `server` as a base address: origin and path prefix, no trailing slash. Without a scheme it is an http
 * one, and may have no path then (client-go, rest/url_utils.go). Throws `context-unusable`.
 */
export function parseServer(server: string): string {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]/i.test(server);
  const url = URL.parse(hasScheme ? server : `http://${server}`);
  if (!url || url.host === '' || (!hasScheme && url.pathname !== '/')) {
    throw createUnusable(`host must be a URL or a host:port pair: ${JSON.stringify(server)}`);
  }
  if (!/^https?:$/.test(url.protocol)) {
    throw createUnusable(`unsupported protocol scheme "${url.protocol.slice(0, -1)}"`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function createUnusable(message: string): AppError {
  return new AppError('context-unusable', message, {
    hint: 'The cluster’s `server` in the kubeconfig must be an address such as https://host:6443.',
  });
}
