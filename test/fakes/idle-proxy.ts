import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy that cuts what has been idle for too long, as load balancers do. */
export interface IdleProxy {
  /** Of the proxy, in place of the server's. */
  readonly address: string;
  close(): Promise<void>;
}

export async function startIdleProxy(targetPort: number, idleMs: number): Promise<IdleProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((inner) => {
    const outer = connect(targetPort, '127.0.0.1');
    for (const socket of [inner, outer]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.setTimeout(idleMs, () => {
        inner.destroy();
        outer.destroy();
      });
      socket.once('close', () => sockets.delete(socket));
    }
    inner.pipe(outer).pipe(inner);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
