import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';
import { MessageChannel, type MessagePort as NodePort } from 'node:worker_threads';
import { WebSocketServer } from 'ws';
import { listenOnLoopback } from '../../main/base/loopback.ts';
import { createSocketWire as createCoreSocketWire } from '../../main/hosts/browser/socket-wire.ts';
import { createPortWire as createCorePortWire, type MainPort } from '../../main/hosts/electron/port-wire.ts';
import type { Wire } from '../../preload/wire.ts';
import { createWireEnd } from '../../preload/wire-end.ts';
import { createPortWire, createSocketWire } from '../../renderer/wires.ts';

/** Both ends of one connection: the page's own wire and the host's own, over what carries them in the app. */
export interface WirePair {
  readonly page: Wire;
  readonly core: Wire;
  release(): Promise<void>;
}

export const wirePairs: Readonly<Record<string, () => Promise<WirePair>>> = {
  'in memory': async () => createMemoryPair(),
  MessagePort: async () => createPortPair(),
  WebSocket: createSocketPair,
};

export function createMemoryPair(): WirePair {
  const page = createMemoryEnd();
  const core = createMemoryEnd();
  page.peer = core;
  core.peer = page;
  return { page: page.wire, core: core.wire, release: async () => page.wire.close() };
}

interface MemoryEnd {
  peer: MemoryEnd | undefined;
  receive(message: string | Uint8Array): void;
  lose(): void;
  readonly wire: Wire;
}

function createMemoryEnd(): MemoryEnd {
  const waiting: (string | Uint8Array)[] = [];
  const closing = createWireEnd();
  let listener: ((message: unknown) => void) | undefined;
  const end: MemoryEnd = {
    peer: undefined,
    receive(message) {
      if (listener) listener(message);
      else waiting.push(message);
    },
    lose: closing.tell,
    wire: {
      send(message) {
        const copy = typeof message === 'string' ? message : message.slice();
        if (!closing.hasCome) queueMicrotask(() => end.peer?.receive(copy));
      },
      onMessage(next) {
        listener = next;
        for (const message of waiting.splice(0)) next(message);
        return () => {
          listener = undefined;
        };
      },
      onClosed: closing.onClosed,
      close() {
        if (closing.hasCome) return;
        queueMicrotask(() => end.peer?.lose());
        closing.tell();
      },
    },
  };
  return end;
}

function createPortPair(): WirePair {
  const { port1, port2 } = new MessageChannel();
  return {
    page: createPortWire(port1 as unknown as MessagePort),
    core: createCorePortWire(toMainPort(port2)),
    release: async () => {
      port1.close();
      port2.close();
    },
  };
}

/** Node's port as Electron's in the main process, whose message event is an object with the data. */
export function toMainPort(port: NodePort): MainPort {
  const events = new EventEmitter();
  type Listener = (event: { readonly data: unknown }) => void;
  const forward = (data: unknown): unknown => events.emit('message', { data });
  port.on('close', () => events.emit('close'));
  return {
    postMessage: (message) => port.postMessage(message),
    on: (name: string, listener: Listener) => events.on(name, listener),
    off: (name: string, listener: Listener) => events.off(name, listener),
    // A port of Node starts with its first listener.
    start() {
      if (port.listenerCount('message') === 0) port.on('message', forward);
    },
    close: () => port.close(),
  };
}

async function createSocketPair(): Promise<WirePair> {
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  const port = await listenOnLoopback(http, 0);
  const accepted = new Promise<Wire>((resolve) =>
    server.once('connection', (socket) => resolve(createCoreSocketWire(socket))),
  );
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  const page = createSocketWire(socket);
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  return {
    page,
    core: await accepted,
    async release() {
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
