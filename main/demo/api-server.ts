import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { toAppError } from '../base/errors.ts';
import type { Lifetime } from '../base/lifetime.ts';
import type { Log } from '../base/log.ts';
import { listenOnLoopback } from '../base/loopback.ts';
import type { LoopbackCertificates } from '../base/loopback-certificates.ts';
import { checkAccess, checkCaller, checkIdentity, reviewAccess, reviewIdentity } from './access.ts';
import { findApiRoute } from './api-routes.ts';
import type { DebugChanges } from './debug-changes.ts';
import { discover } from './discovery.ts';
import { type ExecEndpoint, refuseUpgrade } from './exec-endpoint.ts';
import { formatTime } from './pod-builder.ts';
import { parseRequestInfo, type RequestInfo } from './request-info.ts';
import { answerResource, type ResourceNeeds, sendJson } from './resource-routes.ts';
import { parseAccessReview } from './review-body.ts';
import {
  type Failure,
  internalError,
  methodNotAllowed,
  requestTooLarge,
  StatusError,
  unknownPath,
} from './status.ts';

export interface ApiServerNeeds extends ResourceNeeds {
  readonly log: Log;
  readonly certificates: LoopbackCertificates;
  /** The one bearer token that is let in. */
  readonly token: string;
  readonly exec: ExecEndpoint;
  readonly debug: DebugChanges;
}

/** Reviews are a few hundred bytes. */
const BODY_LIMIT_BYTES = 64 * 1024;

/** Serves the Kubernetes API on a free port of 127.0.0.1 until the lifetime ends. Returns its address. */
export async function startApiServer(needs: ApiServerNeeds, life: Lifetime): Promise<string> {
  const server = createServer({ cert: needs.certificates.certificate, key: needs.certificates.privateKey });
  const upgraded = new Set<Duplex>();
  let address = '';

  server.on('request', (request, response) => {
    // Not awaited: `answer` tells the client of its failures itself.
    void answer(request, response);
  });
  server.on('upgrade', (request, socket: Duplex, head) => {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    // A client that is gone before it is answered needs no answer.
    socket.on('error', () => {});
    acceptUpgrade(request, socket, head);
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, life.signal]);
    try {
      const { info, url } = admit(request);
      await route(info, url, request, response, signal);
    } catch (error) {
      if (signal.aborted) response.destroy();
      else sendFailure(response, toFailure(error, needs.log));
    }
  }

  function acceptUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    try {
      const { info, url } = admit(request);
      const found = findApiRoute(info);
      if (found?.name !== 'remote commands') throw new StatusError(unknownPath());
      needs.exec.accept(found.info, url, { request, socket, head });
    } catch (error) {
      refuseUpgrade(socket, toFailure(error, needs.log));
    }
  }

  /** Who asks, and for what; throws a status where either is refused. */
  function admit(request: IncomingMessage): { info: RequestInfo; url: URL } {
    checkCaller(request.headers);
    checkIdentity(request.headers, needs.token);
    const url = parseUrl(request, address);
    const info = parseRequestInfo(request.method ?? 'GET', url);
    if (info.kind === 'resource') checkAccess(info);
    return { info, url };
  }

  async function route(
    info: RequestInfo,
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    const found = findApiRoute(info);
    switch (found?.name) {
      case 'documents':
        return answerPath(found.path, request, response);
      case 'remote commands':
        return needs.exec.refuse(found.info, url);
      case 'debug containers':
      case 'debugging pods':
        return answerDebugging(found.info, request, response);
      case 'pods':
      case 'namespaces': {
        const work = { resource: found.name, info: found.info, url, headers: request.headers } as const;
        return await answerResource(needs, work, response, { signal });
      }
      case 'access reviews':
        return sendJson(
          response,
          201,
          reviewAccess(parseAccessReview(await readBody(request), request.headers['content-type'])),
        );
      case 'identity reviews':
        // It has nothing to say: who asks is in the headers.
        await readBody(request);
        return sendJson(response, 201, reviewIdentity(formatTime(needs.clock.nowMs())));
      default:
        throw new StatusError(unknownPath());
    }
  }

  async function answerDebugging(
    info: ResourceInfo,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = await readBody(request);
    const contentType = request.headers['content-type'];
    if (info.verb === 'patch') {
      return sendJson(response, 200, needs.debug.addContainers(info, body, contentType));
    }
    sendJson(response, 201, needs.debug.createPod(info.namespace, body, contentType));
  }

  function answerPath(path: string, request: IncomingMessage, response: ServerResponse): void {
    const document = discover(path, address.replace('https://', ''));
    if (document === undefined) throw new StatusError(unknownPath());
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new StatusError(methodNotAllowed());
    if (typeof document === 'string') {
      response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' });
      response.end(document);
    } else {
      sendJson(response, 200, document);
    }
  }

  const port = await listenOnLoopback(server, 0);
  address = `https://127.0.0.1:${port}`;
  life.own(async () => {
    const closed = once(server, 'close');
    server.close();
    await needs.exec.stop();
    for (const socket of upgraded) socket.destroy();
    server.closeAllConnections();
    await closed;
  });
  return address;
}

type ResourceInfo = Extract<RequestInfo, { readonly kind: 'resource' }>;

function parseUrl(request: IncomingMessage, address: string): URL {
  try {
    return new URL(request.url ?? '/', address);
  } catch {
    throw new StatusError(unknownPath());
  }
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_LIMIT_BYTES) throw new StatusError(requestTooLarge(BODY_LIMIT_BYTES));
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function toFailure(error: unknown, log: Log): Failure {
  if (error instanceof StatusError) return error.status;
  log.error({ error: toAppError(error).message }, 'demo cluster failed to answer');
  return internalError(toAppError(error).message);
}

function sendFailure(response: ServerResponse, failure: Failure): void {
  if (response.headersSent) response.destroy();
  else sendJson(response, failure.code, failure);
}
