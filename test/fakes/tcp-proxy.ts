import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy on loopback, as the network between us and a server: it can be cut, and be idle for too long. */
export interface TcpProxy {
  readonly port: number;
  /** Ends every connection, and each new one until it is mended. */
  cut(): void;
  mend(): void;
  /** Ends what was silent since it was called last, as load balancers do with what is idle. */
  endIdle(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const busy = new Set<Socket>();
  let isCut = false;
  const server = createServer((inner) => {
    if (isCut) {
      inner.destroy();
      return;
    }
    const outer = connect(targetPort, '127.0.0.1');
    for (const socket of [inner, outer]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('data', () => {
        busy.add(inner).add(outer);
      });
      socket.once('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    inner.pipe(outer).pipe(inner);

    function end(): void {
      inner.destroy();
      outer.destroy();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      isCut = false;
    },
    endIdle() {
      for (const socket of sockets) if (!busy.has(socket)) socket.destroy();
      busy.clear();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
