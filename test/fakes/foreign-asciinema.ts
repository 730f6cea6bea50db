import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';

/** What the server does instead of what it should. A test changes it at any time. */
export interface AsciinemaBehaviour {
  /** The answer to whatever is posted. */
  refusal?:
    | { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> }
    | undefined;
  /** Answers before it has read a recording, and reads no more of it. */
  refusesEarly: boolean;
  /** Of a recording, as UPLOAD_SIZE_LIMIT has it. */
  limitBytes: number;
  /** Install ids that it knows. */
  installIds: readonly string[];
  /** No answer to anything. */
  isSilent: boolean;
  /** The answer to a producer’s WebSocket that is not let in. */
  producerRefusal?: number | undefined;
  /** Nothing is read from producers. */
  isStalled: boolean;
  /** The subprotocol of producers. */
  producerProtocol: 'v1.alis' | undefined;
}

export interface AsciinemaUpload {
  readonly fields: Readonly<Record<string, string>>;
  readonly fileName: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** One connection of a producer. */
export interface ProducerConnection {
  readonly protocol: string;
  readonly frames: readonly Buffer[];
  /** How the producer closed it; undefined while it has not. */
  readonly closed: { readonly code: number; readonly reason: string } | undefined;
  close(code: number, reason?: string): void;
  /** Without a closing handshake: 1006 for the other side. */
  drop(): void;
  /** Reads nothing any more, and answers nothing. */
  fallSilent(): void;
}

export interface ForeignAsciinema {
  readonly url: string;
  readonly behaviour: AsciinemaBehaviour;
  readonly requests: readonly {
    readonly line: string;
    readonly headers: IncomingMessage['headers'];
    readonly body: string;
  }[];
  readonly uploads: readonly AsciinemaUpload[];
  readonly producers: readonly ProducerConnection[];
}

export const INSTALL_ID = '0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9';

/** An asciinema server, from what its API does and its changesets check (asciinema-server 0915036). Ends with the test. */
export async function startForeignAsciinema(
  changes: Partial<AsciinemaBehaviour> = {},
  { tls }: { readonly tls?: TlsOptions } = {},
): Promise<ForeignAsciinema> {
  const behaviour: AsciinemaBehaviour = {
    refusesEarly: false,
    limitBytes: 8_000_000,
    installIds: [INSTALL_ID],
    isSilent: false,
    isStalled: false,
    producerProtocol: 'v1.alis',
    ...changes,
  };
  const requests: { line: string; headers: IncomingMessage['headers']; body: string }[] = [];
  const uploads: AsciinemaUpload[] = [];
  const producers: ProducerConnection[] = [];
  const sockets = new Set<Socket>();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const line = `${request.method} ${request.url}`;
    const note = { line, headers: request.headers, body: '' };
    requests.push(note);
    if (behaviour.isSilent) return undefined;
    const { refusal } = behaviour;
    if (refusal && behaviour.refusesEarly) {
      response.shouldKeepAlive = false;
      return answer(response, refusal.status, refusal.body ?? '', refusal.headers);
    }
    const body = await readAll(request);
    note.body = body.toString('latin1');
    if (refusal) return answer(response, refusal.status, refusal.body ?? '', refusal.headers);
    if (line === 'POST /api/v1/recordings') return takeRecording(request, response, body);
    if (line === 'POST /api/v1/streams') return openStream(request, response);
    if (line.startsWith('GET /api/v1/user/streams')) {
      return isKnown(request)
        ? answer(response, 200, [])
        : answer(response, 401, { type: 'unauthenticated' });
    }
    return answer(response, 404, '');
  }

  function isKnown({ headers }: IncomingMessage): boolean {
    const [scheme, credentials = ''] = (headers.authorization ?? '').split(' ');
    const [, installId = ''] = Buffer.from(credentials, 'base64').toString().split(':');
    return scheme === 'Basic' && behaviour.installIds.includes(installId);
  }

  function takeRecording(request: IncomingMessage, response: ServerResponse, body: Buffer): ServerResponse {
    if (!isKnown(request)) return answer(response, 401, { type: 'unauthenticated' });
    const upload = readForm(request, body);
    if (!upload) return answer(response, 422, { type: 'validation_failed', message: 'file is missing' });
    if (upload.bytes.length > behaviour.limitBytes) {
      return answer(response, 413, { type: 'content_too_large', message: 'The recording exceeds the limit' });
    }
    const problem = findProblem(upload.bytes);
    if (problem) return answer(response, 422, { type: 'validation_failed', message: problem });
    uploads.push(upload);
    const id = uploads.length;
    return answer(
      response,
      201,
      {
        id,
        url: `http://casts.example/a/${id}`,
        message: `View the recording at:\n\n    http://casts.example/a/${id}\n`,
      },
      { location: `http://casts.example/a/${id}` },
    );
  }

