import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type Duplex, PassThrough, Writable } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { createStatus, refuseUpgrade } from './api-server.ts';
import { type RunCommand, runProgram, write } from './command-program.ts';
import { exitStatus, SUCCESS } from './remote-command.ts';
import { type SpdyStream, serveSpdy } from './spdy-session.ts';

/**
 * A small server of exec, attach and port-forward over SPDY/3.1, as kubelets have it: the other end of old kubectls, and
 * of those that are told to leave WebSockets alone.
 */
export interface SpdyServerOptions {
  /** In the server's order; the client's decides. */
  readonly protocolVersions?: readonly string[];
}

const V4 = 'v4.channel.k8s.io';
const V3 = 'v3.channel.k8s.io';
const PROTOCOL_VERSIONS: readonly string[] = [V4, V3, 'v2.channel.k8s.io', 'channel.k8s.io'];
/** client-go, tools/portforward/tunneling_dialer.go */
const TUNNEL = 'SPDY/3.1+portforward.k8s.io';
const PORT_FORWARD = 'portforward.k8s.io';

/** Answers an upgrade to SPDY, whatever it asks for. False: it is none. */
export function acceptSpdy(
  request: IncomingMessage,
  socket: Socket,
  options: SpdyServerOptions = {},
): boolean {
  if (!/^spdy\/3\.1$/i.test(request.headers.upgrade ?? '')) return false;
  const url = new URL(request.url ?? '', 'http://h');
  const kind = url.pathname.split('/').at(-1);
  const known = kind === 'portforward' ? [PORT_FORWARD] : (options.protocolVersions ?? PROTOCOL_VERSIONS);
  const offered = String(request.headers['x-stream-protocol-version'] ?? '').split(/,\s*/);
  const version = offered.find((name) => known.includes(name));
  if (version === undefined) {
    const words = `unable to upgrade: unable to negotiate protocol: client supports ${offered}`;
    return refuseUpgrade(socket, 403, JSON.stringify(createStatus(403, 'Forbidden', words)));
  }
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n' +
      `X-Stream-Protocol-Version: ${version}\r\n\r\n`,
  );
  if (kind === 'portforward') serveForwarding(socket);
  else serveCommand(socket, url, version);
  return true;
}

/** Answers an upgrade to a WebSocket whose messages are port-forward's SPDY. False: it is none. */
export function acceptTunnel(request: IncomingMessage, socket: Socket): boolean {
  if (request.headers['sec-websocket-protocol'] !== TUNNEL) return false;
  const tunnels = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  // ws takes no name with a slash in it.
  delete request.headers['sec-websocket-protocol'];
  tunnels.on('headers', (headers) => headers.push(`Sec-WebSocket-Protocol: ${TUNNEL}`));
  tunnels.handleUpgrade(request, socket, Buffer.alloc(0), (webSocket) =>
    // A connection that is cut is the end of it.
    serveForwarding(createWebSocketStream(webSocket).on('error', () => {})),
  );
  return true;
}

/** Gives every connection back what it is sent; a second one of its streams would carry an error. */
function serveForwarding(socket: Duplex): void {
  serveSpdy(socket, ({ headers, duplex }) => {
    if (headers.get('streamtype') === 'data') duplex.pipe(duplex);
    else duplex.end();
  });
}

function serveCommand(socket: Socket, url: URL, version: string): void {
  const asks = (name: string) => url.searchParams.get(name) === 'true';
  const hasTty = asks('tty');
  const expected = [
    'error',
    ...['stdin', 'stdout', 'stderr'].filter(asks),
    ...(hasTty && (version === V4 || version === V3) ? ['resize'] : []),
  ];
  const streams = new Map<string, SpdyStream>();
  const session = serveSpdy(socket, (stream) => {
    streams.set(stream.headers.get('streamtype') ?? '', stream);
    // As kubelets: the command begins with the last of its streams.
    // A client that is gone has its command end with it.
    if (expected.every((type) => streams.has(type))) run().catch(() => {});
  });

  async function run(): Promise<void> {
    const duplex = (type: string) => streams.get(type)?.duplex;
    const command: RunCommand = {
      kind: url.pathname.endsWith('/attach') ? 'attach' : 'exec',
      args: url.searchParams.getAll('command'),
      hasTty,
      stdin: duplex('stdin') ?? new PassThrough().end(),
      stdout: duplex('stdout') ?? createNowhere(),
      stderr: duplex('stderr') ?? createNowhere(),
      onSize: (listener) => void duplex('resize')?.on('data', (json: Buffer) => listener(json.toString())),
    };
    const code = await runProgram(command);
    const error = duplex('error');
    if (error !== undefined) await write(error, statusOf(code, version));
    session.close();
  }
}

/** Before v4 there are words, and only where a command failed. */
function statusOf(code: number, version: string): string {
  if (version === V4) return JSON.stringify(code === 0 ? SUCCESS : exitStatus(code));
  return code === 0 ? '' : `command terminated with exit code ${code}`;
}

export function createNowhere(): Writable {
  return new Writable({ write: (_bytes, _encoding, done) => done() });
}
