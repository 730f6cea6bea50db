import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { listenOnLoopback } from '../../main/base/loopback.ts';

/** An API server that a test tells how to behave, badly where it wants to. */
export interface FakeApiServer {
  readonly address: string;
  readonly port: number;
  /** Every request and upgrade so far. */
  readonly requests: readonly IncomingMessage[];
  /** TCP connections so far. */
  readonly connections: readonly Socket[];
  close(): Promise<void>;
}

export interface FakeApiBehaviour {
  /** Absent: plain HTTP. */
  readonly tls?: ServerOptions;
  /** REST; absent: an empty object. */
  answer?(request: IncomingMessage, response: ServerResponse): void;
  /** An upgrade that is not to become a WebSocket: writes its answer to the socket and returns true. */
  refuse?(request: IncomingMessage, socket: Socket): boolean;
  /** An accepted WebSocket. */
  serve?(socket: WebSocket, request: IncomingMessage, tcp: Socket): void;
  /** Subprotocols that the server knows; the first of the client's that is one of them is taken. */
  readonly protocols?: readonly string[];
}

export async function startApiServer(behaviour: FakeApiBehaviour): Promise<FakeApiServer> {
  const requests: IncomingMessage[] = [];
  const connections: Socket[] = [];
  const known = behaviour.protocols ?? ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    requests.push(request);
    if (behaviour.answer) behaviour.answer(request, response);
    else sendJson(response, 200, {});
  };
  const http = behaviour.tls ? createTlsServer(behaviour.tls, answer) : createHttpServer(answer);
  const webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: 0,
    handleProtocols: (offered) => [...offered].find((name) => known.includes(name)) ?? false,
  });
  http.on('connection', (socket: Socket) => {
    connections.push(socket);
    socket.on('error', () => {});
  });
  http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    requests.push(request);
    socket.on('error', () => {});
    if (behaviour.refuse?.(request, socket)) return;
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => {});
      behaviour.serve?.(webSocket, request, socket);
    });
  });
  // Node's five seconds may pass between two requests; API servers keep a connection for minutes.
  http.keepAliveTimeout = 0;
  const port = await listenOnLoopback(http, 0);
  return {
    address: `${behaviour.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    requests,
    connections,
    close() {
      for (const socket of webSockets.clients) socket.terminate();
      for (const socket of connections) socket.destroy();
      return new Promise((resolve) => http.close(() => resolve()));
    },
  };
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

/** An answer to an upgrade, as raw HTTP. */
export function refuseUpgrade(socket: Socket, status: number, body: string): true {
  const type =
    body === '' ? '' : `content-type: text/plain\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
  socket.end(`HTTP/1.1 ${status} Refused\r\n${type}connection: close\r\n\r\n${body}`);
  return true;
}

/** A Status as the API server words its errors. */
export function createStatus(code: number, reason: string, message: string): Record<string, unknown> {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
}
