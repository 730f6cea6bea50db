import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { chooseSubprotocol, type Subprotocol } from './channel-frames.ts';
import type { ContainerRuntime } from './container-runtime.ts';
import type { PodPlan } from './demo-pods.ts';
import type { DemoStore } from './demo-store.ts';
import { type ExecRequest, parseExecRequest, startExec } from './exec-request.ts';
import { runExecSession } from './exec-session.ts';
import type { RequestInfo } from './request-info.ts';
import { badRequest, type Failure, StatusError } from './status.ts';

export interface ExecNeeds {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: DemoStore;
  readonly plans: readonly PodPlan[];
  readonly runtime: ContainerRuntime;
}

/** Answers `pods/exec` and `pods/attach`. */
export interface ExecEndpoint {
  /** A request that does not ask for an upgrade. Always throws the status of its refusal. */
  refuse(info: RequestInfo & { kind: 'resource' }, url: URL): never;
  /** A request that asks for one, already authorized. Throws the status of its refusal, or takes the socket over. */
  accept(
    info: RequestInfo & { kind: 'resource' },
    url: URL,
    upgrade: { readonly request: IncomingMessage; readonly socket: Duplex; readonly head: Buffer },
  ): void;
  /** Ends all sessions; resolves when their programs are gone. */
  stop(): Promise<void>;
}

/** x/net's limit for one frame (websocket, DefaultMaxPayloadBytes). */
const MAX_FRAME_BYTES = 32 * 1024 * 1024;
const CLOSE_GOING_AWAY = 1001;
/** For the answer to our closing; after it the socket is cut. */
const CLOSE_LIMIT_MS = 500;

export function createExecEndpoint(needs: ExecNeeds): ExecEndpoint {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handleProtocols: (offered) => chooseSubprotocol([...offered].join(',')) ?? false,
  });
  const sessions = new Map<WebSocket, Promise<void>>();

  function parse(info: RequestInfo & { kind: 'resource' }, url: URL): ExecRequest {
    const { namespace, name, subresource } = info;
    const kind = subresource === 'attach' ? 'attach' : 'exec';
    return parseExecRequest(needs, { kind, namespace, name }, url.searchParams);
  }

  function run(socket: WebSocket, subprotocol: Subprotocol, request: ExecRequest): void {
    const done = runExecSession(needs, {
      socket,
      subprotocol,
      request,
      start: () => startExec(needs, request),
      end: (process) => needs.runtime.end(process),
    }).finally(() => sessions.delete(socket));
    sessions.set(socket, done);
  }

  return {
    refuse(info, url) {
      parse(info, url);
      throw new StatusError(badRequest('Upgrade request required'));
    },
    accept(info, url, { request, socket, head }) {
      const exec = parse(info, url);
      const wanted = request.headers.upgrade?.toLowerCase() ?? '';
      if (request.method !== 'GET' || wanted !== 'websocket') {
        throw new StatusError(
          badRequest(
            `unable to upgrade: the demo cluster speaks websocket here, and not ${wanted || 'nothing'}`,
          ),
        );
      }
      const subprotocol = chooseSubprotocol(request.headers['sec-websocket-protocol']);
      if (!subprotocol) {
        refuseHandshake(socket);
        return;
      }
      server.handleUpgrade(request, socket, head, (client) => run(client, subprotocol, exec));
    },
    async stop() {
      const open = [...sessions];
      for (const [socket] of open) socket.close(CLOSE_GOING_AWAY);
      const limit = new AbortController();
      const cut = needs.clock
        .sleep(CLOSE_LIMIT_MS, { signal: limit.signal })
        .then(() =>
          open.forEach(([socket]) => {
            socket.terminate();
          }),
        )
        .catch(() => {});
      await Promise.all(open.map(([, done]) => done));
      limit.abort();
      await cut;
      for (const [socket] of open) socket.terminate();
    },
  };
}

/** Answers an upgrade request with a Status, as to any other request. */
export function refuseUpgrade(socket: Duplex, status: Failure): void {
  const body = JSON.stringify(status);
  socket.end(
    [
      `HTTP/1.1 ${status.code} ${STATUS_CODES[status.code] ?? status.reason}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

/** What x/net does with subprotocols that it does not know: no body, no type, no length. */
function refuseHandshake(socket: Duplex): void {
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
}
