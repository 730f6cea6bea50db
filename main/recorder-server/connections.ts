import type { Socket } from 'node:net';

/** The connections that are open. One without a request under way is closed after a while, also where it never made one. */
export interface Connections {
  readonly count: number;
  add(socket: Socket): Connection;
  /** Resolves when all are closed. Those that have not within `graceMs` are broken. */
  close(options: { readonly graceMs: number }): Promise<void>;
}

export interface Connection {
  /** Counts a request until what it returns is called. */
  begin(): () => void;
  /** How its end is begun in order; else it is broken at once when it is quiet. */
  onQuiet(close: () => void): void;
}

/** A peer that vanished without a word is found out by the system after about so long, and some minutes. */
const PROBE_AFTER_MS = 30_000;

export function createConnections(limits: { readonly quietConnectionMs: number }): Connections {
  const open = new Map<Socket, () => void>();
  let isClosing = false;
  let onEmpty = (): void => {};

  return {
    get count() {
      return open.size;
    },
    add(socket) {
      let requests = 0;
      let quiet: NodeJS.Timeout | undefined;
      let closeQuiet = (): void => {
        socket.destroy();
      };

      function armQuiet(): void {
        clearTimeout(quiet);
        if (requests > 0 || socket.destroyed) return;
        if (isClosing) closeQuiet();
        else quiet = setTimeout(() => socket.destroy(), limits.quietConnectionMs);
      }

      open.set(socket, armQuiet);
      socket.setKeepAlive(true, PROBE_AFTER_MS);
      // A connection that breaks is seen where its requests are read.
      socket.on('error', () => {});
      socket.once('close', () => {
        clearTimeout(quiet);
        open.delete(socket);
        if (open.size === 0) onEmpty();
      });
      armQuiet();
      return {
        begin() {
          requests += 1;
          clearTimeout(quiet);
          let isCounted = true;
          return () => {
            if (isCounted) requests -= 1;
            isCounted = false;
            armQuiet();
          };
        },
        onQuiet(close) {
          closeQuiet = close;
        },
      };
    },
    async close({ graceMs }) {
      isClosing = true;
      for (const look of [...open.values()]) look();
      if (open.size === 0) return;
      await new Promise<void>((resolve) => {
        const impatience = setTimeout(() => {
          for (const socket of open.keys()) socket.destroy();
        }, graceMs);
        onEmpty = () => {
          clearTimeout(impatience);
          resolve();
        };
      });
    },
  };
}
