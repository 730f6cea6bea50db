import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { performServerHandshake } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import {
  createServer as createTlsServer,
  type TLSSocket,
  type TlsOptions,
  type Server as TlsServer,
} from 'node:tls';
import type { Clock } from '../base/clock.ts';
import { AppError, systemCode } from '../base/errors.ts';
import type { Lifetime } from '../base/lifetime.ts';
import type { Log } from '../base/log.ts';
import { type Connection, createConnections } from './connections.ts';
import { createDeliveries } from './deliveries.ts';
import { type Access, isLoopback } from './door.ts';
import { type Exchange, exchangeHttp1, exchangeHttp2 } from './exchange.ts';
import { readHttpVersion } from './first-bytes.ts';
import { createRecorderDesk } from './recorder-desk.ts';
import {
  MAX_CONNECTIONS,
  MAX_HEAD_BYTES,
  type RecorderLimits,
  STREAM_WINDOW_BYTES,
} from './recorder-limits.ts';
import { createRecorderMetrics } from './recorder-metrics.ts';
import type { RecordingStore } from './recording-store.ts';

export interface RecorderNeeds {
  readonly clock: Clock;
  readonly log: Log;
  /** Mended. */
  readonly store: RecordingStore;
  readonly limits: RecorderLimits;
}

export interface RecorderOptions {
  /** An address, not a name; port 0 takes a free one. */
  readonly host: string;
  readonly port: number;
  readonly access: Access;
  /** PEM. With `clientAuthority` only clients whose certificate it signed get through the handshake. */
  readonly tls?: RecorderTls | undefined;
}

export interface RecorderTls {
  readonly certificate: string;
  readonly privateKey: string;
  readonly clientAuthority?: string | undefined;
}

const HANDSHAKE_MS = 10_000;
/** One delivery a stream; a proxy may have many clients' in one connection. */
const MAX_STREAMS = 100;
/** Node answers ENHANCE_YOUR_CALM beyond it: all windows of one connection full, and something for its headers. */
const MAX_SESSION_MB = 32;

/**
 * Listens until the lifetime ends: then takes no more, keeps what is coming in as partial recordings, tells its clients, and
 * closes. Resolves with its URL; rejects with `bad-input` where it cannot listen there.
 */
export async function startRecorder(
  needs: RecorderNeeds,
  options: RecorderOptions,
  life: Lifetime,
): Promise<{ readonly url: string; readonly port: number }> {
  const { limits } = needs;
  checkAddress(options);
  const deliveries = createDeliveries(limits);
  const connections = createConnections(limits);
  const metrics = await createRecorderMetrics({
    openDeliveries: () => deliveries.open.length,
    connections: () => connections.count,
    freeBytes: () => needs.store.freeBytes(),
  });
  const answer = createRecorderDesk({ ...needs, deliveries, metrics, access: options.access });

  async function serve(connection: Connection, exchange: Exchange): Promise<void> {
    const end = connection.begin();
    await answer(exchange);
    end();
  }

  const http1 = createHttpServer({
    maxHeaderSize: MAX_HEAD_BYTES,
    // The connections have a limit of their own, for what is quiet; a recording may take days.
    headersTimeout: 0,
    requestTimeout: 0,
    keepAliveTimeout: 0,
  });
  const served = new WeakMap<Socket, Connection>();
  function onRequest(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const connection = served.get(request.socket);
    if (connection)
      void serve(
        connection,
        exchangeHttp1(request, response, { from: describePeer(request.socket), expectsContinue }),
      );
  }
  http1.on('request', (request, response) => onRequest(request, response, false));
  http1.on('checkContinue', (request, response) => onRequest(request, response, true));

  function serveHttp2(socket: Socket, connection: Connection): void {
    const session = performServerHandshake(socket, {
      maxSessionMemory: MAX_SESSION_MB,
      settings: {
        initialWindowSize: STREAM_WINDOW_BYTES,
        maxConcurrentStreams: MAX_STREAMS,
        maxHeaderListSize: MAX_HEAD_BYTES,
      },
    });
    session.on('error', () => {});
    const from = describePeer(socket);
    session.on('stream', (stream, headers) => void serve(connection, exchangeHttp2(stream, headers, from)));
    connection.onQuiet(() => session.close());
  }

  async function welcome(socket: Socket): Promise<void> {
    const connection = connections.add(socket);
    const version = await readHttpVersion(socket);
    if (version === 2) serveHttp2(socket, connection);
    else if (version === 1) {
      served.set(socket, connection);
      http1.emit('connection', socket);
    } else socket.destroy();
  }

  const server = createListener(options.tls, (socket) => void welcome(socket));
  server.maxConnections = MAX_CONNECTIONS;
  const port = await listen(server, options);
  life.own(async () => {
    const closed = once(server, 'close');
    server.close();
    await deliveries.stop();
    await connections.close({ graceMs: limits.farewellMs });
    await closed;
  });
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return { url: `${options.tls ? 'https' : 'http'}://${host}:${port}`, port };
}

function describePeer(socket: Socket | TLSSocket): string {
  const address = socket.remoteAddress ?? 'unknown';
  // Without a certificate it is an empty object.
  const name = 'getPeerCertificate' in socket ? socket.getPeerCertificate()?.subject?.CN : undefined;
  return name ? `${address} (${name})` : address;
}

function checkAddress({ host, access }: RecorderOptions): void {
  if (access.kind !== 'loopback' || isLoopback(host)) return;
  throw new AppError('bad-input', `a recorder that asks nobody who they are may not listen on ${host}`, {
    hint: "Give it a token (--token-file) or the authority of the clients' certificates (--client-ca), or listen on 127.0.0.1.",
  });
}

function createListener(tls: RecorderTls | undefined, onConnection: (socket: Socket) => void): Server {
  if (!tls) return createServer(onConnection);
  const { certificate, privateKey, clientAuthority } = tls;
  const server = createTls({
    cert: certificate,
    key: privateKey,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['h2', 'http/1.1'],
    handshakeTimeout: HANDSHAKE_MS,
    ...(clientAuthority && { ca: clientAuthority, requestCert: true, rejectUnauthorized: true }),
  });
  server.on('secureConnection', onConnection);
  // Whoever could not shake hands is none of ours.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

function createTls(options: TlsOptions): TlsServer {
  try {
    return createTlsServer(options);
  } catch (cause) {
    throw new AppError('bad-input', 'the certificate, its key or the authority cannot be used', {
      cause,
      hint: 'They are PEM files, and the key is that of the certificate.',
    });
  }
}

async function listen(server: Server, { host, port }: RecorderOptions): Promise<number> {
  const listening = once(server, 'listening');
  server.listen(port, host);
  try {
    await listening;
  } catch (cause) {
    const hint = {
      hint: 'Name an address of this machine and a port that nobody has; port 0 takes a free one.',
    };
    throw new AppError('bad-input', `cannot listen on ${host} port ${port}: ${systemCode(cause)}`, {
      cause,
      ...hint,
    });
  }
  return (server.address() as AddressInfo).port;
}
