import { createServer } from 'node:http';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { WebSocket, WebSocketServer } from 'ws';
import { listenOnLoopback } from '../../main/base/loopback.ts';
import { createSocketWire } from '../../main/hosts/browser/socket-wire.ts';
import type { Wire } from '../../preload/wire.ts';

/** Both ends of one connection. */
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
  const closedListeners = new Set<() => void>();
  let listener: ((message: unknown) => void) | undefined;
  let isClosed = false;
  const end: MemoryEnd = {
    peer: undefined,
    receive(message) {
      if (listener) listener(message);
      else waiting.push(message);
    },
    lose() {
      if (isClosed) return;
      isClosed = true;
      for (const tell of closedListeners) tell();
    },
    wire: {
      send(message) {
        const copy = typeof message === 'string' ? message : message.slice();
        if (!isClosed) queueMicrotask(() => end.peer?.receive(copy));
      },
      onMessage(next) {
        listener = next;
        for (const message of waiting.splice(0)) next(message);
        return () => {
          listener = undefined;
        };
      },
      onClosed(tell) {
        closedListeners.add(tell);
        if (isClosed) tell();
        return () => closedListeners.delete(tell);
      },
      close() {
        if (isClosed) return;
        queueMicrotask(() => end.peer?.lose());
        end.lose();
      },
    },
  };
  return end;
}

function createPortPair(): WirePair {
  const { port1, port2 } = new MessageChannel();
  return {
    page: createPortWire(port1),
    core: createPortWire(port2),
    release: async () => {
      port1.close();
      port2.close();
    },
  };
}

function createPortWire(port: MessagePort): Wire {
  let isClosed = false;
  port.on('close', () => {
    isClosed = true;
  });
  return {
    send: (message) => port.postMessage(message),
    onMessage(listener) {
      port.on('message', listener);
      return () => port.off('message', listener);
    },
    onClosed(listener) {
      if (isClosed) listener();
      else port.once('close', listener);
      return () => port.off('close', listener);
    },
    close: () => port.close(),
  };
}

async function createSocketPair(): Promise<WirePair> {
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  const port = await listenOnLoopback(http, 0);
  const accepted = new Promise<WebSocket>((resolve) =>
    server.once('connection', (socket) => {
      socket.pause();
      resolve(socket);
    }),
  );
  const client = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
  await new Promise((resolve) => client.once('open', resolve));
  return {
    page: createSocketWire(client),
    core: createSocketWire(await accepted),
    async release() {
      client.terminate();
      for (const socket of server.clients) socket.terminate();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
