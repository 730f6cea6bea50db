import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';
import { findHeaderProblems } from './foreign-cast-header.ts';
import { serveHttp1 } from './foreign-recorder-v1.ts';
import { createHttp2Side } from './foreign-recorder-v2.ts';
import { until } from './until.ts';

/** What the recorder does, and does wrong. A test changes it at any time. */
export interface ForeignBehaviour {
  /** An old one knows v1 alone, and speaks HTTP/1.1 alone. */
  speaks: 'v1' | 'v2' | 'both';
  /** From there on nothing is answered, and the connection stays. */
  silentAt?: 'connection' | 'probe' | 'post' | undefined;
  /** The answer to what is posted; also 200, which is wrong before anything was sent. */
  refusal?: { readonly status: number; readonly body?: string } | undefined;
  /** No more is read a second. */
  bytesPerSecond?: number | undefined;
  /** From so many bytes of a delivery on nothing is read, and nothing told. */
  stallsAfterBytes?: number | undefined;
  /** `ahead` claims what never came, `behind` half of what did, `none` is silent. */
  acks: 'true' | 'ahead' | 'behind' | 'none';
  /** The disk takes no more of a delivery: v2 says so in its last frame, v1 in its status. */
  fullAfterBytes?: number | undefined;
  /** The answer ends in all order, with 200, while the client still sends. */
  endsAfterBytes?: number | undefined;
  /** The status for a recording that came whole by v1. */
  finalStatus: number;
  takesEvents: boolean;
  /** A first line that is no header of theirs is refused; else it is only noted. */
  isStrict: boolean;
}

export interface ForeignDelivery {
  readonly protocol: 'v1' | 'v2';
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** What came so far. */
  readonly bytes: Buffer;
  readonly sha256: string;
  /** How the first line differs from what the protocol wants; known when that line is there. */
  readonly problems: readonly string[];
  /** `whole`: the client ended it in order, and was told that it is stored. */
  readonly state: 'open' | 'whole' | 'broken';
}

export interface ForeignRecorder {
  readonly host: string;
  readonly port: number;
  /** `127.0.0.1:PORT` */
  readonly address: string;
  readonly url: string;
  readonly behaviour: ForeignBehaviour;
  /** Each request as it came: `HEAD /v2/record HTTP/2.0`. */
  readonly requests: readonly string[];
  readonly deliveries: readonly ForeignDelivery[];
  /** The bodies of events, parsed. */
  readonly events: readonly unknown[];
  /** As SIGKILL does: connections break, nothing is said, nobody listens any more. */
  kill(): Promise<void>;
  /** On the port it had. */
  restart(): Promise<void>;
}

/** The recorder's side of one delivery, for both protocols. */
export interface Intake {
  /** Takes bytes at the recorder's speed; false once it takes no more. */
  take(bytes: Buffer): Promise<boolean>;
  readonly receivedBytes: number;
  /** Why it takes no more; undefined while it does. */
  readonly end: 'full' | 'early' | 'bad-header' | undefined;
  /** Whether it stands still; nothing is told then. */
  readonly isStalled: boolean;
  close(state: 'whole' | 'broken'): void;
}

export interface ForeignSide {
  readonly behaviour: ForeignBehaviour;
  note(request: string): void;
  open(protocol: 'v1' | 'v2', headers: Readonly<Record<string, string>>): Intake;
  addEvent(body: Buffer): boolean;
}

/** What HTTP/2 by prior knowledge begins with (RFC 9113, 3.4). */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n');
/** How often a recorder that stands still looks whether it still has to. */
const LOOK_MS = 10;

/**
 * A recorder as its protocol's description has it, and nothing of our own in it: v2 on Node's HTTP/2, v1 on bare TCP, both
 * on one port. Ends with the test.
 */
