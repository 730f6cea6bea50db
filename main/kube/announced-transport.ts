import { describeRequest, type RequestInfo } from './request-info.ts';
import type { KubeTransport } from './transport.ts';

/** A request to an API server that is not sent yet. */
export interface ComingRequest {
  readonly method: string;
  /** As it will stand in the request: below the server's address, with its query. */
  readonly uri: string;
  readonly body: string;
  readonly info: RequestInfo;
}

/** Rejects where the request may not be sent. */
export type AnnounceRequest = (
  request: ComingRequest,
  options: { readonly signal: AbortSignal },
) => Promise<void>;

/**
 * The same transport, with each request and upgrade announced before it is sent: once, also where it is sent again with a
 * renewed credential. No credential is part of what is announced.
 */
export function announceRequests(transport: KubeTransport, announce: AnnounceRequest): KubeTransport {
  // A server's address may have a path of its own.
  const base = new URL(transport.server).pathname.replace(/\/$/, '');

  function describe(
    method: string,
    { path, query, body = '' }: { path: string; query?: URLSearchParams; body?: string },
  ): ComingRequest {
    const uri = `${base}${path}${query?.size ? `?${query}` : ''}`;
    return { method, uri, body, info: describeRequest(method, path, query) };
  }

  return {
    ...transport,
    async request(request) {
      await announce(describe(request.method, request), request);
      return transport.request(request);
    },
    async openWebSocket(request) {
      await announce(describe('GET', request), request);
      return transport.openWebSocket(request);
    },
  };
}
