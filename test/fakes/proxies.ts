import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
  request as sendRequest,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { listenOnLoopback } from '../../main/base/loopback.ts';
import type { KeyPair } from './tls.ts';

/** A proxy on loopback that keeps what it was asked. */
export interface FakeProxy {
  /** Without login. */
  readonly url: string;
  readonly port: number;
  readonly requests: readonly ProxyRequest[];
  close(): Promise<void>;
}

export interface ProxyRequest {
  /** `CONNECT`, another HTTP method, or `SOCKS5`. */
  readonly method: string;
  /** As the client wrote it: `[::1]:6443`, an URL, or for SOCKS5 `name:port`. */
  readonly target: string;
  /** `user:password` as it arrived. */
  readonly login?: string;
  readonly headers?: IncomingMessage['headers'];
}

export interface ProxyBehaviour {
  /** Makes it an https proxy. */
  readonly tls?: KeyPair;
  /** `user:password` that it wants. */
  readonly login?: string;
  /** Names that only this proxy can look up, and what they are. */
  readonly names?: Readonly<Record<string, string>>;
  /** http: a raw answer in place of a tunnel. SOCKS5: the reply code. Undefined: as usual. */
  answer?(target: string): string | number | undefined;
}

/** An http or https proxy: tunnels, and plain requests passed on. */
export async function startHttpProxy(behaviour: ProxyBehaviour = {}): Promise<FakeProxy> {
  const requests: ProxyRequest[] = [];
  const { tls } = behaviour;
  const sockets = new Set<Duplex>();

  function takeDown({ method = '', url = '', headers }: IncomingMessage): string | undefined {
    const token = /^Basic (.*)$/.exec(headers['proxy-authorization'] ?? '')?.[1];
    const login = token === undefined ? undefined : Buffer.from(token, 'base64').toString();
    requests.push({ method, target: url, headers, ...(login === undefined ? {} : { login }) });
    if (behaviour.login !== undefined && login !== behaviour.login) {
      const page = 'Who are you?';
      return `HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: ${page.length}\r\n\r\n${page}`;
    }
    const answer = behaviour.answer?.(url);
    return answer === undefined ? undefined : String(answer);
  }

  function forward(request: IncomingMessage, response: ServerResponse): void {
    const refusal = takeDown(request);
    if (refusal !== undefined) return void request.socket.end(refusal);
    const url = new URL(request.url ?? '');
    const onward = sendRequest({
      host: behaviour.names?.[url.hostname] ?? url.hostname,
      port: url.port || 80,
      path: `${url.pathname}${url.search}`,
      method: request.method ?? 'GET',
      headers: request.headers,
    });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }

  const server = tls
    ? createTlsServer({ cert: tls.certificate, key: tls.privateKey }, forward)
    : createHttpServer(forward);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    client.on('error', () => {});
    const refusal = takeDown(request);
    if (refusal !== undefined) return void client.end(refusal);
    const { hostname, port } = new URL(`http://${request.url}`);
    const upstream = dial(behaviour, hostname.replace(/^\[(.*)\]$/, '$1'), Number(port || 80));
    sockets.add(upstream);
    upstream.once('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      join(client, upstream);
    });
    upstream.once('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'));
    return undefined;
  });
  const port = await listenOnLoopback(server, 0);
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    requests,
    close: () => endServer(server, sockets),
  };
}

/** RFC 1928 and 1929, CONNECT only. */
export async function startSocksProxy(behaviour: ProxyBehaviour = {}): Promise<FakeProxy> {
  const requests: ProxyRequest[] = [];
  const sockets = new Set<Duplex>();

  async function serve(client: Socket): Promise<void> {
    const read = createByteReader(client);
    const [version, methodCount = 0] = await read(2);
    if (version !== 5) return void client.destroy();
    const methods = await read(methodCount);
    const wanted = behaviour.login === undefined ? 0 : 2;
    if (!methods.includes(wanted)) return void client.end(Buffer.from([5, 0xff]));
    client.write(Buffer.from([5, wanted]));
    const login = wanted === 2 ? await readLogin(read) : undefined;
    if (login !== undefined) {
      client.write(Buffer.from([1, login === behaviour.login ? 0 : 1]));
      if (login !== behaviour.login) return void client.end();
    }
    const [, , , kind] = await read(4);
    const host = await readHost(read, kind ?? 0);
    const port = (await read(2)).readUInt16BE();
    const target = `${host}:${port}`;
    requests.push({ method: 'SOCKS5', target, ...(login === undefined ? {} : { login }) });
    const reply = (code: number): boolean => client.write(Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]));
    const answer = behaviour.answer?.(target);
    if (answer !== undefined) {
      reply(Number(answer));
      return void client.end();
    }
    const upstream = dial(behaviour, host, port);
    sockets.add(upstream);
    upstream.once('connect', () => {
      reply(0);
      join(client, upstream);
    });
    upstream.once('error', () => {
      reply(4);
      client.end();
    });
    return undefined;
  }

  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => {});
    serve(client).catch(() => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `socks5://127.0.0.1:${port}`, port, requests, close: () => endServer(server, sockets) };
}

type ByteReader = (length: number) => Promise<Buffer>;

function createByteReader(socket: Socket): ByteReader {
  return async (length) => {
    for (;;) {
      const bytes = length === 0 ? Buffer.alloc(0) : (socket.read(length) as Buffer | null);
      if (bytes) return bytes;
      await once(socket, 'readable');
      if (socket.readableEnded) throw new Error('ended early');
    }
  };
}

async function readLogin(read: ByteReader): Promise<string> {
  const part = async (): Promise<string> => (await read((await read(1))[0] ?? 0)).toString();
  await read(1);
  return `${await part()}:${await part()}`;
}

async function readHost(read: ByteReader, kind: number): Promise<string> {
  if (kind === 1) return [...(await read(4))].join('.');
  if (kind === 3) return (await read((await read(1))[0] ?? 0)).toString();
  const groups = (await read(16)).toString('hex').match(/.{4}/g) ?? [];
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

function dial({ names }: ProxyBehaviour, host: string, port: number): Socket {
  return connect({ host: names?.[host] ?? host, port });
}

function join(client: Duplex, upstream: Socket): void {
  client.pipe(upstream).pipe(client);
  client.once('close', () => upstream.destroy());
  upstream.once('close', () => client.destroy());
}

function endServer(server: { close(done: () => void): unknown }, sockets: Iterable<Duplex>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}