export async function startForeignRecorder(
  changes: Partial<ForeignBehaviour> = {},
  { tls, host = '127.0.0.1' }: { readonly tls?: TlsOptions; readonly host?: string } = {},
): Promise<ForeignRecorder> {
  const behaviour: ForeignBehaviour = {
    speaks: 'both',
    acks: 'true',
    finalStatus: 200,
    takesEvents: true,
    isStrict: true,
    ...changes,
  };
  const requests: string[] = [];
  const deliveries: ForeignDelivery[] = [];
  const events: unknown[] = [];
  const sockets = new Set<Socket>();
  let life = new AbortController();

  const side: ForeignSide = {
    behaviour,
    note: (request) => requests.push(request),
    open(protocol, headers) {
      const { delivery, intake } = openDelivery(behaviour, protocol, headers, life.signal);
      deliveries.push(delivery);
      return intake;
    },
    addEvent(body) {
      try {
        events.push(JSON.parse(body.toString('utf8')));
        return true;
      } catch {
        return false;
      }
    },
  };
  const http2 = createHttp2Side(side);

  function welcome(socket: Socket): void {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A client that breaks off is seen where its delivery is read.
    socket.on('error', () => {});
    if (behaviour.silentAt === 'connection') return;
    void route(socket);
  }

  async function route(socket: Socket): Promise<void> {
    if ((socket as TLSSocket).alpnProtocol === 'h2') return http2.welcome(socket);
    const head = await readStart(socket);
    if (head.length === 0) return;
    socket.unshift(head);
    const isHttp2 = head.equals(PREFACE);
    if (isHttp2 && behaviour.speaks !== 'v1') http2.welcome(socket);
    else if (isHttp2) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad Request');
    else await serveHttp1(socket, side);
  }

  function makeServer(): Server {
    if (!tls) return createServer(welcome);
    const protocols = behaviour.speaks === 'v1' ? ['http/1.1'] : ['h2', 'http/1.1'];
    return createTlsServer({ ALPNProtocols: protocols, ...tls }, welcome);
  }

  let server = makeServer();
  async function listen(port: number): Promise<void> {
    server.listen(port, host);
    await once(server, 'listening');
  }
  await listen(0);
  const { port } = server.address() as AddressInfo;

  async function kill(): Promise<void> {
    if (life.signal.aborted) return;
    life.abort();
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }
  onTestFinished(kill);

  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return {
    host,
    port,
    address,
    url: `${tls ? 'https' : 'http'}://${address}`,
    behaviour,
    requests,
    deliveries,
    events,
    kill,
    async restart() {
      life = new AbortController();
      // A server of another test may have been given the port meanwhile; it goes again.
      await until(async () => {
        server = makeServer();
        await listen(port).catch(() => {});
        return server.listening;
      });
    },
  };
}

/** The first bytes of a connection, as many as tell HTTP/2 from HTTP/1.1; none where it ends before. */
async function readStart(socket: Socket): Promise<Buffer> {
  let start = Buffer.alloc(0);
  while (start.length < PREFACE.length && PREFACE.subarray(0, start.length).equals(start)) {
    const piece = socket.read(1) as Buffer | null;
    if (piece) start = Buffer.concat([start, piece]);
    else if (socket.readableEnded || socket.destroyed) return Buffer.alloc(0);
    else
      await new Promise<void>((resolve) => {
        const done = (): void => {
          for (const name of ['readable', 'end', 'close']) socket.off(name, done);
          resolve();
        };
        for (const name of ['readable', 'end', 'close']) socket.once(name, done);
      });
  }
  return start;
}

function openDelivery(
  behaviour: ForeignBehaviour,
  protocol: 'v1' | 'v2',
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): { delivery: ForeignDelivery; intake: Intake } {
  const pieces: Buffer[] = [];
  let receivedBytes = 0;
  let problems: readonly string[] | undefined;
  let state: ForeignDelivery['state'] = 'open';
  let end: Intake['end'];
  let isStalled = false;
  const join = (): Buffer => Buffer.concat(pieces);

  function close(next: 'whole' | 'broken'): void {
    if (state === 'open') state = next;
  }
  signal.addEventListener('abort', () => close('broken'), { once: true });

  async function standStill(): Promise<void> {
    const mustStand = (): boolean =>
      behaviour.stallsAfterBytes !== undefined && receivedBytes >= behaviour.stallsAfterBytes;
    while (mustStand() && !signal.aborted) {
      isStalled = true;
      await sleep(LOOK_MS);
    }
    isStalled = false;
  }

  function judgeHeader(): void {
    if (problems) return;
    const bytes = join();
    const lineEnd = bytes.indexOf(0x0a);
    if (lineEnd < 0) return;
    problems = findHeaderProblems(bytes.toString('utf8', 0, lineEnd));
    if (problems.length > 0 && behaviour.isStrict) end = 'bad-header';
  }

  const intake: Intake = {
    async take(bytes) {
      await standStill();
      const { bytesPerSecond, fullAfterBytes, endsAfterBytes } = behaviour;
      if (bytesPerSecond) await sleep((bytes.length / bytesPerSecond) * 1_000);
      if (signal.aborted) return false;
      const room = (fullAfterBytes ?? Number.POSITIVE_INFINITY) - receivedBytes;
      pieces.push(Buffer.from(bytes.subarray(0, room)));
      receivedBytes += Math.min(bytes.length, room);
      judgeHeader();
      if (bytes.length >= room) end ??= 'full';
      if (endsAfterBytes !== undefined && receivedBytes >= endsAfterBytes) end ??= 'early';
      return end === undefined;
    },
    get receivedBytes() {
      return receivedBytes;
    },
    get end() {
      return end;
    },
    get isStalled() {
      return isStalled;
    },
    close,
  };
  const delivery: ForeignDelivery = {
    protocol,
    headers,
    get bytes() {
      return join();
    },
    get sha256() {
      return createHash('sha256').update(join()).digest('hex');
    },
    get problems() {
      return problems ?? [];
    },
    get state() {
      return state;
    },
  };
  return { delivery, intake };
}
