import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createSpdyTap } from '../../main/proxy/tap/spdy-tap.ts';
import type { Tap, TapEvent } from '../../main/proxy/tap/tap.ts';
import { createWebSocketTap } from '../../main/proxy/tap/websocket-tap.ts';

/** A TCP way to a cluster with a tap on each upgrade, so that a real client and a tap can be compared. */
export interface TappedLink {
  readonly port: number;
  /** Every upgrade so far. */
  readonly passages: readonly Passage[];
  forget(): void;
  close(): Promise<void>;
}

export interface Passage {
  readonly transport: 'websocket' | 'spdy';
  readonly protocol: string;
  readonly tap: Tap;
  /** Of both directions, in order; bytes are copies. */
  readonly events: readonly TapEvent[];
  /** The client's connection has ended. */
  readonly hasEnded: boolean;
}

/** What is passed to the client for a piece of the server's; undefined: nothing more of the server. */
export type Passing = (tap: Tap, bytes: Uint8Array) => Uint8Array;

export async function startTappedLink(
  targetPort: number,
  { passing = (_tap, bytes) => bytes }: { passing?: Passing } = {},
): Promise<TappedLink> {
  const passages: Passage[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(targetPort, '127.0.0.1');
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    void pass(client, upstream);
  });

  async function pass(client: Socket, upstream: Socket): Promise<void> {
    const request = await readHead(client);
    if (request === undefined) return;
    upstream.write(request.bytes);
    const isUpgrade = /^upgrade: *(websocket|spdy)/im.test(request.text);
    const answer = isUpgrade ? await readHead(upstream) : undefined;
    if (answer !== undefined && / 101 /.test(answer.text)) {
      const passage = createPassage(request.text, answer.text, passing);
      client.write(answer.text);
      passages.push(passage);
      client.on('data', (bytes: Buffer) => {
        passage.fromClient(bytes);
        upstream.write(bytes);
      });
      const fromServer = (bytes: Uint8Array) => client.write(passage.fromServer(bytes));
      const rest = answer.bytes.subarray(Buffer.byteLength(answer.text));
      if (rest.byteLength > 0) fromServer(rest);
      upstream.on('data', fromServer);
      upstream.on('end', () => {
        passage.ended();
        client.end();
      });
      client.on('end', () => upstream.end());
      client.on('close', () => passage.closed());
      client.resume();
      upstream.resume();
    } else {
      if (answer !== undefined) client.write(answer.bytes);
      client.pipe(upstream).pipe(client);
    }
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    passages,
    forget: () => void passages.splice(0),
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface LivePassage extends Passage {
  fromClient(bytes: Uint8Array): void;
  fromServer(bytes: Uint8Array): Uint8Array;
  ended(): void;
  closed(): void;
}

function createPassage(request: string, answer: string, passing: Passing): LivePassage {
  const header = (name: string) => new RegExp(`^${name}: *(.*?)\r$`, 'im').exec(answer)?.[1] ?? '';
  const isSpdy = /spdy/i.test(header('upgrade'));
  const protocol = header(isSpdy ? 'x-stream-protocol-version' : 'sec-websocket-protocol');
  const options = { hasTty: /[?&]tty=true/.test(request), readsInput: true };
  const tap = isSpdy ? createSpdyTap(options) : createWebSocketTap({ subprotocol: protocol, ...options });
  const events: TapEvent[] = [];
  let hasEnded = false;
  const keep = (more: readonly TapEvent[]): void => {
    for (const event of more)
      events.push('bytes' in event ? { ...event, bytes: Uint8Array.from(event.bytes) } : event);
  };
  return {
    transport: isSpdy ? 'spdy' : 'websocket',
    protocol,
    tap,
    events,
    get hasEnded() {
      return hasEnded;
    },
    fromClient: (bytes) => keep(tap.fromClient(bytes)),
    fromServer(bytes) {
      keep(tap.fromServer(bytes));
      return passing(tap, bytes);
    },
    ended: () => keep(tap.ended()),
    closed() {
      hasEnded = true;
    },
  };
}

/** Up to the end of an HTTP head, with what came with it. Undefined where the connection ends before. */
async function readHead(socket: Socket): Promise<{ text: string; bytes: Buffer } | undefined> {
  let bytes = Buffer.alloc(0);
  const { promise, resolve } = Promise.withResolvers<{ text: string; bytes: Buffer } | undefined>();
  const onData = (chunk: Buffer): void => {
    bytes = Buffer.concat([bytes, chunk]);
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) return;
    socket.pause();
    socket.off('data', onData);
    resolve({ text: bytes.toString('latin1', 0, end + 4), bytes });
  };
  socket.on('data', onData);
  socket.once('close', () => resolve(undefined));
  const head = await promise;
  socket.off('data', onData);
  return head;
}