  function openStream(request: IncomingMessage, response: ServerResponse): ServerResponse {
    if (!isKnown(request)) return answer(response, 401, { type: 'unauthenticated' });
    const scheme = tls ? 'wss' : 'ws';
    return answer(response, 200, {
      id: 7,
      url: 'http://casts.example/s/public',
      ws_producer_url: `${scheme}://127.0.0.1:${port}/ws/S/producer-token`,
      live: false,
      title: null,
    });
  }

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    // A client that breaks off is told by nothing else.
    request.on('error', () => {});
    void serve(request, response).catch(() => response.destroy());
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  const webSockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) =>
      behaviour.producerProtocol && offered.has(behaviour.producerProtocol)
        ? behaviour.producerProtocol
        : false,
  });
  server.on('upgrade', (request, socket, head) => {
    requests.push({ line: `GET ${request.url} (upgrade)`, headers: request.headers, body: '' });
    if (behaviour.isSilent) return;
    if (behaviour.producerRefusal !== undefined || request.url !== '/ws/S/producer-token') {
      socket.end(
        `HTTP/1.1 ${behaviour.producerRefusal ?? 404} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      );
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      if (behaviour.isStalled) webSocket.pause();
      producers.push(trackProducer(webSocket));
    });
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, behaviour, requests, uploads, producers };
}

function trackProducer(webSocket: WebSocket): ProducerConnection {
  const frames: Buffer[] = [];
  let closed: ProducerConnection['closed'];
  webSocket.on('error', () => {});
  webSocket.on('message', (message: Buffer) => frames.push(Buffer.from(message)));
  webSocket.on('close', (code, reason) => {
    closed = { code, reason: reason.toString() };
  });
  return {
    protocol: webSocket.protocol,
    frames,
    get closed() {
      return closed;
    },
    close: (code, reason) => webSocket.close(code, reason),
    drop: () => webSocket.terminate(),
    fallSilent: () => webSocket.pause(),
  };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
}

function answer(
  response: ServerResponse,
  status: number,
  body: object | string,
  headers: Record<string, string> = {},
): ServerResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  return response.end(text);
}

/** RFC 7578, strictly; undefined where there is no part `file`. */
function readForm({ headers }: IncomingMessage, body: Buffer): AsciinemaUpload | undefined {
  const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(headers['content-type'] ?? '')?.[1];
  if (boundary === undefined || Number(headers['content-length']) !== body.length) return undefined;
  const text = body.toString('latin1');
  if (!text.startsWith(`--${boundary}\r\n`) || !text.endsWith(`\r\n--${boundary}--\r\n`)) return undefined;
  const inner = text.slice(boundary.length + 4, -(boundary.length + 8));
  const fields: Record<string, string> = {};
  let file: { name: string; bytes: Buffer } | undefined;
  for (const part of inner.split(`\r\n--${boundary}\r\n`)) {
    const end = part.indexOf('\r\n\r\n');
    const head = part.slice(0, end);
    const value = Buffer.from(part.slice(end + 4), 'latin1');
    const name = /name="([^"]+)"/.exec(head)?.[1] ?? '';
    if (name === 'file') file = { name: /filename="([^"]+)"/.exec(head)?.[1] ?? '', bytes: value };
    else fields[name] = value.toString('utf8');
  }
  if (!file) return undefined;
  return {
    fields,
    fileName: file.name,
    bytes: file.bytes,
    sha256: createHash('sha256').update(file.bytes).digest('hex'),
  };
}

/** What its changeset says of a cast; undefined where that is well. */
function findProblem(bytes: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const [first = '', ...lines] = text.split('\n').filter((line) => line !== '');
    const { version, width, height, env } = JSON.parse(first) as Record<string, number> & {
      env?: object | null;
    };
    if (version !== 2) return 'unsupported asciicast version';
    if (!(Number(width) >= 1 && Number(width) <= 720)) return 'cols is invalid';
    if (!(Number(height) >= 1 && Number(height) <= 200)) return 'rows is invalid';
    for (const [name, value] of Object.entries(env ?? {})) {
      if (!/^[A-Z0-9_]+$/.test(name) || typeof value !== 'string') return 'env is invalid';
    }
    if (lines.length === 0) return 'This recording has no events';
    for (const line of lines) {
      const [time, code, data] = JSON.parse(line) as [unknown, unknown, unknown];
      if (typeof time !== 'number' || time < 0 || typeof code !== 'string' || typeof data !== 'string') {
        return 'invalid event';
      }
    }
    return undefined;
  } catch {
    return 'invalid asciicast';
  }
}
