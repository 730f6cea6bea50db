import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy on loopback, as the network between us and a server: it can be cut, and be idle for too long. */
export interface TcpProxy {
  readonly port: number;
  /** Ends every connection, and each new one until it is mended. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** `idleMs`: cuts connections that were idle for as long, as load balancers do. */
export async function startTcpProxy(targetPort: number, idleMs = 0): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
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
      socket.setTimeout(idleMs, end);
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
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
