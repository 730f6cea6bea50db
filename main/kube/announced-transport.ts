import { AppError } from '../base/errors.ts';
import type { ForwardRequest } from './forward.ts';
import { keepBody } from './kept-body.ts';
import { describeRequest, type RequestInfo } from './request-info.ts';
import type { KubeTransport } from './transport.ts';

/** A request to an API server that is not sent yet. */
export interface ComingRequest {
  readonly method: string;
  /** As it will stand in the request: below the server's address, with its query. */
  readonly uri: string;
  /** Of somebody else's request it is read where it is asked for; that rejects with `bad-input` beyond 8 MiB. */
  readonly body: string | (() => Promise<Uint8Array>);
  readonly info: RequestInfo;
  /** Of the program whose request it is; absent where that is our own. */
  readonly userAgent?: string;
}

/** What a recorder is told is held at once. API servers take 3 MiB (k8s.io/apiserver, server/config.go). */
const MAX_TOLD_BODY_BYTES = 8 * 1024 * 1024;

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

  function describeForwarded(
    { method, target, headers }: ForwardRequest,
    body: ComingRequest['body'],
  ): ComingRequest {
    const [path = '', ...query] = target.split('?');
    const info = describeRequest(method, path, new URLSearchParams(query.join('?')));
    const [, userAgent] = headers.find(([name]) => name.toLowerCase() === 'user-agent') ?? [];
    return { method, uri: `${base}${target}`, body, info, ...(userAgent !== undefined && { userAgent }) };
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
    async forward(request) {
      if (!request.body) {
        await announce(describeForwarded(request, ''), request);
        return transport.forward(request);
      }
      const kept = keepBody(request.body, MAX_TOLD_BODY_BYTES);
      let isRead = false;
      await announce(
        describeForwarded(request, () => {
          isRead = true;
          return readWhole(kept.read());
        }),
        request,
      );
      return transport.forward(isRead ? { ...request, body: kept.read() } : request);
    },
    async openTunnel(request) {
      await announce(describeForwarded(request, ''), request);
      return transport.openTunnel(request);
    },
  };
}

async function readWhole(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length > MAX_TOLD_BODY_BYTES) {
      throw new AppError(
        'bad-input',
        `the body of a request is longer than the ${MAX_TOLD_BODY_BYTES / 1024 ** 2} MiB that a recorder can be told`,
        { hint: 'The policy has recorders told of requests to this cluster: send less at once.' },
      );
    }
  }
  return Buffer.concat(chunks);
}
