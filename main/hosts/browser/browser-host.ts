import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { MAX_REQUEST_CHARACTERS } from '../../../preload/frame-codec.ts';
import { TOKEN_PREFIX, WIRE_PROTOCOL } from '../../../preload/handshake.ts';
import type { Wire } from '../../../preload/wire.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { isOwnHost, isOwnOrigin, listenOnLoopback } from '../../base/loopback.ts';
import { findRoute, type Route } from '../../base/routes.ts';
import { createWrongTries } from '../../base/wrong-tries.ts';
import { type PageFiles, readPageFiles } from '../page/page-files.ts';
import { PAGE_HEADERS } from '../page/page-headers.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import { createSocketWire } from './socket-wire.ts';

/** The page for a browser on this machine: loopback only, our own page only, and only with a secret. */
export interface BrowserHost {
  readonly port: number;
  /** An address that lets one window in, once. The secret stands in the fragment, which browsers do not send. */
  newLink(): string;
  stop(): Promise<void>;
}

export interface BrowserHostOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly pageFolder: string;
  serve(wire: Wire): void;
  /** For the commands of other pages; absent: there are none. */
  readonly agent?: UpgradeDoor;
}

/** Who may have a socket, and who gets it. */
export interface UpgradeDoor {
  /** The status to refuse with, or nothing. */
  judge(request: IncomingMessage): string | undefined | Promise<string | undefined>;
  open(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

const PLAIN_ROUTES = ['GET /*', 'HEAD /*', 'POST /session'] as const;
const UPGRADE_ROUTES = ['UPGRADE /wire', 'UPGRADE /ws/exec'] as const;
/** All that is answered here; what asks for an upgrade has a method of its own. */
export const BROWSER_ROUTES: readonly Route[] = [...PLAIN_ROUTES, ...UPGRADE_ROUTES];

/** Of an origin, which is a name and a port where it is one. */
const MAX_LOGGED_CHARACTERS = 300;
/** `{"secret":"…"}` is 56 bytes. */
const MAX_SESSION_BODY_BYTES = 1024;
/** The longest request as UTF-8, at most three bytes a character; stream bytes come in less. */
const MAX_MESSAGE_BYTES = 3 * MAX_REQUEST_CHARACTERS;

export async function startBrowserHost(
  needs: { readonly log: Log; readonly clock: Clock },
  options: BrowserHostOptions,
): Promise<BrowserHost> {
  const files = await readPageFiles(options.pageFolder);
  const secrets = createSecrets(needs);
  const answers: Record<
    (typeof PLAIN_ROUTES)[number],
    (request: IncomingMessage, response: ServerResponse) => void
  > = {
    'GET /*': (request, response) => answerFile(request, response, files),
    'HEAD /*': (request, response) => answerFile(request, response, files),
    'POST /session': (request, response) => answerSession(request, response, secrets, port),
  };
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: () => WIRE_PROTOCOL,
  });
  const { agent = NOWHERE } = options;
  const refusals = createWrongTries(needs);
  const doors: Record<(typeof UPGRADE_ROUTES)[number], UpgradeDoor> = {
    'UPGRADE /wire': {
      judge: (request) => judgePage(request, secrets, port),
      open: (request, socket, head) =>
        sockets.handleUpgrade(request, socket, head, (opened) => options.serve(createSocketWire(opened))),
    },
    'UPGRADE /ws/exec': {
      judge: (request) => (isOwnHost(request.headers, port) ? agent.judge(request) : '403 Forbidden'),
      open: (request, socket, head) => agent.open(request, socket, head),
    },
  };
  const server = createServer((request, response) => {
    const path = pathOf(request);
    const found = findRoute(PLAIN_ROUTES, { method: request.method ?? '', path });
    if (!isOwnHost(request.headers, port) || isForeignLoad(request, port)) refuse(response, 403);
    else if (found.kind === 'route') answers[found.route](request, response);
    else refuse(response, files.has(path) ? 405 : 404);
  });
  /** Whoever likes can be refused as often as they like: the log is not to be filled with it. */
  function tellRefusal(status: string, { headers }: IncomingMessage): void {
    if (refusals.areTooMany()) return;
    refusals.count();
    const origin = headers.origin?.slice(0, MAX_LOGGED_CHARACTERS);
    needs.log.warn({ status, origin }, 'page refused');
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // Who hangs up while being judged or refused fails alone.
    socket.on('error', () => {});
    // With its query: addresses stand in logs, so that nobody is to put a token there.
    const found = findRoute(UPGRADE_ROUTES, { method: 'UPGRADE', path: request.url ?? '' });
    const door = found.kind === 'route' ? doors[found.route] : NOWHERE;
    const refusal = await door.judge(request);
    if (refusal === undefined) {
      door.open(request, socket, head);
      return;
    }
    tellRefusal(refusal, request);
    // Who does not hang up is not waited for.
    socket.once('finish', () => socket.destroy());
    socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgrade(request, socket, head).catch((error: unknown) => {
      needs.log.error({ error: String(error) }, 'a page could not be judged');
      socket.destroy();
    });
  });
  const port = await listenOnLoopback(server, options.port);

  return {
    port,
    newLink: () => `http://127.0.0.1:${port}/#${secrets.newLinkSecret()}`,
    async stop() {
      for (const socket of sockets.clients) socket.terminate();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

const NOWHERE: UpgradeDoor = { judge: () => '404 Not Found', open() {} };

function judgePage(request: IncomingMessage, secrets: Secrets, port: number): string | undefined {
  if (!isOwnHost(request.headers, port) || !isOwnOrigin(request.headers, port)) return '403 Forbidden';
  if (secrets.isBlocked()) return '429 Too Many Requests';
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const token = offered.find((name) => name.startsWith(TOKEN_PREFIX))?.slice(TOKEN_PREFIX.length);
  if (!offered.includes(WIRE_PROTOCOL) || token === undefined || !secrets.isToken(token))
    return '401 Unauthorized';
  return undefined;
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?')[0] ?? '';
}

/** Another site's page wants it as a part of itself. A link there may lead here: that opens a window of our own. */
function isForeignLoad({ headers }: IncomingMessage, port: number): boolean {
  if (headers.origin !== undefined && !isOwnOrigin(headers, port)) return true;
  const site = headers['sec-fetch-site'];
  return (site === 'cross-site' || site === 'same-site') && headers['sec-fetch-mode'] !== 'navigate';
}

function answerFile(request: IncomingMessage, response: ServerResponse, files: PageFiles): void {
  const file = files.get(pathOf(request));
  if (!file) {
    refuse(response, 404);
    return;
  }
  response.writeHead(200, {
    ...PAGE_HEADERS,
    'Content-Type': file.contentType,
    'Content-Length': file.bytes.byteLength,
  });
  response.end(request.method === 'HEAD' ? undefined : file.bytes);
}

/** `POST /session` with `{"secret"}` answers `{"token"}`. */
function answerSession(
  request: IncomingMessage,
  response: ServerResponse,
  secrets: Secrets,
  port: number,
): void {
  if (!isOwnOrigin(request.headers, port)) {
    refuse(response, 403);
    return;
  }
  if (secrets.isBlocked()) {
    refuse(response, 429);
    return;
  }
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (text: string) => {
    body += text;
    if (body.length > MAX_SESSION_BODY_BYTES) request.destroy();
  });
  request.on('end', () => {
    const token = secrets.redeem(parseSecret(body));
    if (token === undefined) {
      refuse(response, 401);
      return;
    }
    response.writeHead(200, { ...PAGE_HEADERS, 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ token }));
  });
}

function parseSecret(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    if (
      typeof value === 'object' &&
      value !== null &&
      'secret' in value &&
      typeof value.secret === 'string'
    ) {
      return value.secret;
    }
  } catch {
    // No JSON holds no secret.
  }
  return '';
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { ...PAGE_HEADERS, 'Content-Length': 0, Connection: 'close' });
  response.end();
}
